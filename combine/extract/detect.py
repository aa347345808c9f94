"""Detection: peaks of the filtered image that stand above what their brighter neighbours leave there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from combine.extract.images import Layer, Profile
from combine.extract.kernel import fit_stars, peaks
from combine.measure.aperture import Floats, Image
from combine.measure.render import OVERSAMPLE, RADIUS, add_stars
from schema.settings import Settings

VISIBLE = 0.05
"""A star reaches, in the filtered image, to where it is this many times the noise."""
MOVE = 1.0
"""Farthest a fit may take a star from its peak, pixels."""
BESIDE = 6.0
"""Nearer than this, pixels, the shape of a star's neighbour is in doubt."""
RING = 3
"""A star leaves little at this distance, pixels; an unlike shape of a neighbour leaves much."""


@dataclass(frozen=True)
class Stars:
    """Stars fitted to a filtered image: positions (pixels from 0) and signal to noise, neighbours taken off."""

    x: Floats
    y: Floats
    snr: Floats

    def where(self, keep: NDArray[np.bool_]) -> "Stars":
        """Return the stars that `keep` marks."""
        return Stars(self.x[keep], self.y[keep], self.snr[keep])

    def __add__(self, other: "Stars") -> "Stars":
        """Return both."""
        return Stars(np.r_[self.x, other.x], np.r_[self.y, other.y], np.r_[self.snr, other.snr])


def detect(layer: Layer, settings: Settings) -> Stars:
    """Find the stars of a stack.

    Peaks are taken by brightness; each must stand `detect_snr` above the expected filtered images of the brighter
    ones and the part of them that may be wrong. All are fitted together, and what they leave is searched again for
    what hid beside them.
    """
    threshold = settings["detect_snr"][0]
    profile = layer.profile
    stars = _stand_out(_peaks(layer.snr, threshold), profile, settings)
    residual = layer.snr
    for last in range(int(settings["detect_rounds"][0])):
        stars, residual = fit(layer.snr, profile, stars, rounds=3, move=MOVE)
        weak = ~(stars.snr >= threshold)
        if weak.any():
            stars, residual = fit(layer.snr, profile, stars.where(~weak), rounds=2, move=MOVE)
        if last == int(settings["detect_rounds"][0]) - 1:
            break
        hidden = _hidden(residual, profile, stars, settings)
        if hidden.x.size == 0:
            break
        stars = stars + hidden
    return stars.where(stars.snr >= threshold)


def fit(
    snr: Image, profile: Profile, stars: Stars, *, rounds: int, move: float, reach: NDArray[np.int64] | None = None
) -> tuple[Stars, Image]:
    """Fit heights, and positions within `move` pixels, of all stars together; return them and what they leave."""
    reach = reaches(profile, stars.snr) if reach is None else reach
    order = np.argsort(-np.nan_to_num(stars.snr), kind="stable")
    x, y, height = (np.ascontiguousarray(v[order], float) for v in (stars.x, stars.y, stars.snr))
    residual = snr.copy()
    _take_off(residual, profile, x, y, height, reach[order])
    fit_stars(residual, profile.fine, profile.inverse, x, y, height, reach[order], rounds, move)
    back = np.argsort(order)
    return Stars(x[back], y[back], height[back]), residual


def reaches(profile: Profile, snr: Floats) -> NDArray[np.int64]:
    """Return how far stars of this signal to noise can be seen in the filtered image, pixels."""
    height = np.maximum(np.nan_to_num(np.abs(snr)), 1.0)
    visible = height[:, None] * profile.envelope[None, :] > VISIBLE
    return np.asarray(np.clip(visible.sum(axis=1), 4, RADIUS), np.int64)


