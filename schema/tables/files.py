"""Input files and settings: what was read, and what was assumed."""

import sqlalchemy as sa

from schema.tables.column import col, metadata

KINDS = ("tiles", "standards", "psc", "xsc", "scans", "detections", "images")

ingest_file = sa.Table(
    "ingest_file",
    metadata,
    col("file_id", "integer", "Number of the file", sa.Identity(always=True), primary_key=True, null=False, ucd="meta.id;meta.main"),
    col("kind", "text", "What the file holds: " + ", ".join(KINDS), null=False, ucd="meta.code"),
    col("sha256", "character(64)", "SHA-256 of the file as it lies on disk", null=False, ucd="meta.id;meta.file"),
    col("path", "text", "Path where the file was last seen", null=False, ucd="meta.ref;meta.file"),
    col("bytes", "bigint", "Size on disk", unit="byte", null=False, ucd="phys.size;meta.file"),
    col("state", "text", "loaded; refused (it is tried again the next time); or replaced by a later content of its path, its rows removed", null=False, ucd="meta.code.status"),
    col("row_count", "bigint", "Rows loaded from the file", null=False, server_default="0", ucd="meta.number"),
    col("error", "text", "Why the file was refused: line, column, value, expectation", ucd="meta.note"),
    col("seen_at", "timestamptz", "When the file was loaded or refused", null=False, server_default=sa.func.now(), ucd="time.processing"),
    col("content_sha256", "character(64)", "SHA-256 of the content of a bulk file, unpacked: a file and its packed copy have the same", ucd="meta.id;meta.file"),
    sa.UniqueConstraint("kind", "sha256"),
    sa.Index("ingest_file_content_sha256_idx", "content_sha256"),
    sa.Index("ingest_file_path_idx", "path"),
    sa.CheckConstraint("state IN ('loaded', 'refused', 'replaced')", name="state"),
    sa.CheckConstraint("(state = 'refused') = (error IS NOT NULL)", name="error"),
    sa.CheckConstraint("row_count >= 0 AND bytes >= 0", name="counts"),
    schema="deepcal",
    comment="One input file: loaded once, known by its SHA-256 ever after",
)

ingest_reject = sa.Table(
    "ingest_reject",
    metadata,
    col("file_id", "integer", "Input file the row stands in", sa.ForeignKey("deepcal.ingest_file.file_id", ondelete="CASCADE"), primary_key=True, null=False, autoincrement=False, ucd="meta.id;meta.file"),
    col("line", "bigint", "Number of its line, from 1", primary_key=True, null=False, autoincrement=False, ucd="meta.number"),
    col("column_name", "text", "Column that cannot be used", null=False, ucd="meta.id"),
    col("value", "text", "What stands there", null=False, ucd="meta.note"),
    col("reason", "text", "What was expected in its place", null=False, ucd="meta.note"),
    col("line_text", "text", "The whole line as it was read", null=False, ucd="meta.note"),
    sa.CheckConstraint("line >= 1", name="line"),
    schema="deepcal",
    comment="One bad row of a file that was loaded without it, as `deepcal ingest --tolerate` allows",
)

setting = sa.Table(
    "setting",
    metadata,
    col("name", "text", "Name of the assumption or tuning value", primary_key=True, null=False, ucd="meta.id;meta.main"),
    col("value", "double precision[]", "Its value; most settings have one element", null=False, ucd="stat.value"),
    col("preset", "double precision[]", "The value deepcal comes with; a value that equals it follows later versions, any other is kept", null=False, ucd="stat.value"),
    col("unit", "text", "Unit of the value", null=False, server_default="", ucd="meta.unit"),
    col("assumed", "boolean", "True when no source gives the value", null=False, ucd="meta.code"),
    col("source", "text", "Where the value comes from, or why it was assumed", null=False, ucd="meta.ref"),
    sa.CheckConstraint("cardinality(value) >= 1", name="value"),
    schema="deepcal",
    comment="One assumption or tuning value; every run stores the values it used",
)
