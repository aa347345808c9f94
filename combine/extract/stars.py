"""Stars in a filtered image, and the fit of all of them together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from combine.extract.images import Profile
from combine.extract.kernel import fit_stars
from combine.measure.aperture import Floats, Image
from combine.measure.render import RADIUS, add_all

Ints = NDArray[np.int64]
VISIBLE = 0.05
"""A star reaches, in the filtered image, to where it is this many times the noise."""


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

    @property
    def places(self) -> Floats:
        """The positions as (stars, 2)."""
        return np.asarray(np.column_stack((self.x, self.y)))


def fit(
    snr: Image, profile: Profile, stars: Stars, *, rounds: int, move: float, reach: Ints | None = None
) -> tuple[Stars, Image]:
    """Fit heights, and positions within `move` pixels, of all stars together; return them and what they leave."""
    reach = reaches(profile, stars.snr) if reach is None else reach
    order = np.argsort(-np.nan_to_num(stars.snr), kind="stable")
    x, y, height = (np.ascontiguousarray(v[order], float) for v in (stars.x, stars.y, stars.snr))
    left = without(snr, profile, Stars(x, y, height), reach[order])
    fit_stars(left, profile.phases, profile.inverse, x, y, height, reach[order], rounds, move)
    back = np.argsort(order)
    return Stars(x[back], y[back], height[back]), left


def without(snr: Image, profile: Profile, stars: Stars, reach: Ints | None = None) -> Image:
    """Return a filtered image less the given stars."""
    reach = reaches(profile, stars.snr) if reach is None else reach
    left = snr.copy()
    x, y = np.ascontiguousarray(stars.x), np.ascontiguousarray(stars.y)
    add_all(left, profile.phases, x, y, -np.nan_to_num(stars.snr), reach.astype(float))
    return left


def reaches(profile: Profile, snr: Floats) -> Ints:
    """Return how far stars of this signal to noise can be seen in the filtered image, pixels."""
    height = np.maximum(np.nan_to_num(np.abs(snr)), 1.0)
    visible = height[:, None] * profile.envelope[None, :] > VISIBLE
    return np.asarray(np.clip(visible.sum(axis=1), 4, RADIUS), np.int64)
