"""Galaxies: counts, colours, sizes and shapes, and how much of their light an aperture holds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.camera.star import Reference
from simulate.mixtures import in_circle, sersic

Array = NDArray[np.float64]

COUNTS = ((10.0, 0.6), (16.5, 0.5), (18.0, 0.33), (21.0, 0.25), (24.0, 0.0))
"""Ks from which the cumulative counts rise with a slope (dex per mag)."""
PER_DEGREE_15 = 80.0  # galaxies brighter than Ks 15 in a square degree
GROUPED = 0.45  # of the galaxies lie in groups
GROUP, GROUP_SIZE = 6.0, (8.0, 60.0)  # galaxies in a group, mean; its radius, arcsec, even in the logarithm
PLANTED = 8  # large bright galaxies inside the field, for the XSC
REFERENCE = Reference(1.0)  # the star image of noiseless aperture magnitudes


@dataclass(frozen=True)
class Galaxies:
    """Positions (arcsec from the field's centre, x to the west), magnitudes (n, 3), half-light semi-major axes
    (arcsec), axis ratios, position angles (deg east of north) and Sersic indices (1 or 4)."""

    x: Array
    y: Array
    mag: Array
    r_e: Array
    ba: Array
    pa: Array
    sersic: NDArray[np.int64]


def draw_galaxies(rng: np.random.Generator, area: float, half: tuple[float, float]) -> Galaxies:
    """Draw the galaxies of an area (square degrees) of half width and height `half` (arcsec)."""
    k = _magnitudes(rng, area)
    big = rng.uniform(10.8, 13.2, PLANTED)
    x, y = _places(rng, k.size, half)
    x, y = (np.append(place, rng.uniform(-s, s, PLANTED)) for place, s in ((x, 220), (y, 1700)))
    r_e = np.clip(0.75 * 10 ** (-0.1 * (k - 17) + rng.normal(0, 0.15, k.size)), 0.35, 3.0)
    r_e = np.append(r_e, 3.0 * 10 ** (-0.12 * (big - 12.5) + rng.normal(0, 0.08, PLANTED)))
    k = np.append(k, big)
    n = k.size
    jk = np.clip(1.0 + 0.12 * (k - 12) + rng.normal(0, 0.12, n), np.where(k > 15, 1.02, 0.85), 1.95)
    hk = 0.28 + 0.45 * (jk - 1.0) + rng.normal(0, 0.04, n)
    return Galaxies(
        x=x,
        y=y,
        mag=np.column_stack((k + jk, k + hk, k)),
        r_e=r_e,
        ba=rng.uniform(0.3, 1.0, n),
        pa=rng.uniform(0, 180, n),
        sersic=np.where(rng.random(n) < 0.35, 4, 1),
    )


def _places(rng: np.random.Generator, number: int, half: tuple[float, float]) -> tuple[Array, Array]:
    """Return places of galaxies: many by themselves, the others in groups, which may lie partly outside."""
    x, y = (rng.uniform(-h, h, number) for h in half)
    groups = max(1, round(GROUPED * number / GROUP))
    weight = rng.exponential(1, groups)
    mine = rng.random(number) < GROUPED
    group = rng.choice(groups, number, p=weight / weight.sum())
    small, large = np.log(GROUP_SIZE)
    size = np.exp(rng.uniform(small, large, groups))[group] * rng.exponential(0.7, number)
    angle = rng.uniform(0, 2 * np.pi, number)
    x0, y0 = (rng.uniform(-h, h, groups) for h in half)
    return np.where(mine, x0[group] + size * np.cos(angle), x), np.where(mine, y0[group] + size * np.sin(angle), y)


def _magnitudes(rng: np.random.Generator, area: float) -> Array:
    """Draw Ks magnitudes from counts whose slope changes."""
    edges = np.array([edge for edge, _ in COUNTS])
    rise = np.cumsum([0.0] + [slope * step for (_, slope), step in zip(COUNTS[:-1], np.diff(edges), strict=True)])
    log_total = np.log10(PER_DEGREE_15 * area) - COUNTS[0][1] * (15.0 - edges[0]) + rise
    number = rng.poisson(10 ** log_total[-1] - 10 ** log_total[0])
    below = rng.uniform(10 ** log_total[0], 10 ** log_total[-1], number)
    magnitudes: Array = np.interp(np.log10(below), log_total, edges)
    return magnitudes


def apertures(r_e: Array, ba: Array, index: NDArray[np.int64], radius: float) -> Array:
    """Return the fraction of each object's light in a circle (arcsec) as the reference seeing shows it.

    Parameters
    ----------
    r_e, ba : arrays
        Of galaxies, ignored where `index` is 0.
    index : array
        Sersic index, 0 for a star.
    radius : float
    """
    fraction = np.full(r_e.size, REFERENCE.fraction(radius))
    for kind in (1, 4):
        mine = np.flatnonzero(index == kind)
        weights, sigmas = sersic(kind)
        total = np.zeros(mine.size)
        for weight, sigma in zip(weights, sigmas, strict=True):
            major, minor = (r_e[mine] * sigma) ** 2, (r_e[mine] * sigma * ba[mine]) ** 2
            for share, sx in zip(REFERENCE.weight, REFERENCE.sx, strict=True):
                blur = sx**2
                total += weight * share * in_circle(radius, np.sqrt(major + blur), np.sqrt(minor + blur))
        fraction[mine] = total
    return fraction
