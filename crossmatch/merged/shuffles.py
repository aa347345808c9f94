"""The highest peaks of shuffled light curves: all shuffles go through one pass over the frequencies."""

import numpy as np
from numpy.typing import NDArray

from crossmatch.merged.light_curve import LightCurve
from schema.progress import Progress, silent

Array = NDArray[np.float64]
BLOCK = 2048  # frequencies at a time
TINY = 1e-12


def highest_peaks(curve: LightCurve, frequency: Array, count: int, seed: int = 1, progress: Progress = silent) -> Array:
    """Return the highest power of each shuffle, as `periods.power` would find it.

    A shuffle gives every visit the deviations (in sigma) that another one had, cut or repeated to its size, so that
    what the scans of a visit have in common makes no period. Times and uncertainties stay, and with them every sum over
    sines and cosines alone (Zechmeister & Kuerster 2009, A&A 496, 577, equations 4 to 15); only the sums that hold the
    deviations differ between shuffles.

    Parameters
    ----------
    curve : LightCurve
    frequency : (m,) 1/day
    count : int
    seed : int
    progress : Progress
        Told of each block of frequencies.
    """
    good = np.isfinite(curve.mag) & (curve.sigma > 0)
    weight = np.where(good, 1 / np.where(good, curve.sigma, 1) ** 2, 0.0)
    light = _shuffled(curve, good, weight, count, seed)  # (shuffle, band, n): weight times deviation
    chi2 = np.einsum("sbn,sbn->s", light, light / np.maximum(weight.T, TINY))
    best = np.zeros(count)
    for first in range(0, len(frequency), BLOCK):
        progress("shuffles", first, len(frequency))
        angle = 2 * np.pi * np.outer(curve.time - curve.time[0], frequency[first : first + BLOCK])
        best = np.maximum(best, (_taken(light, weight, np.cos(angle), np.sin(angle)) / chi2[:, None]).max(axis=1))
    return best


def _shuffled(curve: LightCurve, good: NDArray[np.bool_], weight: Array, count: int, seed: int) -> Array:
    """Return weight times deviation from the weighted mean, of every shuffle and band: (shuffle, band, n)."""
    rng = np.random.default_rng(seed)
    whole = np.maximum(weight.sum(axis=0), TINY)
    mag = np.where(good, curve.mag, 0.0)
    deviation = np.where(good, (mag - (weight * mag).sum(axis=0) / whole) * np.sqrt(weight), 0.0)
    members = np.split(np.arange(len(curve.visit)), np.flatnonzero(np.diff(curve.visit)) + 1)
    result = np.empty((count, good.shape[1], len(good)))
    for one in result:
        order = rng.permutation(len(members))
        taken = np.concatenate([np.resize(members[j], len(members[i])) for i, j in enumerate(order)])
        light = deviation[taken] * np.sqrt(weight)
        one[:] = (light - weight * light.sum(axis=0) / whole).T  # the mean of the shuffle is its own
    return result


def _taken(light: Array, weight: Array, cosine: Array, sine: Array) -> Array:
    """Return by how much sines of some frequencies, fitted to each band, lower the chi-square: (shuffle, frequency)."""
    shuffles, bands, _ = light.shape
    both = np.concatenate([cosine, sine], axis=1).astype(np.float32)
    sums = (light.reshape(shuffles * bands, -1).astype(np.float32) @ both).reshape(shuffles, bands, 2, -1)
    total = np.zeros((shuffles, cosine.shape[1]))
    for band in range(bands):
        w = weight[:, band]
        whole = max(w.sum(), TINY)
        c, s = w @ cosine, w @ sine
        cc, ss, cs = w @ cosine**2 - c**2 / whole, w @ sine**2 - s**2 / whole, w @ (cosine * sine) - c * s / whole
        yc, ys = sums[:, band, 0], sums[:, band, 1]
        total += (ss * yc**2 + cc * ys**2 - 2 * cs * yc * ys) / np.maximum(cc * ss - cs**2, TINY)
    return total
