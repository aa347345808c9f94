"""The extracted sources, with the north and south values behind them."""

from typing import Any

import sqlalchemy as sa

from schema.tables.column import BAND_UCD, BANDS, col, metadata, position_checks

ARTIFACTS = {"0": "none", "G": "filter glint", "P": "persistence", "D": "diffraction spike", "A": "other"}


def _band(b: str) -> "list[sa.Column[Any]]":
    """Describe the columns of one band."""
    n, ucd = BANDS[b], BAND_UCD[b]
    mag, flux = f"phot.mag;{ucd}", f"phot.flux.density;{ucd}"
    return [
        col(f"{b}_m", "real", f"{n} magnitude in 4 arcsec, total: from the inverse-variance mean of N and S fluxes; empty where undetected", unit="mag", ucd=mag),
        col(f"{b}_msig", "real", f"Uncertainty of {b}_m", unit="mag", ucd=f"stat.error;{mag}"),
        col(f"{b}_m_mean", "real", f"{n} magnitude as published: mean of the N and S magnitudes", unit="mag", ucd=mag),
        col(f"{b}_m95", "real", f"{n} magnitude limit with 95 percent confidence where undetected", unit="mag", ucd=f"{mag};stat.max"),
        col(f"{b}_flux", "real", f"{n} flux density, inverse-variance mean of N and S; can be negative", unit="uJy", ucd=flux),
        col(f"{b}_flux_sig", "real", f"Uncertainty of {b}_flux", unit="uJy", ucd=f"stat.error;{flux}"),
        col(f"{b}_flux_n", "real", f"{n} flux density on the north stack", unit="uJy", ucd=flux),
        col(f"{b}_flux_n_sig", "real", f"Uncertainty of {b}_flux_n", unit="uJy", ucd=f"stat.error;{flux}"),
        col(f"{b}_flux_s", "real", f"{n} flux density on the south stack", unit="uJy", ucd=flux),
        col(f"{b}_flux_s_sig", "real", f"Uncertainty of {b}_flux_s", unit="uJy", ucd=f"stat.error;{flux}"),
        col(f"{b}_snr", "real", f"{n} signal to noise in the detection filter of N+S", ucd=f"stat.snr;{ucd}"),
        col(f"{b}_snr_n", "real", f"{n} signal to noise in the detection filter of N", ucd=f"stat.snr;{ucd}"),
        col(f"{b}_snr_s", "real", f"{n} signal to noise in the detection filter of S", ucd=f"stat.snr;{ucd}"),
        col(f"{b}_cov", "real", f"{n} coverage of the position over the largest of the N+S stack", ucd="stat.value;instr"),
        col(f"{b}_rule", "smallint", f"{n} confirmation rules passed: 1 default, 2 published, 3 both, 0 none", null=False, ucd="meta.code"),
    ]


