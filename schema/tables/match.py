"""Matches of sources with the catalogues, and the refreshes that made them."""

import sqlalchemy as sa

from schema.tables.column import col, metadata

xmatch_run = sa.Table(
    "xmatch_run",
    metadata,
    col("xmatch_run", "integer", "Number of the refresh", sa.Identity(always=True), primary_key=True, null=False, ucd="meta.id;meta.main"),
    col("started_at", "timestamptz", "When it began", null=False, server_default=sa.func.now(), ucd="time.start"),
    col("seconds", "real", "How long it took", unit="s", null=False, server_default="0", ucd="time.duration"),
    col("method", "text", "The join that found the pairs", null=False, ucd="meta.note"),
    col("radius", "double precision", "Largest separation of a pair with a point source", unit="arcsec", null=False, ucd="pos.angDistance;stat.max"),
    col("parameters", "jsonb", "Every setting the matches were made with", null=False, ucd="meta.note"),
    col("runs_changed", "jsonb", "Runs whose sources were matched, and runs whose matches were removed", null=False, ucd="meta.note"),
    col("catalog_files", "integer[]", "Input files of PSC and XSC at the refresh: later ones are new to the matches", null=False, ucd="meta.id;meta.file"),
    col("psc_rows", "bigint", "Rows in the PSC files at the refresh", null=False, ucd="meta.number"),
    col("xsc_rows", "bigint", "Rows in the XSC files at the refresh", null=False, ucd="meta.number"),
    col("source_count", "integer", "Sources that were matched", null=False, server_default="0", ucd="meta.number"),
    col("pair_count", "integer", "Pairs that were stored: new or changed", null=False, server_default="0", ucd="meta.number"),
    col("gone_count", "integer", "Pairs that were removed", null=False, server_default="0", ucd="meta.number"),
    col("best_count", "integer", "Sources with a best match in the PSC among those that were matched", null=False, server_default="0", ucd="meta.number"),
    sa.CheckConstraint("seconds >= 0 AND radius > 0", name="positive"),
    schema="deepcal",
    comment="One refresh of the matches",
)

xmatch_state = sa.Table(
    "xmatch_state",
    metadata,
    col("run", "character(12)", "The run", sa.ForeignKey("deepcal.stack_run.run", ondelete="CASCADE"), primary_key=True, null=False, ucd="meta.id;meta.main"),
    col("extracted_at", "timestamptz", "The extraction whose sources were matched", null=False, ucd="time.processing"),
    col("xmatch_run", "integer", "The refresh that matched them", sa.ForeignKey("deepcal.xmatch_run.xmatch_run"), null=False, ucd="meta.id"),
    schema="deepcal",
    comment="One run whose matches are stored, and the extraction they belong to",
)

xmatch = sa.Table(
    "xmatch",
    metadata,
    col("run", "character(12)", "The run of the source", null=False, ucd="meta.id;meta.dataset"),
    col("id", "integer", "The source", null=False, ucd="meta.id"),
    col("catalog", "text", "psc or xsc", null=False, ucd="meta.id;meta.table"),
    col("cat_key", "integer", "pts_key or ext_key of the catalogue row", null=False, ucd="meta.id.assoc"),
    col("separation", "real", "Angular separation", unit="arcsec", null=False, ucd="pos.angDistance"),
    col("pa", "real", "Position angle from the source to the catalogue row, north through east", unit="deg", null=False, ucd="pos.posAng"),
    col("norm_distance", "real", "Separation over its uncertainty", ucd="stat.value"),
    col("rank_source", "smallint", "Rank of the catalogue row among those of the source, from 1", null=False, ucd="meta.code"),
    col("rank_cat", "smallint", "Rank of the source among those of its run near the catalogue row, from 1; confirmed ones first", null=False, ucd="meta.code"),
    col("best", "boolean", "True when both ranks are 1", null=False, ucd="meta.code"),
    col("xmatch_run", "integer", "The refresh that stored the pair, or changed it last", sa.ForeignKey("deepcal.xmatch_run.xmatch_run"), null=False, ucd="meta.id"),
    sa.PrimaryKeyConstraint("run", "id", "catalog", "cat_key"),
    sa.ForeignKeyConstraint(["run", "id"], ["deepcal.source.run", "deepcal.source.id"], ondelete="CASCADE", name="xmatch_source_fkey"),
    sa.CheckConstraint("catalog IN ('psc', 'xsc')", name="catalog"),
    sa.CheckConstraint("separation >= 0 AND pa >= 0 AND pa <= 360 AND rank_source >= 1 AND rank_cat >= 1", name="ranges"),
    sa.CheckConstraint("best = (rank_source = 1 AND rank_cat = 1)", name="best"),
    sa.Index("xmatch_catalog_cat_key_idx", "catalog", "cat_key"),
    schema="deepcal",
    comment="One pair of a source and a catalogue row within the radius",
)
