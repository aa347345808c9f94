"""Stars: how many, how bright, of which colours and motions, single and in close pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from simulate.sky.angles import galactic
from simulate.sky.counts import HALO_STARS, THICK_DISC, Drawn, draw, star_counts
from simulate.sky.motion import draw_motion

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

DEEP_J = 20.0  # where the counts of a crowding are given
BRIGHTEST = 6.0
PLANTED = (6.8, 8.0, 8.9)  # J of bright stars that every field has, so that artifacts exist
PAIRS = 0.06  # of stars have a companion near enough to disturb
APART = (0.7, 6.0)  # arcsec, of companions, even in the logarithm
STANDARDS = 8
STANDARD_J = (11.0, 14.5)
ALONE = 12.0  # arcsec from a secondary standard to the next star that matters
CROWDINGS = {"low": (1_700, 170.0, 60.0), "medium": (6_200, 120.0, 25.0), "high": (49_200, 330.0, 8.0)}
"""Stars brighter than J 20 in a field, and the galactic longitude and latitude whose kinds of stars they are."""
GIANTS = 0.3  # absolute J; brighter stars are giants, but for young ones in the thin disc
EXTINCTION = (1.0, 0.62, 0.40)  # J H Ks over J

_DWARF = (0.5, 1.5, 2.5, 3.3, 4.0, 4.6, 5.3, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0)  # absolute J
_DWARF_JH = (0.02, 0.08, 0.18, 0.28, 0.36, 0.44, 0.55, 0.62, 0.62, 0.58, 0.57, 0.60, 0.68, 0.85)
_DWARF_HK = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.11, 0.15, 0.20, 0.24, 0.28, 0.34, 0.42, 0.55)
_GIANT = (-5.0, -3.0, -1.0, 0.3)
_GIANT_JH = (0.88, 0.78, 0.53, 0.48)
_GIANT_HK = (0.25, 0.19, 0.10, 0.09)
OLD_BLUE = 0.06  # mag bluer in J-H: metal-poor stars


@dataclass(frozen=True)
class Stars:
    """Positions (arcsec from the field's centre, x to the west, y to the north), J, H, Ks magnitudes (n, 3), proper
    motions (n, 2) in mas a year, and marks of standards."""

    x: Array
    y: Array
    mag: Array
    motion: Array
    standard: Ints


def draw_stars(
    rng: np.random.Generator,
    centre: tuple[float, float],
    crowding: str,
    field: float,
    primary: tuple[float, float, float],
    half: tuple[float, float],
    faintest: float,
) -> Stars:
    """Draw the stars of a field.

    Parameters
    ----------
    rng : Generator
    centre : (ra, dec), deg
    crowding : str
        One of CROWDINGS, or "real" for the counts of the field's place in the Galaxy.
    field : float
        Square degrees that the counts of CROWDINGS refer to.
    primary : J, H, Ks of the primary standard, which is at the centre
    half : half the width and height of the area, arcsec
    faintest : J magnitude at which stars end
    """
    area = 4 * half[0] * half[1] / 3600**2
    glon, glat = (float(angle) for angle in galactic(*centre))
    if crowding in CROWDINGS:
        number, glon, glat = CROWDINGS[crowding]
        area *= number / (field * star_counts(glon, glat).brighter(DEEP_J))
    drawn = draw(rng, star_counts(glon, glat), area, BRIGHTEST, faintest)
    motion = draw_motion(rng, *centre, drawn.distance, drawn.absolute, drawn.population)
    x, y = (rng.uniform(-h, h, drawn.j.size) for h in half)
    mag = _colours(rng, drawn)
    planted = np.array(PLANTED)
    bx, by = rng.uniform(-200, 200, planted.size), np.array([-1100.0, 500.0, 1350.0]) + rng.uniform(-150, 150, 3)
    x, y, motion = np.append(bx, x), np.append(by, y), np.vstack((rng.normal(0, 12, (planted.size, 2)), motion))
    mag = np.vstack((planted[:, None] - (0.0, 0.45, 0.53), mag))
    x, y, mag, motion = _with_pairs(rng, x, y, mag, motion)
    near = (np.hypot(x, y) < 20) & (mag[:, 0] < primary[0] + 4)  # the primary stands alone
    x, y, mag = np.append(0.0, x[~near]), np.append(0.0, y[~near]), np.vstack((primary, mag[~near]))
    motion = np.vstack((np.zeros(2), motion[~near]))
    return Stars(x, y, mag, motion, _standards(rng, x, y, mag[:, 0]))


def _colours(rng: np.random.Generator, drawn: Drawn) -> Array:
    """Return J, H, Ks of dwarfs and giants of the drawn absolute magnitudes, metal-poor ones bluer, all reddened."""
    m, n = drawn.absolute, drawn.j.size
    young = (drawn.population == 0) & (m < GIANTS) & (rng.random(n) < 0.2)
    giant = (m < GIANTS) & ~young
    jh = np.where(giant, np.interp(m, _GIANT, _GIANT_JH), np.interp(m, _DWARF, _DWARF_JH))
    hk = np.where(giant, np.interp(m, _GIANT, _GIANT_HK), np.interp(m, _DWARF, _DWARF_HK))
    turned = ~giant & (m < 3) & (drawn.population > 0)  # old stars that bright have left the main sequence
    jh, hk = np.where(turned, 0.42, jh), np.where(turned, 0.07, hk)
    jh = jh - OLD_BLUE * ((drawn.population == HALO_STARS) + 0.4 * (drawn.population == THICK_DISC))
    jh, hk = jh + rng.normal(0, 0.03, n), hk + rng.normal(0, 0.02, n)
    reddening = drawn.dust[:, None] * (np.array(EXTINCTION) - 1)
    mag: Array = np.column_stack((drawn.j, drawn.j - jh, drawn.j - jh - hk)) + reddening
    return mag


def _with_pairs(
    rng: np.random.Generator, x: Array, y: Array, mag: Array, motion: Array
) -> tuple[Array, Array, Array, Array]:
    """Add companions up to 3 mag fainter that move along."""
    chosen = np.flatnonzero(rng.random(x.size) < PAIRS)
    near, far = np.log(APART)
    apart = np.exp(rng.uniform(near, far, chosen.size))
    angle = rng.uniform(0, 2 * np.pi, chosen.size)
    fainter = rng.uniform(0, 3, chosen.size)[:, None] + np.array([0.0, -0.05, -0.08])
    return (
        np.append(x, x[chosen] + apart * np.sin(angle)),
        np.append(y, y[chosen] + apart * np.cos(angle)),
        np.vstack((mag, mag[chosen] + fainter)),
        np.vstack((motion, motion[chosen])),
    )


def _standards(rng: np.random.Generator, x: Array, y: Array, j: Array) -> Ints:
    """Mark the primary (1) and a few well-placed isolated secondary standards (2)."""
    marks = np.zeros(x.size, np.int64)
    marks[0] = 1
    fit = np.flatnonzero(
        (np.abs(x) < 230) & (np.abs(y) < 1700) & (j > STANDARD_J[0]) & (j < STANDARD_J[1]) & (marks == 0)
    )
    bright = np.flatnonzero(j < STANDARD_J[1] + 2.5)
    near = cKDTree(np.column_stack((x[bright], y[bright]))).query_ball_point(
        np.column_stack((x[fit], y[fit])), ALONE, return_length=True
    )
    marks[rng.permutation(fit[near == 1])[:STANDARDS]] = 2
    return marks
