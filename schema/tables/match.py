"""Matches of sources with the catalogues, and the refreshes that made them."""

import sqlalchemy as sa

from schema.tables.column import col, metadata

xmatch_run = sa.Table(
    "xmatch_run",
    metadata,
    col("xmatch_run", "integer", "Number of the refresh", sa.Identity(always=True), primary_key=True, null=False, ucd="meta.id;meta.main"),
    col("started_at", "timestamptz", "When it began", null=False, ucd="time.start"),
    col("seconds", "real", "How long it took", unit="s", null=False, ucd="time.duration"),
    col("method", "text", "The join that was chosen", null=False, ucd="meta.note"),
    col("radius", "double precision", "Largest separation of a pair with a point source", unit="arcsec", null=False, ucd="pos.angDistance;stat.max"),
    col("runs_changed", "jsonb", "Runs whose sources were matched, and runs whose matches were removed", null=False, ucd="meta.note"),
    col("psc_rows", "bigint", "Rows of the PSC at the refresh", null=False, ucd="meta.number"),
    col("xsc_rows", "bigint", "Rows of the XSC at the refresh", null=False, ucd="meta.number"),
    col("catalog_file_id", "integer", "Newest input file at the refresh: later catalogue files are new to the matches", null=False, ucd="meta.id;meta.file"),
    col("source_count", "integer", "Sources that were matched", null=False, ucd="meta.number"),
    col("pair_count", "integer", "Pairs that were stored", null=False, ucd="meta.number"),
    col("best_count", "integer", "Sources with a best match in the PSC", null=False, ucd="meta.number"),
    sa.CheckConstraint("seconds >= 0 AND radius > 0", name="positive"),
    schema="deepcal",
    comment="One refresh of the matches",
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
    col("rank_cat", "smallint", "Rank of the source among those of the catalogue row, from 1", null=False, ucd="meta.code"),
    col("best", "boolean", "True when both ranks are 1", null=False, ucd="meta.code"),
    col("xmatch_run", "integer", "The refresh that stored the pair", sa.ForeignKey("deepcal.xmatch_run.xmatch_run"), null=False, ucd="meta.id"),
    sa.PrimaryKeyConstraint("run", "id", "catalog", "cat_key"),
    sa.ForeignKeyConstraint(["run", "id"], ["deepcal.source.run", "deepcal.source.id"], ondelete="CASCADE", name="xmatch_source_fkey"),
    sa.CheckConstraint("catalog IN ('psc', 'xsc')", name="catalog"),
    sa.CheckConstraint("separation >= 0 AND pa >= 0 AND pa <= 360 AND rank_source >= 1 AND rank_cat >= 1", name="ranges"),
    sa.CheckConstraint("best = (rank_source = 1 AND rank_cat = 1)", name="best"),
    sa.Index("xmatch_catalog_cat_key_idx", "catalog", "cat_key"),
    schema="deepcal",
    comment="One pair of a source and a catalogue row within the radius",
)
