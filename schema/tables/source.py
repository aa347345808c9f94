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
        col(f"{b}_m_psf", "real", f"{n} magnitude of a star fitted together with its neighbours; empty where undetected", unit="mag", ucd=mag),
        col(f"{b}_msig_psf", "real", f"Uncertainty of {b}_m_psf", unit="mag", ucd=f"stat.error;{mag}"),
        col(f"{b}_flux_psf", "real", f"{n} flux density of a star fitted together with its neighbours; can be negative", unit="uJy", ucd=flux),
        col(f"{b}_flux_psf_sig", "real", f"Uncertainty of {b}_flux_psf", unit="uJy", ucd=f"stat.error;{flux}"),
        col(f"{b}_sky", "real", f"{n} sky of an annulus of 14 to 20 arcsec above that of the stack, after neighbours are taken off", unit="uJy/arcsec2", ucd=f"phot.flux.density.sb;{ucd}"),
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
    col("extent", "real", "How extended the source is, all bands: 0 a star, 1 a disc galaxy of half-light radius 1.2 arcsec", ucd="src.morph.param"),
    col("extent_sig", "real", "Uncertainty of extent", ucd="stat.error;src.morph.param"),
    col("p_star", "real", "Probability that it is a star, from its extent; holds for sources without a near neighbour", ucd="stat.probability;src.class.starGalaxy"),
    col("p_star_jk", "real", "Probability that it is a star, from its extent and J - Ks", ucd="stat.probability;src.class.starGalaxy"),
    col("prox", "real", "Distance to the nearest source of the run", unit="arcsec", ucd="pos.angDistance"),
    col("rd_flg", "character(3)", "How J, H and Ks were measured: 4 aperture on the stack, 1 short exposures of the single scans since the long ones saturate, 0 not", null=False, server_default="444", ucd="meta.code"),
    col("confirmed", "boolean", "True when a band passes the default or the published rule", null=False, ucd="meta.code"),
    col("cc_flg", "character(1)", "Artifact flag: " + ", ".join(f"{k} {v}" for k, v in ARTIFACTS.items()), null=False, server_default="0", ucd="meta.code.qual"),
    sa.PrimaryKeyConstraint("run", "id"),
    sa.UniqueConstraint("run", "name"),
    *position_checks(),
    sa.CheckConstraint("cc_flg IN ('0', 'G', 'P', 'D', 'A')", name="cc_flg"),
    sa.CheckConstraint("rd_flg ~ '^[014]{3}$'", name="rd_flg"),
    *(sa.CheckConstraint(f"{b}_rule BETWEEN 0 AND 3", name=f"{b}_rule") for b in BANDS),
    *(sa.CheckConstraint(f"{b}_msig > 0 AND {b}_flux_sig > 0", name=f"{b}_sig") for b in BANDS),
    *(sa.CheckConstraint(f"{b}_msig_psf > 0 AND {b}_flux_psf_sig > 0", name=f"{b}_psf_sig") for b in BANDS),
    sa.CheckConstraint("pos_err > 0", name="pos_err"),
    sa.CheckConstraint("p_star BETWEEN 0 AND 1 AND p_star_jk BETWEEN 0 AND 1", name="p_star"),
    sa.CheckConstraint("extent_sig > 0", name="extent"),
    sa.Index("source_tile_idx", "tile"),
    schema="deepcal",
    comment="One extracted source of one run, measured on the north, the south and the combined stacks",
)

_CIRCLES = "light inside circles of 3, 4, ... 14 arcsec, as it is (over stack.growth: of the whole star)"

