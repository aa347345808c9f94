"""Why a scan has its score: every measured value, and the photometry of scans, visits and nights behind it."""

import sqlalchemy as sa

from schema.tables.column import col, metadata
from schema.tables.scan import FACTORS

MEASURED = {
    "overlap": ("mag", "phot.mag;stat.value", "Zero point of the scan against that of its visit, whole or in its worst quarter beyond the error"),
    "dispersion": ("mag", "phot.mag;stat.stdev", "Scatter of the zero points of the scans of the visit, or of the better of its neighbours if that is worse"),
    "night": ("mag", "phot.mag;stat.value", "Zero point of the visit against the rest of the night"),
    "visits": ("", "meta.number", "Visits of the night that have a zero point"),
    "depth": ("mag", "phot.mag;stat.snr", "Magnitude at a signal-to-noise ratio of 10"),
    "seeing": ("", "instr.obsty.seeing", "Mean J seeing shape"),
    "seeing_max": ("", "instr.obsty.seeing;stat.max", "Largest J seeing shape along the scan"),
    "focus": ("", "stat.value", "Mean second image moment ratio"),
    "airglow": ("dex", "stat.value", "log10 of the background noise over that of ordinary scans under the same sky"),
    "untracked": ("mag", "phot.mag;stat.value", "Change along the scan of profile against aperture magnitudes"),
    "shape_rms": ("", "instr.obsty.seeing;stat.stdev", "J rms of the seeing shape"),
    "position": ("", "stat.value", "Fraction of the bright stars of the visit found at their places"),
}
"""What a factor is made of: unit, UCD and meaning of the measured value; `<name>_limit` holds its limit."""
PARTS = ("flags", "overlap", "dispersion", "night", "visits")
"""Parts whose product is the photometric factor."""

