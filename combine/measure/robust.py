"""Location and scatter that a few outliers cannot move."""

import numpy as np
from numpy.typing import ArrayLike

MAD_TO_SIGMA = 1.4826


def mad_sigma(values: ArrayLike) -> float:
    """Return the standard deviation of the Gaussian with the same median absolute deviation; NaN of nothing."""
    v = np.asarray(values, float)
    v = v[np.isfinite(v)]
    return float(MAD_TO_SIGMA * np.median(np.abs(v - np.median(v)))) if v.size else float("nan")


def robust_sigma(values: ArrayLike) -> float:
    """Return the biweight scale: as robust as the median deviation, with 0.86 of the information of a variance.

    Source: Beers, Flynn & Gebhardt 1990, AJ 100, 32.
    """
    v = np.asarray(values, float)
    v = v[np.isfinite(v)]
    if v.size == 0:
        return float("nan")
    d = v - np.median(v)
    scale = np.median(np.abs(d))
    if scale == 0:
        return 0.0
    u = (d / (9.0 * scale)) ** 2
    inside = u < 1
    u, d = u[inside], d[inside]
    return float(np.sqrt(v.size * np.sum(d**2 * (1 - u) ** 4)) / abs(np.sum((1 - u) * (1 - 5 * u))))


def clipped_mean(
    values: ArrayLike, errors: ArrayLike, sigma: float = 3.0, rounds: int = 10
) -> tuple[float, float, int]:
    """Average with inverse-variance weights, leaving out what lies `sigma` robust deviations off.

    Returns
    -------
    mean, its error (scaled up where the values scatter more than their errors say), values used;
    NaN, NaN, 0 of nothing.
    """
    v, e = np.asarray(values, float), np.asarray(errors, float)
    keep = np.isfinite(v) & np.isfinite(e) & (e > 0)
    if not keep.any():
        return float("nan"), float("nan"), 0
    v, e = v[keep], e[keep]
    use = np.ones(v.size, bool)
    for _ in range(rounds):
        centre = np.average(v[use], weights=e[use] ** -2) if use.sum() > 4 else np.median(v)
        pull = np.abs(v - centre) / e
        new = pull <= sigma * max(1.0, MAD_TO_SIGMA * float(np.median(pull)))
        if (new == use).all() or not new.any():
            break
        use = new
    v, e = v[use], e[use]
    w = e**-2
    mean = float(np.average(v, weights=w))
    excess = float(np.sum(w * (v - mean) ** 2) / (v.size - 1)) if v.size > 1 else 1.0
    return mean, float(np.sqrt(max(1.0, excess) / w.sum())), int(v.size)
