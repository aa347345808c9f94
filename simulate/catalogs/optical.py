"""The optical counterparts that the catalogue names: blue and red magnitudes of most stars, some missed."""

import numpy as np
from numpy.typing import NDArray

from simulate.sky.field import Sky

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

TYCHO, PLATES = 11.5, 19.8  # B magnitudes down to which Tycho-2 and USNO-A2.0 have a star
BLUE, RED = (3.4, 0.3), (1.5, 0.2)  # B - J and R - J are a factor times J - Ks, and a constant
MISSED = 0.04  # of the stars that could have a counterpart
YEARS = 45.0  # between the plates and the survey
REACH = 5.0  # arcsec
PLATE_ERROR = 0.35  # arcsec
PLATE_MAG = 0.25  # mag


def optical_columns(rng: np.random.Generator, sky: Sky, main: Ints) -> dict[str, object]:
    """Return the columns of the nearest optical source of each source, given by its brightest object."""
    mag, n = sky.mag[main], main.size
    colour = mag[:, 0] - mag[:, 2]
    blue = mag[:, 0] + BLUE[0] * colour + BLUE[1] + rng.normal(0, PLATE_MAG, n)
    red = mag[:, 0] + RED[0] * colour + RED[1] + rng.normal(0, PLATE_MAG, n)
    away = rng.normal(0, PLATE_ERROR, (n, 2)) - sky.motion[main] / 1000 * YEARS
    distance = np.hypot(*away.T)
    there = (blue < PLATES) & (distance < REACH) & (rng.random(n) > MISSED)
    return {
        "a": np.where(there, np.where(blue < TYCHO, "T", "U"), "0"),
        "dist_opt": np.where(there, distance, np.nan),
        "phi_opt": np.where(there, np.floor(np.degrees(np.arctan2(away[:, 0], away[:, 1])) % 360), np.nan),
        "b_m_opt": np.where(there, blue, np.nan),
        "vr_m_opt": np.where(there, red, np.nan),
        "nopt_mchs": there.astype(int),
    }
