"""The noise of an image as empty apertures see it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.aperture import Floats, Image, annulus, aperture
from combine.measure.robust import robust_sigma

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class EmptyApertures:
    """Sums in apertures without sources.

    x, y : centres (pixels from 0)
    flux : sums above the local sky (DN)
    """

    x: Floats
    y: Floats
    flux: Floats

    @property
    def scatter(self) -> float:
        """Robust standard deviation of the sums, DN; NaN where no place was empty."""
        return robust_sigma(self.flux)


def empty_apertures(
    image: Image,
    n: int,
    seed: int,
    avoid: Mask | None = None,
    radius: float = 4.0,
    valid: Mask | None = None,
    annulus_radii: tuple[float, float] | None = (14.0, 20.0),
) -> EmptyApertures:
    """Measure apertures at `n` random places.

    Parameters
    ----------
    image : (ny, nx) DN, NaN where blank
    n, seed : how many places, and the seed that chooses them
    avoid : pixels no aperture may touch: sources
    radius : of the aperture, pixels
    valid : pixels an aperture may cover; every one that is not blank by default
    annulus_radii : of the annulus whose median is the sky; None subtracts nothing
    """
    bad = ~np.isfinite(image) if valid is None else ~(valid & np.isfinite(image))
    if avoid is not None:
        bad |= avoid
    x, y = empty_places(bad, n, seed, radius)
    sums = aperture(image, x, y, radius)
    sky = 0.0 if annulus_radii is None else annulus(image, x, y, *annulus_radii)
    return EmptyApertures(x, y, sums.sum - sky * sums.area)


def empty_places(bad: Mask, n: int, seed: int, radius: float) -> tuple[Floats, Floats]:
    """Choose up to `n` random sub-pixel places whose circle of `radius` pixels meets neither `bad` nor the edge."""
    reach = int(np.ceil(radius)) + 1
    free = ~ndimage.maximum_filter(bad, size=2 * reach + 1, mode="constant", cval=1)
    rows, cols = np.nonzero(free)
    rng = np.random.default_rng(seed)
    if rows.size == 0:
        return np.empty(0), np.empty(0)
    chosen = rng.integers(0, rows.size, n)
    return cols[chosen] + rng.uniform(-0.5, 0.5, n), rows[chosen] + rng.uniform(-0.5, 0.5, n)