def expected(profile: Profile, stars: Stars, x: Floats, y: Floats, settings: Settings) -> tuple[Floats, Floats]:
    """Return what `stars` bring to places `x`, `y` of the filtered image, and how much of that may be wrong."""
    size = profile.fine.shape[0] // 2
    value, doubt = np.zeros(x.size), np.zeros(x.size)
    if stars.x.size == 0 or x.size == 0:
        return value, doubt
    found = cKDTree(np.column_stack((x, y))).query_ball_tree(cKDTree(np.column_stack((stars.x, stars.y))), RADIUS)
    mine = np.repeat(np.arange(x.size), [len(near) for near in found])
    star = np.concatenate([np.asarray(near, int) for near in found])
    dx, dy = x[mine] - stars.x[star], y[mine] - stars.y[star]
    at = np.array([dy, dx]) * OVERSAMPLE + size
    profile_there = ndimage.map_coordinates(profile.fine, at, order=1, mode="constant")
    np.add.at(value, mine, stars.snr[star] * profile_there)
    np.add.at(doubt, mine, stars.snr[star] * _doubt(profile, np.hypot(dx, dy), settings))
    return value, doubt


def _doubt(profile: Profile, distance: Floats, settings: Settings) -> Floats:
    """Return the part of a star's height that an unlike shape may leave at a distance, pixels."""
    part, shape = settings["detect_tolerance"]
    near = profile.envelope[np.clip(distance.astype(int), 0, RADIUS)]
    return np.asarray(part * near + shape * np.minimum(1, (BESIDE / np.maximum(distance, 1)) ** 2))


def _take_off(
    residual: Image, profile: Profile, x: Floats, y: Floats, height: Floats, reach: NDArray[np.int64]
) -> None:
    """Subtract stars from a filtered image in place."""
    add_stars(residual, profile.fine, x, y, -np.nan_to_num(height), reach.astype(float))


def _peaks(image: Image, threshold: float) -> Stars:
    """Return the local maxima above `threshold`, brightest first."""
    room = 4096
    while True:
        rows, cols = np.empty(room, np.int64), np.empty(room, np.int64)
        count = peaks(image, threshold, rows, cols)
        if count <= room:
            break
        room = count
    rows, cols = rows[:count], cols[:count]
    order = np.argsort(-image[rows, cols], kind="stable")
    rows, cols = rows[order], cols[order]
    return Stars(cols.astype(float), rows.astype(float), image[rows, cols].astype(float))


def _stand_out(found: Stars, profile: Profile, settings: Settings) -> Stars:
    """Keep the peaks that stand above the brighter ones that were kept."""
    threshold = settings["detect_snr"][0]
    tree = cKDTree(np.column_stack((found.x, found.y))) if found.x.size else None
    keep = np.zeros(found.x.size, bool)
    size = profile.fine.shape[0] // 2
    for i in range(found.x.size):
        assert tree is not None
        near = np.array([j for j in tree.query_ball_point((found.x[i], found.y[i]), RADIUS) if j < i and keep[j]], int)
        dx, dy = found.x[i] - found.x[near], found.y[i] - found.y[near]
        there = profile.fine[(dy * OVERSAMPLE).astype(int) + size, (dx * OVERSAMPLE).astype(int) + size]
        margin = _doubt(profile, np.hypot(dx, dy), settings)
        keep[i] = found.snr[i] - np.sum(found.snr[near] * (there + margin)) >= threshold
    return found.where(keep)


def _hidden(residual: Image, profile: Profile, stars: Stars, settings: Settings) -> Stars:
    """Find stars in what the others leave: bright and compact enough not to be an unlike shape of a neighbour."""
    threshold = settings["detect_snr"][0]
    part, compact = settings["detect_hidden"]
    found = _peaks(residual, threshold)
    if found.x.size == 0:
        return found
    _, doubt = expected(profile, stars, found.x, found.y, settings)
    high = found.snr - _ring_level(residual, found) >= compact * found.snr
    apart, star = cKDTree(np.column_stack((stars.x, stars.y))).query(np.column_stack((found.x, found.y)))
    beside = (apart > BESIDE) | (found.snr >= part * stars.snr[star])
    return found.where((found.snr - doubt >= threshold) & high & beside)


def _ring_level(residual: Image, found: Stars) -> Floats:
    """Return the upper fifth of the values on a ring around every peak: a ridge is high there, a star low."""
    angle = np.arange(16) * 2 * np.pi / 16
    at = np.array([found.y[:, None] + RING * np.sin(angle), found.x[:, None] + RING * np.cos(angle)])
    values = ndimage.map_coordinates(np.nan_to_num(residual), at, order=1, mode="nearest")
    return np.asarray(np.quantile(values, 0.8, axis=1))
