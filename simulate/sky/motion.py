"""Proper motions of stars from where they are and which population they belong to."""

import numpy as np
from numpy.typing import NDArray

from simulate.sky.angles import galactic
from simulate.sky.counts import SUN

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SOLAR = (11.1, 12.2, 7.3)  # km/s towards the centre, the rotation, the north pole (Schoenrich et al. 2010)
ROTATION = 229.0  # km/s
LAG = np.array((10.0, 45.0, 220.0, 150.0))  # km/s behind the rotation: thin and thick disc, halo, bulge
SCATTER = np.array(((36.0, 25.0, 18.0), (65.0, 45.0, 40.0), (150.0, 100.0, 95.0), (110.0, 100.0, 90.0)))  # km/s
YOUNG, YOUNG_SCATTER = 2.5, 0.55  # brighter thin-disc stars are young and slow: absolute J, factor
KMS = 4.740  # km/s of 1 arcsec a year at 1 pc


def draw_motion(
    rng: np.random.Generator, ra: float, dec: float, distance: Array, absolute: Array, population: Ints
) -> Array:
    """Draw the proper motions of stars of one field.

    Parameters
    ----------
    rng : Generator
    ra, dec : float
        The field's centre, deg.
    distance, absolute : (n,) arrays
        Parsec; absolute J magnitudes.
    population : (n,) array
        See simulate.counts.

    Returns
    -------
    (n, 2) array
        Mas a year, east (with cos Dec) and north.
    """
    glon, glat = (float(angle) for angle in galactic(ra, dec))
    l, b = np.radians((glon, glat))  # noqa: E741 - galactic longitude, as everybody calls it
    slow = np.where((population == 0) & (absolute < YOUNG), YOUNG_SCATTER, 1.0)
    velocity = rng.normal(0, 1, (distance.size, 3)) * SCATTER[population] * slow[:, None]
    x, y = -SUN + distance * np.cos(b) * np.cos(l), distance * np.cos(b) * np.sin(l)
    turning = (ROTATION - LAG[population]) / np.maximum(np.hypot(x, y), 100.0)
    velocity[:, 0] += turning * y
    velocity[:, 1] += -turning * x - ROTATION
    velocity -= SOLAR
    along = np.array([-np.sin(l), np.cos(l), 0.0])
    across = np.array([-np.cos(l) * np.sin(b), -np.sin(l) * np.sin(b), np.cos(b)])
    motion = velocity @ np.stack((along, across), axis=1) / (KMS * distance[:, None]) * 1000
    turned: Array = motion @ _turn(ra, dec)
    return turned


def _turn(ra: float, dec: float) -> Array:
    """Return the rotation of motions along galactic longitude and latitude to motions east and north."""
    step = 1e-4
    centre = np.array(galactic(ra, dec))
    rows = []
    for moved in (galactic(ra + step / np.cos(np.radians(dec)), dec), galactic(ra, dec + step)):
        away = np.array(moved) - centre
        rows.append((((away[0] + 180) % 360 - 180) * np.cos(np.radians(centre[1])) / step, away[1] / step))
    return np.array(rows).T
