"""What is a star of its own beside a brighter one, and what only the brighter one's shape."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from combine.extract import kernel
from combine.extract.images import Profile
from combine.extract.stars import Ints, Stars, without
from combine.measure.aperture import Floats, Image
from combine.measure.render import RADIUS
from schema.settings import Settings

BESIDE = 6.0
"""Nearer than this, pixels, the shape of a star's neighbour is in doubt."""
FAR = 60.0
"""Farther than this, pixels, even the brightest star leaves nothing."""
BETWEEN = 0.8
"""Least height of the highest pixel of a star, over that of the star."""
RING = 3
"""A star leaves little at this distance, pixels; an unlike shape of a neighbour leaves much."""
SHAPE_REACH = 10.0
"""Pixels around a source within which faint light may be its shape."""
COARSE, AROUND = 4, 5
"""Steps of the coarse grid the level around sources is measured on, pixels, and the side of its window in steps."""


def peaks(snr: Image, threshold: float) -> Stars:
    """Return the local maxima above a signal to noise, brightest first: whole pixels, heights between them."""
    room = 4096
    while True:
        rows, cols = np.empty(room, np.int64), np.empty(room, np.int64)
        count = kernel.peaks(snr, BETWEEN * threshold, rows, cols)
        if count <= room:
            break
        room = count
    rows, cols = rows[:count], cols[:count]
    height = _height(snr, rows, cols)
    high = height >= threshold
    order = np.argsort(-height[high], kind="stable")
    return Stars(*(values[high][order].astype(float) for values in (cols, rows, height)))


def _height(snr: Image, rows: Ints, cols: Ints) -> Floats:
    """Return the tops of parabolas through peaks and their neighbours: stars seldom stand on the middle of a pixel."""
    top = snr[rows, cols].astype(float)
    out = top.copy()
    for low, high in (
        (snr[rows - 1, cols], snr[rows + 1, cols]),
        (snr[rows, cols - 1], snr[rows, cols + 1]),
    ):
        bend = 2 * top - low - high
        with np.errstate(invalid="ignore", divide="ignore"):
            rise = (high - low) ** 2 / (8 * bend)
        out += np.where(bend > 0, np.minimum(rise, bend / 8), 0)
    return out


def doubt(profile: Profile, distance: Floats, settings: Settings) -> Floats:
    """Return the part of a star's height that its shape, known so well, may leave at a distance (pixels)."""
    part, shape = settings["detect_tolerance"]
    near = profile.envelope[np.clip(distance.astype(int), 0, RADIUS)] * (distance < RADIUS)
    return np.asarray(part * near + shape * np.minimum(1, (BESIDE / np.maximum(distance, 1)) ** 3))


def stand_out(found: Stars, profile: Profile, settings: Settings) -> Stars:
    """Keep the peaks (brightest first) that stand above what the brighter ones bring there, and their doubt."""
    if found.x.size == 0:
        return found
    keep = np.zeros(found.x.size, bool)
    in_doubt = doubt(profile, np.arange(0, FAR + 0.25, 0.25), settings)
    threshold = settings["detect_snr"][0]
    kernel.stand_out(found.x, found.y, found.snr, profile.fine, in_doubt, threshold, keep)
    return found.where(keep)


def hidden(left: Image, profile: Profile, stars: Stars, settings: Settings) -> Stars:
    """Find stars in what the others leave: bright and compact enough not to be an unlike shape of a neighbour."""
    part, compact = settings["detect_hidden"]
    found = beyond_doubt(left, profile, stars, settings["detect_snr"][0], settings)
    if found.x.size == 0:
        return found
    high = found.snr - _ring_level(left, found) >= compact * found.snr
    apart, star = cKDTree(stars.places).query(found.places)
    return found.where(high & ((apart > BESIDE) | (found.snr >= part * stars.snr[star])))


def beyond_doubt(left: Image, profile: Profile, stars: Stars, threshold: float, settings: Settings) -> Stars:
    """Return the peaks of what `stars` leave that exceed what their shapes may leave by a signal to noise."""
    found = peaks(left, threshold)
    return found.where(found.snr - doubt_at(found, profile, stars, settings) >= threshold)


def doubt_at(places: Stars, profile: Profile, stars: Stars, settings: Settings) -> Floats:
    """Return the signal to noise that the shapes of `stars`, known so well, may leave at each of the places."""
    total = np.zeros(places.x.size)
    if total.size and stars.x.size:
        pairs = cKDTree(places.places).sparse_distance_matrix(cKDTree(stars.places), FAR, output_type="ndarray")
        np.add.at(total, pairs["i"], stars.snr[pairs["j"]] * doubt(profile, pairs["v"], settings))
    return total