source = sa.Table(
    "source",
    metadata,
    col("run", "character(12)", "The run", sa.ForeignKey("deepcal.stack_run.run", ondelete="CASCADE"), null=False, ucd="meta.id;meta.dataset"),
    col("id", "integer", "Running number in the run by declination, south to north", null=False, ucd="meta.id;meta.main"),
    col("tile", "integer", "The field", sa.ForeignKey("deepcal.field.tile"), null=False, ucd="meta.id;obs.field"),
    col("name", "text", "Name that stays with the source across runs: DC Jhhmmss.ss+ddmmss.s", null=False, ucd="meta.id"),
    col("ra", "double precision", "Right ascension J2000 in the frame of the PSC: mean of N and S", unit="deg", null=False, ucd="pos.eq.ra;meta.main"),
    col("dec", "double precision", "Declination J2000 in the frame of the PSC: mean of N and S", unit="deg", null=False, ucd="pos.eq.dec;meta.main"),
    col("pos_err", "real", "Uncertainty of the position per axis", unit="arcsec", null=False, ucd="stat.error;pos.eq"),
    col("x", "real", "Column on the field grid, from 0", unit="pixel", null=False, ucd="pos.cartesian.x;instr.pixel"),
    col("y", "real", "Row on the field grid, from 0", unit="pixel", null=False, ucd="pos.cartesian.y;instr.pixel"),
    col("dra_ns", "real", "N minus S right ascension times cos(dec) in the band of the best signal", unit="arcsec", ucd="pos.eq.ra;arith.diff"),
    col("ddec_ns", "real", "N minus S declination in the band of the best signal", unit="arcsec", ucd="pos.eq.dec;arith.diff"),
    *(column for band in BANDS for column in _band(band)),
    col("prox", "real", "Distance to the nearest source of the run", unit="arcsec", ucd="pos.angDistance"),
    col("confirmed", "boolean", "True when a band passes the default or the published rule", null=False, ucd="meta.code"),
    col("cc_flg", "character(1)", "Artifact flag: " + ", ".join(f"{k} {v}" for k, v in ARTIFACTS.items()), null=False, server_default="0", ucd="meta.code.qual"),
    sa.PrimaryKeyConstraint("run", "id"),
    sa.UniqueConstraint("run", "name"),
    *position_checks(),
    sa.CheckConstraint("cc_flg IN ('0', 'G', 'P', 'D', 'A')", name="cc_flg"),
    *(sa.CheckConstraint(f"{b}_rule BETWEEN 0 AND 3", name=f"{b}_rule") for b in BANDS),
    *(sa.CheckConstraint(f"{b}_msig > 0 AND {b}_flux_sig > 0", name=f"{b}_sig") for b in BANDS),
    sa.CheckConstraint("pos_err > 0", name="pos_err"),
    sa.Index("source_tile_idx", "tile"),
    schema="deepcal",
    comment="One extracted source of one run, measured on the north, the south and the combined stacks",
)

merged_source = sa.Table(
    "merged_source",
    metadata,
    col("gcntr", "bigint", "Number of the group: that of its first extraction", primary_key=True, autoincrement=False, null=False, ucd="meta.id;meta.main"),
    col("tile", "integer", "The field", sa.ForeignKey("deepcal.field.tile"), null=False, ucd="meta.id;obs.field"),
    col("napp", "integer", "Extractions in the group", null=False, ucd="meta.number;obs"),
    col("ra", "double precision", "Right ascension J2000: mean of the extractions", unit="deg", null=False, ucd="pos.eq.ra;meta.main"),
    col("dec", "double precision", "Declination J2000: mean of the extractions", unit="deg", null=False, ucd="pos.eq.dec;meta.main"),
    *(
        column
        for b, n in BANDS.items()
        for column in (
            col(f"{b}_m", "real", f"{n} magnitude: mean of the extractions", unit="mag", ucd=f"phot.mag;{BAND_UCD[b]}"),
            col(f"{b}_msd", "real", f"{n} standard deviation of the extractions", unit="mag", ucd=f"stat.stdev;phot.mag;{BAND_UCD[b]}"),
            col(f"{b}_n", "integer", f"{n} extractions with a magnitude", ucd="meta.number;obs"),
        )
    ),
    *position_checks(),
    sa.CheckConstraint("napp >= 1", name="napp"),
    schema="deepcal",
    comment="One star seen in many scans",
)

merged_link = sa.Table(
    "merged_link",
    metadata,
    col("tile", "integer", "The field", null=False, ucd="meta.id;obs.field"),
    col("cntr", "bigint", "The extraction", null=False, ucd="meta.id"),
    col("gcntr", "bigint", "The group it belongs to", sa.ForeignKey("deepcal.merged_source.gcntr", ondelete="CASCADE"), null=False, ucd="meta.id"),
    sa.PrimaryKeyConstraint("tile", "cntr"),
    sa.Index("merged_link_gcntr_idx", "gcntr"),
    schema="deepcal",
    comment="Whose extraction is whose",
)
