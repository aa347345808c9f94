"""Completeness and reliability of the source list of a run."""

import sqlalchemy as sa

from schema.tables.column import col, metadata

completeness = sa.Table(
    "completeness",
    metadata,
    col("run", "character(12)", "The run", sa.ForeignKey("deepcal.stack_run.run", ondelete="CASCADE"), null=False, ucd="meta.id;meta.dataset"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    col("kind", "text", "star, or galaxy: what was injected", null=False, ucd="src.class"),
    col("mag_low", "real", "Bright end of the bin; of galaxies the magnitude of a star of equal light in 4 arcsec", unit="mag", null=False, ucd="phot.mag;stat.min"),
    col("mag_high", "real", "Faint end of the bin", unit="mag", null=False, ucd="phot.mag;stat.max"),
    col("snr", "real", "Signal to noise in the detection filter of N+S of a star in the middle of the bin, at the median noise", null=False, ucd="stat.snr"),
    col("injected", "integer", "Artificial objects injected into the stacks", null=False, ucd="meta.number"),
    col("found", "integer", "Of these, found, confirmed by the default rule in this band, and of like flux (0.5 to 2 times); without a second direction found only", null=False, ucd="meta.number"),
    col("mag_bias", "real", "Median of measured less true magnitude of those found", unit="mag", ucd="phot.mag;arith.diff"),
    col("mag_scatter", "real", "Robust scatter of measured less true magnitude of those found", unit="mag", ucd="stat.stdev;phot.mag"),
    col("mag_error", "real", "Median of the uncertainties that those found are given", unit="mag", ucd="stat.error;phot.mag"),
    col("sources", "integer", "Sources of the run that the band confirms; with stars only", ucd="meta.number"),
    col("false_inverted", "integer", "What the default rule confirms on the stacks turned over, their sources taken off: false sources that noise makes; with stars only", ucd="meta.number"),
    sa.PrimaryKeyConstraint("run", "band", "kind", "mag_low"),
    sa.CheckConstraint("band IN ('j', 'h', 'k') AND kind IN ('star', 'galaxy')", name="letters"),
    sa.CheckConstraint("mag_low < mag_high AND found BETWEEN 0 AND injected", name="counts"),
    schema="deepcal",
    comment="What artificial stars and galaxies in the stacks of a run tell of its list, by magnitude",
)