def mirrored(snr: Image, profile: Profile, stars: Stars, settings: Settings) -> NDArray[np.bool_]:
    """Mark companions of brighter stars that have a like on the other side: galaxies and wrong profiles are even.

    What a companion and its mirror place rise over the brighter stars is compared; a companion must exceed its mirror
    by the limit of detection and a factor, but for noise (`detect_mirror`).
    """
    factor, noise = settings["detect_mirror"]
    parent = _parents(stars, settings)
    mine = np.flatnonzero(parent >= 0)
    if mine.size == 0:
        return np.zeros(stars.x.size, bool)
    left = np.nan_to_num(without(snr, profile, stars.where(parent == -1)))
    left = ndimage.maximum_filter(left, 3)
    x, y, cx, cy = stars.x[mine], stars.y[mine], stars.x[parent[mine]], stars.y[parent[mine]]
    here = ndimage.map_coordinates(left, [y, x], order=0, mode="nearest")
    there = ndimage.map_coordinates(left, [2 * cy - y, 2 * cx - x], order=0, mode="constant")
    out = np.zeros(stars.x.size, bool)
    out[mine] = here - factor * np.maximum(there - noise, 0) < settings["detect_snr"][0]
    return out


def of_their_own(left: Image, stars: Stars, beside: Stars, least: float, settings: Settings) -> Stars:
    """Keep what `stars` leave at the places `beside` where it is not the even shape of a brighter one: a galaxy's.

    `left` is what the stars leave, the places still in it. A place is of its own if it exceeds its mirror place, seen
    from the brightest star nearby, by `least` and a factor, but for noise (`detect_mirror`).
    """
    factor, noise = settings["detect_mirror"]
    if beside.x.size == 0 or stars.x.size == 0:
        return beside
    pairs = cKDTree(beside.places).sparse_distance_matrix(cKDTree(stars.places), SHAPE_REACH, output_type="ndarray")
    pairs = pairs[np.lexsort((-stars.snr[pairs["j"]], pairs["i"]))]
    mine, first = np.unique(pairs["i"], return_index=True)
    parent = pairs["j"][first]
    high = ndimage.maximum_filter(np.nan_to_num(left), 3)
    x, y = beside.x[mine], beside.y[mine]
    here = ndimage.map_coordinates(high, [y, x], order=0, mode="nearest")
    there = ndimage.map_coordinates(high, [2 * stars.y[parent] - y, 2 * stars.x[parent] - x], order=0, mode="constant")
    keep = np.ones(beside.x.size, bool)
    keep[mine] = here - factor * np.maximum(there - noise, 0) >= least
    return beside.where(keep)


def unresolved(stars: Stars, apart: float) -> NDArray[np.bool_]:
    """Mark stars that have a brighter one nearer than `apart` pixels: no fit tells two such from one that is wide."""
    out = np.zeros(stars.x.size, bool)
    if stars.x.size < 2:
        return out
    pairs = cKDTree(stars.places).query_pairs(apart, output_type="ndarray")
    height = np.nan_to_num(stars.snr)
    for a, b in pairs[np.argsort(-height[pairs].max(axis=1), kind="stable")]:
        if not (out[a] or out[b]):
            out[a if height[a] < height[b] else b] = True
    return out


def level_around(left: Image, stars: Stars) -> Floats:
    """Return the median of what is left around every star: the halo of a galaxy or a nebula, in which noise rises."""
    coarse = ndimage.median_filter(np.nan_to_num(left[::COARSE, ::COARSE]), AROUND, mode="nearest")
    return np.asarray(ndimage.map_coordinates(coarse, [stars.y / COARSE, stars.x / COARSE], order=1, mode="nearest"))


def _parents(stars: Stars, settings: Settings) -> Ints:
    """Return the index of the bright star each star is a companion of: -1 for those that are none."""
    least, close, close_step, far_step = settings["detect_parent"]
    parent = np.full(stars.x.size, -1)
    height = np.nan_to_num(stars.snr)
    bright = np.argsort(-height, kind="stable")[: int((height >= least).sum())]
    if bright.size == 0:
        return parent
    tree = cKDTree(stars.places)
    reach = np.minimum(close * (height[bright] / least) ** 0.25, RADIUS)
    for star, beside in zip(bright, tree.query_ball_point(stars.places[bright], reach), strict=True):
        if parent[star] == -1:
            near = np.array([i for i in beside if parent[i] == -1], int)
            apart = np.hypot(stars.x[near] - stars.x[star], stars.y[near] - stars.y[star])
            step = np.where(apart < close, close_step, far_step)
            parent[near[height[near] * step < height[star]]] = star
    return parent


def _ring_level(left: Image, found: Stars) -> Floats:
    """Return the upper fifth of the values on a ring around every peak: a ridge is high there, a star low."""
    angle = np.arange(16) * 2 * np.pi / 16
    at = np.array([found.y[:, None] + RING * np.sin(angle), found.x[:, None] + RING * np.cos(angle)])
    values = ndimage.map_coordinates(np.nan_to_num(left), at, order=1, mode="nearest")
    return np.asarray(np.quantile(values, 0.8, axis=1))
