"""The magnitude at which half of the stars are found: fitted to what was found, and as noise alone predicts it."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import norm

from combine.extract.images import Band
from combine.measure.aperture import Floats
from schema.settings import Settings

LEAST = 50
"""Objects that a fit needs."""
SPAN = 4.0
"""Standard deviations of noise that are averaged over, on N and on S."""


def half_found(mag: Floats, found: NDArray[np.bool_]) -> float:
    """Return the magnitude where half of the objects are found; NaN where that is not within their magnitudes.

    A share of all objects, which crowding keeps below one, times a Gaussian fall is fitted by maximum likelihood.
    """
    if mag.size < LEAST or not found.any() or found.all():
        return float("nan")
    seen = found.astype(float)

    def share(p: Floats) -> Floats:
        return np.asarray(np.clip(norm.sf((mag - p[0]) / np.exp(p[1])) / (1 + np.exp(-p[2])), 1e-6, 1 - 1e-6))

    def cost(p: Floats) -> float:
        c = share(p)
        return float(-np.sum(seen * np.log(c) + (1 - seen) * np.log(1 - c)))

    start = float(np.quantile(mag[found], 0.9))
    best = min(
        (minimize(cost, (start, np.log(0.3), top), method="Nelder-Mead") for top in (3.0, 0.5)), key=lambda fit: fit.fun
    )
    whole = 1 / (1 + np.exp(-best.x[2]))
    if whole <= 0.5:
        return float("nan")
    value = float(best.x[0] + np.exp(best.x[1]) * norm.isf(0.5 / whole))
    return value if mag.min() < value < mag.max() else float("nan")


def half_predicted(band: Band, zero: float, x: Floats, y: Floats, settings: Settings) -> float:
    """Return where half of the stars pass the default rule if nothing but the noise of the stacks hides them.

    Parameters
    ----------
    zero : magnitude of a star of 1 DN in all
    x, y : places (pixels) that stand for the field

    NaN where a direction is missing.
    """
    if len(band.directions) < 2:
        return float("nan")
    sigma_n, sigma_s = (layer.flux_sigma(x, y) for layer in (band.directions["n"], band.directions["s"]))
    good = np.isfinite(sigma_n + sigma_s)
    if not good.any():
        return float("nan")
    quantiles = np.linspace(0.1, 0.9, 5)
    both = 1 / np.hypot(1 / sigma_n[good], 1 / sigma_s[good])
    order = np.argsort(both)[(quantiles * (both.size - 1)).astype(int)]
    n, s = sigma_n[good][order], sigma_s[good][order]
    snr = np.linspace(3.0, 9.0, 25)
    mags = zero - 2.5 * np.log10(snr * np.median(both))
    flux = 10 ** (0.4 * (zero - mags))
    share = np.array([np.mean([_passes(f, a, b, settings) for a, b in zip(n, s, strict=True)]) for f in flux])
    return float(np.interp(0.5, share, mags))


def _passes(flux: float, sigma_n: float, sigma_s: float, settings: Settings) -> float:
    """Return the chance that a star passes the default rule."""
    total, each = settings["confirm_snr"]
    axis = np.linspace(-SPAN, SPAN, 61)
    weight = np.exp(-0.5 * axis**2)
    north, south = flux / sigma_n + axis[:, None], flux / sigma_s + axis[None, :]
    both = np.hypot(1 / sigma_n, 1 / sigma_s)
    joint = (north / sigma_n + south / sigma_s) / both
    # A fit that may move finds the highest place: two free coordinates add two to the square of the signal.
    joint = np.sqrt(np.maximum(joint, 0) ** 2 + 2)
    apart = np.abs(north * sigma_n - south * sigma_s)
    error = settings["confirm_fraction"][0] * np.maximum(np.abs(north * sigma_n), np.abs(south * sigma_s))
    equal = apart <= settings["confirm_difference"][0] * np.sqrt(sigma_n**2 + sigma_s**2 + error**2)
    good = (joint >= total) & (north >= each) & (south >= each) & equal
    area = weight[:, None] * weight[None, :]
    return float((area * good).sum() / area.sum())