source_curve = sa.Table(
    "source_curve",
    metadata,
    col("run", "character(12)", "The run", sa.ForeignKey("deepcal.stack_run.run", ondelete="CASCADE"), null=False, ucd="meta.id;meta.dataset"),
    col("id", "integer", "The source in the run", null=False, ucd="meta.id"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    col("flux", "real[]", f"N and S joined: {_CIRCLES}", unit="uJy", null=False, ucd="phot.flux.density"),
    col("flux_sig", "real[]", "Uncertainty of flux", unit="uJy", null=False, ucd="stat.error;phot.flux.density"),
    col("flux_n", "real[]", f"N: {_CIRCLES}", unit="uJy", ucd="phot.flux.density"),
    col("flux_n_sig", "real[]", "Uncertainty of flux_n", unit="uJy", ucd="stat.error;phot.flux.density"),
    col("flux_s", "real[]", f"S: {_CIRCLES}", unit="uJy", ucd="phot.flux.density"),
    col("flux_s_sig", "real[]", "Uncertainty of flux_s", unit="uJy", ucd="stat.error;phot.flux.density"),
    col("flux_raw", "real[]", "N and S joined: the same with neighbours left in, above sky_raw", unit="uJy", null=False, ucd="phot.flux.density"),
    col("sky_raw", "real", "Plain median of the annulus, neighbours left in", unit="uJy/arcsec2", ucd="phot.flux.density.sb"),
    col("psf_n", "real", "Flux density of a star fitted together with its neighbours on N", unit="uJy", ucd="phot.flux.density"),
    col("psf_n_sig", "real", "Uncertainty of psf_n", unit="uJy", ucd="stat.error;phot.flux.density"),
    col("psf_s", "real", "Flux density of a star fitted together with its neighbours on S", unit="uJy", ucd="phot.flux.density"),
    col("psf_s_sig", "real", "Uncertainty of psf_s", unit="uJy", ucd="stat.error;phot.flux.density"),
    sa.PrimaryKeyConstraint("run", "id", "band"),
    sa.CheckConstraint("band IN ('j', 'h', 'k')", name="band"),
    schema="deepcal",
    comment="How the light of one source grows with the radius in one band, and what N and S tell of it apart",
)

merged_run = sa.Table(
    "merged_run",
    metadata,
    col("tile", "integer", "The field", sa.ForeignKey("deepcal.field.tile"), primary_key=True, autoincrement=False, null=False, ucd="meta.id;obs.field"),
    col("run", "character(12)", "The run whose sources are the seeds; empty where the extractions themselves are", ucd="meta.id;meta.dataset"),
    col("parameters", "jsonb", "Every setting it was made with", null=False, ucd="meta.note"),
    col("scans", "integer", "Scans with extractions", null=False, ucd="meta.number;obs"),
    col("seeds", "integer", "Seeds: deep sources, or peaks in the density of extractions", null=False, ucd="meta.number"),
    col("extractions", "integer", "Extractions of these scans", null=False, ucd="meta.number"),
    col("links", "integer", "Extractions that belong to a group", null=False, ucd="meta.number"),
    col("ambiguous", "integer", "Links that may belong to a neighbour", null=False, ucd="meta.number"),
    col("groups", "integer", "Groups: seeds with an extraction or more", null=False, ucd="meta.number"),
    col("made_at", "timestamptz", "When it was made", null=False, server_default=sa.func.now(), ucd="time.processing"),
    col("seconds", "real", "How long it took", unit="s", null=False, ucd="time.duration"),
    schema="deepcal",
    comment="How the extractions of one field were grouped the last time",
)

merged_source = sa.Table(
    "merged_source",
    metadata,
    col("tile", "integer", "The field", sa.ForeignKey("deepcal.field.tile"), null=False, ucd="meta.id;obs.field"),
    col("gcntr", "bigint", "Number of the group: that of its first extraction", null=False, ucd="meta.id;meta.main"),
    col("name", "text", "Name of the deep source that is its seed; empty where extractions are", ucd="meta.id"),
    col("napp", "integer", "Extractions in the group, at most one a scan", null=False, ucd="meta.number;obs"),
    col("n_ambiguous", "integer", "Extractions that may belong to a neighbour: left out of every mean", null=False, ucd="meta.number;obs"),
    col("opportunities", "integer", "Scans that cover the position", null=False, ucd="meta.number;obs"),
    col("ra", "double precision", "Right ascension J2000 in the frame of the seeds: mean of the extractions", unit="deg", null=False, ucd="pos.eq.ra;meta.main"),
    col("dec", "double precision", "Declination J2000 in the frame of the seeds: mean of the extractions", unit="deg", null=False, ucd="pos.eq.dec;meta.main"),
    col("pos_sd", "real", "Standard deviation of the extractions per axis", unit="arcsec", ucd="stat.stdev;pos.eq"),
    col("epoch", "double precision", "Julian date of the mean position", unit="day", ucd="time.epoch"),
    col("pmra", "real", "Proper motion in right ascension times cos(dec), against the field's stars", unit="mas/yr", ucd="pos.pm;pos.eq.ra"),
    col("pmdec", "real", "Proper motion in declination, against the field's stars", unit="mas/yr", ucd="pos.pm;pos.eq.dec"),
    col("pm_err", "real", "Uncertainty of the proper motion per axis, from the scatter of the extractions", unit="mas/yr", ucd="stat.error;pos.pm"),
    *(
        column
        for b, n in BANDS.items()
        for column in (
            col(f"{b}_m", "real", f"{n} magnitude: weighted mean of the extractions", unit="mag", ucd=f"phot.mag;{BAND_UCD[b]}"),
            col(f"{b}_msig", "real", f"Uncertainty of {b}_m, from those of the extractions", unit="mag", ucd=f"stat.error;phot.mag;{BAND_UCD[b]}"),
            col(f"{b}_msd", "real", f"{n} standard deviation of the extractions", unit="mag", ucd=f"stat.stdev;phot.mag;{BAND_UCD[b]}"),
            col(f"{b}_n", "integer", f"{n} extractions with a magnitude and an uncertainty", null=False, ucd="meta.number;obs"),
            col(f"{b}_chi2", "real", f"{n} chi-square of the extractions about {b}_m, with {b}_n - 1 degrees of freedom", ucd=f"stat.fit.chi2;{BAND_UCD[b]}"),
        )
    ),
    col("var_index", "real", "Stetson's J over the simultaneous pairs of bands: about 0 for a constant star, its scatter in sigma for a variable one", ucd="src.var.index"),
    sa.PrimaryKeyConstraint("gcntr", "tile"),
    *position_checks(),
    sa.CheckConstraint("napp >= 1 AND n_ambiguous BETWEEN 0 AND napp AND opportunities >= 0", name="counts"),
    sa.Index("merged_source_name_idx", "name"),
    schema="deepcal",
    comment="One star seen in many scans",
)

merged_link = sa.Table(
    "merged_link",
    metadata,
    col("tile", "integer", "The field", null=False, ucd="meta.id;obs.field"),
    col("cntr", "bigint", "The extraction", null=False, ucd="meta.id"),
    col("gcntr", "bigint", "The group it belongs to", null=False, ucd="meta.id"),
    col("separation", "real", "Distance from the seed, after the offset of the scan is taken off", unit="arcsec", null=False, ucd="pos.angDistance"),
    col("ambiguous", "boolean", "True when it may belong to a neighbour, or is the light of two stars", null=False, ucd="meta.code"),
    sa.PrimaryKeyConstraint("tile", "cntr"),
    sa.CheckConstraint("separation >= 0", name="separation"),
    sa.Index("merged_link_gcntr_idx", "gcntr"),
    schema="deepcal",
    comment="Whose extraction is whose; no foreign keys, which checked row by row take more time than all the rest",
)
