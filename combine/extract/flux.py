"""Fluxes, magnitudes and limits: how one becomes the other."""

import numpy as np
from numpy.typing import ArrayLike

from combine.measure.aperture import Floats

LIMIT_SIGMA = 1.645
"""Standard deviations below which 95 percent of a Gaussian lie."""
MAG_PER_PART = 2.5 / np.log(10)


def microjansky(dn: ArrayLike, zero_point: float, vega_jy: float) -> Floats:
    """Return the flux density (microjansky) of DN, from the zero point (mag) and the flux of zero magnitude (Jy)."""
    return np.asarray(dn, float) * vega_jy * 1e6 * 10 ** (-0.4 * zero_point)


def magnitude(flux: Floats, sigma: Floats, vega_jy: float) -> tuple[Floats, Floats]:
    """Return magnitudes and their uncertainties of fluxes in microjansky; NaN where a flux is not positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mag = -2.5 * np.log10(flux / (vega_jy * 1e6))
        error = MAG_PER_PART * sigma / flux
    good = flux > 0
    return np.where(good, mag, np.nan), np.where(good, error, np.nan)


def limit(flux: Floats, sigma: Floats, vega_jy: float, least: float) -> Floats:
    """Return the magnitude that an undetected source is fainter than with 95 percent confidence; NaN where unknown.

    A source counts as undetected below `least` standard deviations: one brighter than that by LIMIT_SIGMA would have
    been detected with 95 percent. The flux alone would tell too low a limit, since low ones are chosen.
    """
    with np.errstate(invalid="ignore"):
        most = np.maximum(flux, least * sigma) + LIMIT_SIGMA * sigma
    return np.asarray(-2.5 * np.log10(most / (vega_jy * 1e6)))


def mean_magnitude(mag_n: Floats, mag_s: Floats) -> Floats:
    """Return the magnitude as published: the mean of the north and the south one; NaN where one is missing."""
    return 0.5 * (mag_n + mag_s)
