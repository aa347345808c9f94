"""Magnitude and position errors of stars against truth, and the scatter that their own uncertainties predict."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import norm

from combine.measure.robust import robust_sigma
from deepcal.truth.depth import Sight
from deepcal.truth.tables import BANDS, Floats, Truth, values

RADIUS = 1.0  # arcsec, truth to source
BRIGHT = 20.0  # signal to noise in the detection filter of N+S
Places = NDArray[np.intp]
QUANTILES = norm.ppf((np.arange(99) + 0.5) / 99)


@dataclass(frozen=True)
class Residuals:
    """Isolated confirmed stars of one band: true magnitude and signal to noise, measured less true values.

    mag, snr : truth
    dmag, sigma_mag : mag
    dra, ddec, sigma_pos : mas, RA times cos(dec)
    """

    mag: Floats
    snr: Floats
    dmag: Floats
    sigma_mag: Floats
    dra: Floats
    ddec: Floats
    sigma_pos: Floats

    def brighter(self, snr: float) -> "Residuals":
        """Return those above a true signal to noise."""
        keep = self.snr > snr
        return Residuals(*(getattr(self, name)[keep] for name in Residuals.__dataclass_fields__))


@dataclass(frozen=True)
class Errors:
    """Errors of the isolated confirmed stars of one band with a signal to noise above 20.

    mag_median, mag_scatter, mag_predicted : mag
    ra_median, ra_scatter, dec_median, dec_scatter, pos_predicted : mas, RA times cos(dec)
    """

    stars: int
    mag_median: float
    mag_scatter: float
    mag_predicted: float
    ra_median: float
    ra_scatter: float
    dec_median: float
    dec_scatter: float
    pos_predicted: float


def residuals(truth: Truth, sources: pd.DataFrame, band: str, sight: Sight) -> Residuals:
    """Return measured less true values of isolated stars that one band confirms and no flag touches."""
    objects = truth.objects
    alone = ((objects.kind == "star") & ~objects.blended).to_numpy(bool)
    if "variable" in objects:
        alone = alone & objects.variable.isna().to_numpy(bool)
    objects, mag = objects[alone], truth.magnitudes()[alone, BANDS.index(band)]
    x, y = objects.x.to_numpy(float), objects.y.to_numpy(float)
    good = sources[
        sources.confirmed & (sources.cc_flg == "0") & (sources[f"{band}_rule"] > 0) & sources[f"{band}_m"].notna()
    ]
    star, source = pairs(x, y, good)
    rows = good.iloc[source]
    cosine = np.cos(np.radians(objects.dec.to_numpy(float)[star]))
    return Residuals(
        mag=mag[star],
        snr=sight.snr(mag[star], x[star], y[star]),
        dmag=values(rows, f"{band}_m") - mag[star],
        sigma_mag=values(rows, f"{band}_msig"),
        dra=(values(rows, "ra") - objects.ra.to_numpy(float)[star]) * cosine * 3.6e6,
        ddec=(values(rows, "dec") - objects.dec.to_numpy(float)[star]) * 3.6e6,
        sigma_pos=values(rows, "pos_err") * 1000,
    )


def pairs(x: Floats, y: Floats, sources: pd.DataFrame) -> tuple[Places, Places]:
    """Return indices of places and of the nearest sources within 1 arcsec of them."""
    if sources.empty or x.size == 0:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    tree = cKDTree(np.column_stack((values(sources, "x"), values(sources, "y"))))
    apart, nearest = tree.query(np.column_stack((x, y)))
    close = np.flatnonzero(apart <= RADIUS)
    return close, nearest[close]


def errors(found: Residuals) -> Errors:
    """Summarise the residuals of the bright stars."""
    bright = found.brighter(BRIGHT)
    return Errors(
        stars=bright.mag.size,
        mag_median=median(bright.dmag),
        mag_scatter=robust_sigma(bright.dmag),
        mag_predicted=predicted(bright.sigma_mag),
        ra_median=median(bright.dra),
        ra_scatter=robust_sigma(bright.dra),
        dec_median=median(bright.ddec),
        dec_scatter=robust_sigma(bright.ddec),
        pos_predicted=predicted(bright.sigma_pos),
    )


def median(sample: Floats) -> float:
    """Return the median, NaN of nothing."""
    return float(np.median(sample)) if sample.size else float("nan")


def predicted(sigma: Floats) -> float:
    """Return the robust scatter of Gaussian errors, each with its own standard deviation."""
    return robust_sigma(np.outer(sigma, QUANTILES))
