"""Names: where a source is, and what it was called before."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.measure.aperture import Floats


def position_name(ra: float, dec: float) -> str:
    """Return the name of a new source from its position (deg): DC Jhhmmss.ss+ddmmss.s, cut off, not rounded."""
    east = int(ra / 15 * 3600 * 100 + 1e-6) % (24 * 3600 * 100)
    north = int(abs(dec) * 3600 * 10 + 1e-6)
    hours, rest = divmod(east, 360_000)
    minutes, hundredths = divmod(rest, 6_000)
    degrees, left = divmod(north, 36_000)
    arcmin, tenths = divmod(left, 600)
    sign = "-" if dec < 0 else "+"
    return (
        f"DC J{hours:02d}{minutes:02d}{hundredths // 100:02d}.{hundredths % 100:02d}"
        f"{sign}{degrees:02d}{arcmin:02d}{tenths // 10:02d}.{tenths % 10}"
    )


def name_all(
    ra: Floats, dec: Floats, old_names: list[str], old_ra: Floats, old_dec: Floats, radius: float
) -> list[str]:
    """Name sources: the name of the nearest earlier source within `radius` arcsec, each given once, else a new one.

    Parameters
    ----------
    ra, dec : deg
    old_names, old_ra, old_dec : sources of earlier runs
    """
    names: list[str | None] = [None] * ra.size
    taken: set[str] = set()
    for me, old in _nearest_pairs(ra, dec, old_ra, old_dec, radius):
        if names[me] is None and old_names[old] not in taken:
            names[me] = old_names[old]
            taken.add(old_names[old])
    taken.update(old_names)  # a new source must not be called like another that is gone
    out: list[str] = []
    for i, name in enumerate(names):
        if name is None:
            name = _free(position_name(float(ra[i]), float(dec[i])), taken)
            taken.add(name)
        out.append(name)
    return out


def _nearest_pairs(ra: Floats, dec: Floats, old_ra: Floats, old_dec: Floats, radius: float) -> list[tuple[int, int]]:
    """Return the pairs (source, earlier source) within `radius` arcsec, nearest first."""
    if ra.size == 0 or old_ra.size == 0:
        return []
    here, there = _unit(ra, dec), _unit(old_ra, old_dec)
    chord = 2 * np.sin(np.radians(radius / 3600) / 2)
    found = cKDTree(here).query_ball_tree(cKDTree(there), chord)
    pairs = [(float(np.sum((here[i] - there[j]) ** 2)), i, j) for i, near in enumerate(found) for j in near]
    return [(i, j) for _, i, j in sorted(pairs)]


def _unit(ra: Floats, dec: Floats) -> NDArray[np.float64]:
    """Return unit vectors of positions (deg)."""
    a, d = np.radians(ra), np.radians(dec)
    return np.asarray(np.column_stack((np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d))))


def _free(name: str, taken: set[str]) -> str:
    """Return `name`, with a letter behind it where it is taken."""
    number = 0
    while (new := f"{name}{'abcdefghijklmnopqrstuvwxyz'[number - 1] if number else ''}") in taken:
        number += 1
    return new