scan_band_score = sa.Table(
    "scan_band_score",
    metadata,
    col("scan_key", "integer", "The scan", null=False, ucd="meta.id;obs"),
    col("rules", "smallint", "Version of the rules", null=False, ucd="meta.version"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    *(
        column
        for name, (unit, ucd, meaning) in MEASURED.items()
        for column in (
            col(name, "real", meaning, unit=unit, ucd=ucd),
            col(f"{name}_limit", "real", f"Limit of {name}: worse values lower the factor", unit=unit, ucd=ucd),
        )
    ),
    col("depth_from", "text", "What the depth comes from: psp (seeing and background), msnr10 (scan table)", ucd="meta.note"),
    *(col(f"p_{name}", "real", f"Part of the photometric factor: {name}", ucd="arith.factor") for name in PARTS),
    *(col(f"f_{name}", "real", f"Factor: {meaning}", ucd="arith.factor") for name, meaning in FACTORS.items()),
    col("quality", "real", "Base times the smallest factor of the band, 0 to 10", null=False, ucd="meta.code.qual"),
    col("worst", "text", "The factor that set it", ucd="meta.note"),
    col("missing", "text[]", "What was not known, and so lowered nothing", ucd="meta.note"),
    sa.PrimaryKeyConstraint("scan_key", "rules", "band"),
    sa.ForeignKeyConstraint(["scan_key", "rules"], ["deepcal.scan_score.scan_key", "deepcal.scan_score.rules"], onupdate="CASCADE", ondelete="CASCADE", name="scan_band_score_scan_key_fkey"),
    sa.CheckConstraint("band IN ('j', 'h', 'k')", name="band"),
    sa.CheckConstraint("quality BETWEEN 0 AND 10", name="quality"),
    schema="deepcal",
    comment="Why one scan has its score in one band: every measured value, its limit and the factor",
)

scan_photometry = sa.Table(
    "scan_photometry",
    metadata,
    col("scan_key", "integer", "The scan", sa.ForeignKey("deepcal.scan.scan_key", onupdate="CASCADE", ondelete="CASCADE"), null=False, ucd="meta.id;obs"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    col("visit", "integer", "The visit: scan_key of its first scan", null=False, ucd="meta.id;obs.sequence"),
    col("n_stars", "integer", "Bright stars shared with other scans of the visit", null=False, ucd="meta.number"),
    col("dmag", "real", "Median of the stars' magnitudes less their medians in the visit", unit="mag", ucd="phot.mag;arith.diff"),
    col("scatter", "real", "Robust scatter of these differences", unit="mag", ucd="phot.mag;stat.stdev"),
    col("dmag_zone", "real", "Largest departure of a quarter of the scan from dmag, beyond twice its error", unit="mag", ucd="phot.mag;stat.max"),
    col("profile_zone", "real", "Range over the quarters of profile less aperture magnitude, beyond twice its error", unit="mag", ucd="phot.mag;stat.max"),
    col("found", "real", "Fraction of the bright stars of the visit found at their places", ucd="stat.value"),
    col("n_standards", "integer", "Standards measured", null=False, ucd="meta.number"),
    col("zero_point", "real", "Net zero point from the standards: compares with [jhk]_zp_ap", unit="mag", ucd="phot.mag;arith.zp"),
    col("zero_point_err", "real", "Its error, from the dispersion of the standards", unit="mag", ucd="stat.error;phot.mag"),
    col("dispersion", "real", "Dispersion of the standards", unit="mag", ucd="phot.mag;stat.stdev"),
    col("detections_file", "integer", "Input file of the extractions it was measured on", null=False, ucd="meta.id;meta.file"),
    col("made_with", "character(12)", "Digest of the settings and standards it was measured with", null=False, ucd="meta.id"),
    sa.PrimaryKeyConstraint("scan_key", "band"),
    sa.CheckConstraint("band IN ('j', 'h', 'k')", name="band"),
    sa.Index("scan_photometry_visit_idx", "visit"),
    schema="deepcal",
    comment="What the extractions of one scan say of its photometry in one band, against the other scans of its visit and the standards",
)

visit_photometry = sa.Table(
    "visit_photometry",
    metadata,
    col("visit", "integer", "The visit: scan_key of its first scan", null=False, ucd="meta.id;obs.sequence"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    col("tile", "integer", "Calibration tile", null=False, ucd="meta.id;obs.field"),
    col("hemis", "character(1)", "n = Mt Hopkins, s = CTIO", null=False, ucd="meta.id;instr.tel"),
    col("date", "date", "Night", null=False, ucd="time.epoch"),
    col("jdate", "double precision", "Mean Julian date of its scans", unit="day", ucd="time.epoch"),
    col("airmass", "real", "Mean airmass", ucd="obs.airMass"),
    col("n_scans", "integer", "Scans with extractions", null=False, ucd="meta.number"),
    col("scatter", "real", "Robust scatter of the zero points of its scans", unit="mag", ucd="phot.mag;stat.stdev"),
    col("c1", "real", "Zero point at airmass 1 from the standards", unit="mag", ucd="phot.mag;arith.zp"),
    col("c1_err", "real", "Its error", unit="mag", ucd="stat.error;phot.mag"),
    col("published", "real", "Zero point at airmass 1 that the scan table gives", unit="mag", ucd="phot.mag;arith.zp"),
    col("m10", "real", "Magnitude at a signal-to-noise ratio of 10, from the rms of the repeats", unit="mag", ucd="phot.mag;stat.snr"),
    col("night", "real", "Least departure of c1 from the night: from its line, its neighbours and what lies between them", unit="mag", ucd="phot.mag;stat.value"),
    sa.PrimaryKeyConstraint("visit", "band"),
    sa.CheckConstraint("band IN ('j', 'h', 'k')", name="band"),
    sa.Index("visit_photometry_hemis_date_idx", "hemis", "date"),
    schema="deepcal",
    comment="What the extractions of one visit (six scans of a field) say in one band: its zero point and its depth",
)

night_zeropoint = sa.Table(
    "night_zeropoint",
    metadata,
    col("hemis", "character(1)", "n = Mt Hopkins, s = CTIO", null=False, ucd="meta.id;instr.tel"),
    col("date", "date", "Night", null=False, ucd="time.epoch"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    col("method", "text", "line (straight line in time: H, Ks), visits (interpolation between visits: J) or one visit", null=False, ucd="meta.note"),
    col("n_visits", "integer", "Visits with a zero point", null=False, ucd="meta.number"),
    col("n_used", "integer", "Those of them that the line follows", null=False, ucd="meta.number"),
    col("jdate", "double precision", "Mean time of the visits used", unit="day", ucd="time.epoch"),
    col("c1", "real", "Zero point at airmass 1 at that time", unit="mag", ucd="phot.mag;arith.zp"),
    col("slope", "real", "Its change with time; null in J", unit="mag/h", ucd="phot.mag;arith.rate"),
    col("rms", "real", "Scatter of the visits about the line, or of a visit about its neighbours", unit="mag", ucd="phot.mag;stat.stdev"),
    col("c2", "real", "Extinction used", unit="mag", ucd="phot.mag;obs.airMass"),
    col("published_diff", "real", "Mean of measured less published zero points of the visits", unit="mag", ucd="phot.mag;arith.diff"),
    col("published_rms", "real", "Scatter of these differences", unit="mag", ucd="phot.mag;stat.stdev"),
    sa.PrimaryKeyConstraint("hemis", "date", "band"),
    sa.CheckConstraint("band IN ('j', 'h', 'k')", name="band"),
    schema="deepcal",
    comment="The photometric zero point of one night in one band, from the standards; compared with the published ones, never applied",
)
