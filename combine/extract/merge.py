"""Band merge: detections of one source in different bands become one."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.measure.aperture import Floats

Ints = NDArray[np.int64]


def merge(x: list[Floats], y: list[Floats], radius: float, apart: float = 0.0) -> Ints:
    """Join the detections of several bands by position.

    Parameters
    ----------
    x, y : positions in each band, pixels
    radius : largest separation of two detections of one source, pixels
    apart : sources nearer than this are one, where no band sees both; pixels

    Returns
    -------
    (sources, bands) index of the detection in its band, -1 where there is none

    The nearest pairs join first. A detection joins a source only where the source has none of its band yet and every
    detection in it is within the radius: so a chain of near detections breaks at its longest links, and of two
    candidates the nearer one wins. What such a break leaves closer together than anything that can be resolved is
    joined after all.
    """
    start = np.concatenate(([0], np.cumsum([len(v) for v in x]))).astype(int)
    band = np.repeat(np.arange(len(x)), [len(v) for v in x])
    position = np.column_stack((np.concatenate(x), np.concatenate(y))) if start[-1] else np.empty((0, 2))
    group = np.arange(start[-1])
    members: dict[int, list[int]] = {i: [i] for i in range(start[-1])}
    for a, b in _pairs(position, band, radius):
        one, other = group[a], group[b]
        if one != other and _fit(members[one], members[other], band, position, radius):
            for i in members.pop(other):
                group[i] = one
                members[one].append(i)
    _join_close(members, band, position, apart)
    out = np.full((len(members), len(x)), -1)
    for row, key in enumerate(sorted(members)):
        for i in members[key]:
            out[row, band[i]] = i - start[band[i]]
    return out


def _join_close(members: dict[int, list[int]], band: Ints, position: Floats, apart: float) -> None:
    """Join groups whose centres are closer than `apart` and which no band has both of, the nearest first."""
    keys = list(members)
    if not keys:
        return
    centre = np.array([position[members[key]].mean(axis=0) for key in keys])
    found = cKDTree(centre).query_pairs(apart, output_type="ndarray")
    distance = np.hypot(*(centre[found[:, 0]] - centre[found[:, 1]]).T)
    for a, b in found[np.argsort(distance, kind="stable")]:
        one, other = keys[a], keys[b]
        if one in members and other in members:
            bands = {int(band[i]) for i in members[one]} & {int(band[i]) for i in members[other]}
            if not bands:
                members[one] += members.pop(other)


def _pairs(position: Floats, band: Ints, radius: float) -> list[tuple[int, int]]:
    """Return the pairs of detections in different bands within `radius`, nearest first."""
    if len(position) == 0:
        return []
    found = cKDTree(position).query_pairs(radius, output_type="ndarray")
    found = found[band[found[:, 0]] != band[found[:, 1]]]
    apart = np.hypot(*(position[found[:, 0]] - position[found[:, 1]]).T)
    order = np.lexsort((found[:, 1], found[:, 0], apart))
    return [(int(a), int(b)) for a, b in found[order]]


def _fit(one: list[int], other: list[int], band: Ints, position: Floats, radius: float) -> bool:
    """Tell whether two groups can be one source."""
    if {int(band[i]) for i in one} & {int(band[i]) for i in other}:
        return False
    gaps = position[one][:, None, :] - position[other][None, :, :]
    return bool((np.hypot(gaps[..., 0], gaps[..., 1]) <= radius).all())


def weighted(values: Floats, sigmas: Floats) -> tuple[Floats, Floats]:
    """Average along the last axis with inverse-variance weights, NaN left out; return means and their errors."""
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(np.isfinite(values) & (sigmas > 0), sigmas**-2.0, 0)
        total = weight.sum(axis=-1)
        mean = np.sum(np.where(weight > 0, values, 0) * weight, axis=-1) / total
        return np.where(total > 0, mean, np.nan), np.where(total > 0, total**-0.5, np.nan)
