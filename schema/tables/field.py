"""The calibration fields."""

import sqlalchemy as sa

from schema.tables.column import col, file_id, metadata

field = sa.Table(
    "field",
    metadata,
    col("tile", "integer", "Number of the calibration tile, or of a field made by hand", primary_key=True, autoincrement=False, null=False, ucd="meta.id;meta.main"),
    col("standard", "text", "Name of the primary standard in its centre", ucd="meta.id"),
    col("ra", "double precision", "Right ascension J2000 of the centre; unknown for some tiles: then no stack", unit="deg", ucd="pos.eq.ra;meta.main"),
    col("dec", "double precision", "Declination J2000 of the centre", unit="deg", ucd="pos.eq.dec;meta.main"),
    col("centre_source", "text", "Where the centre comes from", ucd="meta.ref"),
    col("naxis1", "integer", "Columns of the field grid", unit="pixel", null=False, server_default="540", ucd="phys.size;instr.pixel"),
    col("naxis2", "integer", "Rows of the field grid", unit="pixel", null=False, server_default="3600", ucd="phys.size;instr.pixel"),
    col("density", "text", "Density class that sets the glint seed limit: low, medium or high", ucd="meta.code"),
    col("current_run", "text", "The run whose sources count", sa.ForeignKey("deepcal.stack_run.run", name="field_current_run_fkey", use_alter=True), ucd="meta.id;meta.dataset"),
    file_id(),
    sa.CheckConstraint("(ra IS NULL) = (dec IS NULL)", name="centre"),
    sa.CheckConstraint("ra >= 0 AND ra < 360 AND dec >= -90 AND dec <= 90", name="centre_range"),
    sa.CheckConstraint("naxis1 BETWEEN 16 AND 8192 AND naxis2 BETWEEN 16 AND 8192", name="grid"),
    sa.CheckConstraint("density IN ('low', 'medium', 'high')", name="density"),
    schema="deepcal",
    comment="One calibration tile, or a field made by hand: its centre, its grid and its current run",
)
