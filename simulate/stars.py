"""Stars: how many, how bright, of which colours, single and in close pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DEEP_J = 20.0  # where the counts of a crowding are given
BRIGHTEST, FAINTEST = 6.0, 23.0
PLANTED = (6.8, 8.0, 8.9)  # J of bright stars that every field has, so that artifacts exist
PAIRS = 0.03
STANDARDS = 8
STANDARD_J = (11.0, 14.5)


@dataclass(frozen=True)
class Stars:
    """Positions (arcsec from the field's centre, x to the west, y to the north) and J, H, Ks magnitudes (n, 3)."""

    x: Array
    y: Array
    mag: Array
    standard: NDArray[np.int64]


def draw_stars(
    rng: np.random.Generator,
    deep: float,
    slope: float,
    primary: tuple[float, float, float],
    half: tuple[float, float],
) -> Stars:
    """Draw the stars of a field.

    Parameters
    ----------
    rng : Generator
    deep : float
        Stars brighter than J 20 in the area.
    slope : float
        Of the cumulative counts, dex per mag.
    primary : J, H, Ks of the primary standard, which is at the centre
    half : half the width and height of the area, arcsec
    """
    count = rng.poisson(deep * 10 ** (slope * (FAINTEST - DEEP_J)))
    low, high = 10 ** (slope * BRIGHTEST), 10 ** (slope * FAINTEST)
    j = np.log10(rng.uniform(low, high, count)) / slope
    x, y = (rng.uniform(-h, h, count) for h in half)
    bright = np.array(PLANTED)
    bx, by = rng.uniform(-200, 200, bright.size), np.array([-1100.0, 500.0, 1350.0]) + rng.uniform(-150, 150, 3)
    x, y, j = np.append(bx, x), np.append(by, y), np.append(bright, j)
    mag = _colours(rng, j)
    x, y, mag = _with_pairs(rng, x, y, mag)
    near = (np.hypot(x, y) < 20) & (mag[:, 0] < primary[0] + 4)  # the primary stands alone
    x, y, mag = np.append(0.0, x[~near]), np.append(0.0, y[~near]), np.vstack((primary, mag[~near]))
    return Stars(x, y, mag, _standards(rng, x, y, mag[:, 0]))


def _colours(rng: np.random.Generator, j: Array) -> Array:
    """Give stars the colours of dwarfs, M dwarfs (more of them when faint) and giants (when bright)."""
    n = j.size
    kind = rng.random(n)
    giant = kind < np.clip(0.35 - 0.04 * (j - 10), 0.02, 0.5)
    cool = kind > 1 - np.clip(0.06 + 0.06 * (j - 12), 0.05, 0.55)
    t = rng.random(n)
    jh = np.where(giant, 0.50 + 0.35 * t, np.where(cool, 0.62 - 0.06 * t, 0.20 + 0.42 * t))
    hk = np.where(giant, 0.08 + 0.14 * t, np.where(cool, 0.17 + 0.20 * t, 0.03 + 0.10 * t))
    jh, hk = jh + rng.normal(0, 0.02, n), hk + rng.normal(0, 0.015, n)
    return np.column_stack((j, j - jh, j - jh - hk))


def _with_pairs(rng: np.random.Generator, x: Array, y: Array, mag: Array) -> tuple[Array, Array, Array]:
    """Add companions 1.5 to 6 arcsec away and up to 3 mag fainter."""
    chosen = np.flatnonzero(rng.random(x.size) < PAIRS)
    apart, angle = rng.uniform(1.5, 6, chosen.size), rng.uniform(0, 2 * np.pi, chosen.size)
    fainter = rng.uniform(0, 3, chosen.size)[:, None] + np.array([0.0, -0.05, -0.08])
    return (
        np.append(x, x[chosen] + apart * np.sin(angle)),
        np.append(y, y[chosen] + apart * np.cos(angle)),
        np.vstack((mag, mag[chosen] + fainter)),
    )


def _standards(rng: np.random.Generator, x: Array, y: Array, j: Array) -> NDArray[np.int64]:
    """Mark the primary (1) and a few well-placed isolated secondary standards (2)."""
    marks = np.zeros(x.size, np.int64)
    marks[0] = 1
    fit = np.flatnonzero(
        (np.abs(x) < 230) & (np.abs(y) < 1700) & (j > STANDARD_J[0]) & (j < STANDARD_J[1]) & (marks == 0)
    )
    bright = j < STANDARD_J[1] + 2.5
    alone = [i for i in fit if np.sum(np.hypot(x[bright] - x[i], y[bright] - y[i]) < 12) == 1]
    chosen = rng.permutation(alone)[:STANDARDS]
    marks[chosen.astype(np.int64)] = 2
    return marks
