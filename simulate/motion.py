"""Proper motions: most stars move by some mas a year, few fast; the red standards half an arcsec."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DISC_J, DISC = 14.0, 9.0  # mas/yr, median size at this J magnitude
FALL = 0.07  # dex per mag: fainter stars are farther
SPREAD = 0.33  # dex
FAST_SHARE, FAST = 0.004, 120.0  # of stars are near or in the halo: their median motion, mas/yr
APEX = (0.5, -0.9)  # of the mean motion, east and north: the sun's own motion seen from most fields
ASYMMETRY = 0.35  # mean over scatter


def draw_motion(rng: np.random.Generator, star: NDArray[np.bool_], j: Array) -> Array:
    """Draw proper motions (n, 2), mas a year, RA with cos(Dec); galaxies stay.

    Parameters
    ----------
    rng : Generator
    star : (n,) array of bool
    j : (n,) array
        Magnitudes.
    """
    n = j.size
    median = np.where(rng.random(n) < FAST_SHARE, FAST, DISC * 10 ** (-FALL * (j - DISC_J)))
    size = np.minimum(median * 10 ** rng.normal(0, SPREAD, n), 900.0)
    direction = rng.normal(0, 1, (n, 2)) + ASYMMETRY * np.array(APEX)
    direction /= np.hypot(*direction.T)[:, None]
    motion: Array = np.where(star, size, 0.0)[:, None] * direction
    return motion
