"""The figures of the demo: what went in, what came out, and which of the aims it meets."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepcal.report.tables import Tables
from deepcal.truth import Bin, Comparison, Errors, Purity, Rejections

NAMES = {"j": "J", "h": "H", "k": "Ks"}
MAG_LIMIT, POSITION_LIMIT, NOISE_LIMIT, SPURIOUS_LIMIT = 0.01, 30.0, 0.05, 0.01


@dataclass(frozen=True)
class Depth:
    """Depth of one scan and of the stack of a band: magnitude of five times the noise of a 4 arcsec aperture.

    scans : at the median place of the stack
    one_scan : of the scan of median noise
    gain, expected : the stack's less the scan's, and 2.5 log10 sqrt(scans), mag
    m5_det : five sigma of the detection filter
    fwhm : arcsec
    """

    scans: float
    one_scan: float
    stack: float
    gain: float
    expected: float
    m5_det: float
    fwhm: float


@dataclass(frozen=True)
class LeftOut:
    """A scan that a band does not use: by its score (before the first pass) or its residuals, why, what was planted."""

    scan_key: int
    scan: str
    band: str
    by: str
    why: str
    planted: str | None


@dataclass(frozen=True)
class Sources:
    """Sources of the run: all, confirmed, detected by band, flagged by letter, with a counterpart in PSC and XSC."""

    all: int
    confirmed: int
    by_band: dict[str, int]
    flagged: dict[str, int]
    psc: int
    xsc: int


@dataclass(frozen=True)
class Check:
    """One aim: the figure, its limit, whether it is met; `unit` is mag, mas, scans, share or empty (a ratio less 1)."""

    what: str
    value: float
    limit: float
    unit: str
    met: bool


@dataclass(frozen=True)
class Figures:
    """All figures of the demo."""

    tile: int
    run: str
    scans: int
    used: dict[str, int]
    scores: dict[int, int]
    left_out: list[LeftOut]
    depths: dict[str, Depth]
    sources: Sources
    errors: dict[str, Errors]
    noise_ratio: dict[str, float]
    completeness: dict[str, list[Bin]]
    purity: Purity
    planted: dict[str, Rejections]
    checks: list[Check]

    @property
    def met(self) -> bool:
        """True where every aim is met."""
        return all(check.met for check in self.checks)


def figures(tables: Tables, compared: Comparison) -> Figures:
    """Put the figures together."""
    one_a_scan = tables.scans.drop_duplicates("scan_key")
    scores = np.floor(one_a_scan.quality.dropna()).astype(int).value_counts().sort_index(ascending=False)
    used = tables.scans.used.eq(True).fillna(False).groupby(tables.scans.band, sort=False).sum()
    return Figures(
        tile=tables.tile,
        run=tables.run,
        scans=len(one_a_scan),
        used={band: int(used[band]) for band in tables.bands},
        scores={int(score): int(count) for score, count in scores.items()},
        left_out=_left_out(tables.scans),
        depths={band: _depth(tables, band) for band in tables.bands},
        sources=_sources(tables),
        errors=compared.errors,
        noise_ratio=compared.noise_ratio,
        completeness=compared.completeness,
        purity=compared.purity,
        planted=compared.scans,
        checks=checks(compared),
    )


def checks(compared: Comparison) -> list[Check]:
    """Return every aim with its figure; a figure that could not be had misses its aim."""
    found = []
    for band, one in compared.errors.items():
        name = NAMES[band]
        found.append(_within(f"{name} median magnitude error", one.mag_median, MAG_LIMIT, "mag"))
        found.append(_within(f"{name} median position error, RA", one.ra_median, POSITION_LIMIT, "mas"))
        found.append(_within(f"{name} median position error, Dec", one.dec_median, POSITION_LIMIT, "mas"))
    for band, ratio in compared.noise_ratio.items():
        found.append(_within(f"{NAMES[band]} noise of N-S over its prediction, less 1", ratio - 1, NOISE_LIMIT, ""))
    for band, scans in compared.scans.items():
        found.append(_none(f"{NAMES[band]} bad scans in the stack", scans.missed))
        found.append(_none(f"{NAMES[band]} good scans left out", scans.good_by_score + scans.good_by_residuals))
    share = compared.purity.share
    found.append(
        Check("spurious among clean confirmed sources", share, SPURIOUS_LIMIT, "share", share < SPURIOUS_LIMIT)
    )
    return found


def _within(what: str, value: float, limit: float, unit: str) -> Check:
    return Check(what, value, limit, unit, bool(abs(value) < limit))


def _none(what: str, count: int) -> Check:
    return Check(what, count, 0, "scans", count == 0)


def _left_out(scans: pd.DataFrame) -> list[LeftOut]:
    rows = scans[~scans.used.eq(True).fillna(False)]
    by = np.where(rows.used.isna(), "score", "residuals")
    names = [f"{row.date} {row.hemis} {row.scan:03d}" for row in rows.itertuples()]
    planted = rows.fault.fillna("slight " + rows.slight.astype("string")) if "slight" in rows else rows.fault
    why, planted = rows.reason.replace("", "no image"), planted.astype(object).where(planted.notna(), None)
    return [
        LeftOut(*row) for row in zip(rows.scan_key.tolist(), names, rows.band, by.tolist(), why, planted, strict=True)
    ]


def _depth(tables: Tables, band: str) -> Depth:
    """Compare the noise of the median scan with the stack's, both in apertures and at the same zero point."""
    row = tables.stack(band)
    used = tables.scans[(tables.scans.band == band) & tables.scans.used.eq(True)]
    gain = 2.5 * np.log10(used.noise_aper.median() / row.noise_aper)
    expected = 1.25 * np.log10(row.coverage_median)
    numbers = row.coverage_median, row.m5_aper - gain, row.m5_aper, gain, expected, row.m5_det, row.fwhm
    return Depth(*map(float, numbers))


def _sources(tables: Tables) -> Sources:
    every = tables.sources
    confirmed = every[every.confirmed]
    return Sources(
        all=len(every),
        confirmed=len(confirmed),
        by_band={band: int((confirmed[f"{band}_rule"] > 0).sum()) for band in tables.bands},
        flagged={letter: int((confirmed.cc_flg == letter).sum()) for letter in "GPDA"},
        psc=int(confirmed.cntr_psc.notna().sum()),
        xsc=int(confirmed.cntr_xsc.notna().sum()),
    )
