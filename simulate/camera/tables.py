"""Images of stars at all sub-pixel places, tabulated once for every kind of seeing."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulate.camera.optics import BOX, FINE, PITCH, Blur, star
from simulate.camera.wings import STEP, tail, wings

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

HALF = 6  # pixels around a star's that a table covers
STACK = (FINE + 1, FINE + 1, 2 * HALF + 1, 2 * HALF + 1)  # of a table
SHAPE_STEP, STRETCH_STEP = 0.01, 0.05  # seeing shape, and arcsec^2 of astigmatism, between tabulated images
KEPT = 800  # tables in memory, 0.2 MB each
RING = (10.0, 12.5)  # arcsec; where the seeing's wings are measured


@dataclass(frozen=True)
class Table:
    """A star's image: `pixels[fy, fx]` is what 13 x 13 pixels see of a star that is fy/16 - 1/2, fx/16 - 1/2 pixels
    above and right of the middle one, as surface brightness per unit of flux (1/arcsec^2); `tail` is the brightness
    of the seeing's wings at 10 arcsec, which go on outside."""

    pixels: Floats
    tail: float


def rounded(blur: Blur) -> Blur:
    """Return the tabulated image nearest to one."""
    return Blur(
        blur.band,
        round(round(blur.shape / SHAPE_STEP) * SHAPE_STEP, 4),
        round(round(blur.stretch / STRETCH_STEP) * STRETCH_STEP, 4),
        round(blur.ring, 2),
        round(blur.trail, 2),
    )


@lru_cache(maxsize=KEPT)
def table(blur: Blur, source: str) -> Table:
    """Tabulate a star's image with its aureole."""
    fine = star(blur)
    at = np.asarray((np.arange(BOX * FINE) - BOX * FINE // 2) * PITCH / FINE, float)
    radius: Array = np.hypot(at[:, None], at[None, :]).astype(np.float64)
    ring = (radius > RING[0]) & (radius < RING[1])
    level = float(np.mean(fine[ring] / tail(radius[ring])))
    far = wings(source, blur.band)
    image = fine * (1 - far.light) + far.at(radius)
    middle = BOX * FINE // 2
    phase = np.arange(FINE + 1) - FINE // 2
    pixel = np.arange(-HALF, HALF + 1) * FINE
    index = middle + pixel[None, :] - phase[:, None]
    pixels = image[index[:, None, :, None], index[None, :, None, :]]
    return Table(np.ascontiguousarray(pixels, np.float32), max(level, 0.0) * (1 - far.light))


@lru_cache(maxsize=32)
def far_profiles(source: str, band: int) -> Floats:
    """Return (2, n) profiles at steps of STEP: the seeing's tail, and the aureole per unit of flux."""
    radius = np.arange(wings(source, band).profile.size) * STEP
    return np.stack((tail(radius), wings(source, band).at(radius))).astype(np.float32)
