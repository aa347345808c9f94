"""Sums in circles of many radii around one place, and the curve of growth of a star."""

from typing import NamedTuple

import numpy as np

from combine.measure.aperture import Floats, Image
from combine.measure.psf import PHASES, Psf
from combine.measure.render import RADIUS
from schema.compiled import compiled


class Circles(NamedTuple):
    """Sums in circles, (places, radii).

    sum : in the unit of the image; NaN where a blank pixel or the edge of the image lies inside
    area : pixels inside
    """

    sum: Floats
    area: Floats


def circles(image: Image, x: Floats, y: Floats, first: int, count: int) -> Circles:
    """Sum `image` in `count` circles of `first`, `first` + 1, ... pixels around `x`, `y` (pixels from 0), in one pass.

    A pixel at distance d counts by radius - d + 1/2, within 0 and 1.
    """
    total, area = np.empty((x.size, count)), np.empty((x.size, count))
    _circles(image, np.ascontiguousarray(x, float), np.ascontiguousarray(y, float), first, total, area)
    return Circles(total, area)


def curve_of_growth(psf: Psf, first: int, count: int) -> Floats:
    """Return the part of a star's light in each of the circles of `circles`, averaged over sub-pixel phases."""
    phases = [(f, g) for f in PHASES for g in PHASES]
    middle = np.full(1, float(RADIUS))
    sums = [circles(psf.stamp(f, g).astype(np.float32), middle + f, middle + g, first, count).sum[0] for f, g in phases]
    return np.asarray(np.mean(sums, axis=0))


@compiled()
def _circles(image: Image, xs: Floats, ys: Floats, first: int, total: Floats, area: Floats) -> None:
    """Fill `total` and `area`: every pixel is shared between two rings, which are then added up outwards."""
    ny, nx = image.shape
    count = total.shape[1]
    last = first + count - 1
    for i in range(xs.size):
        total[i], area[i] = 0.0, 0.0
        clean = count  # circles without a blank pixel
        x0, y0 = xs[i], ys[i]
        if not (np.isfinite(x0) and np.isfinite(y0)):
            total[i], area[i] = np.nan, np.nan
            continue
        for row in range(int(np.floor(y0 - last)), int(np.ceil(y0 + last)) + 1):
            for col in range(int(np.floor(x0 - last)), int(np.ceil(x0 + last)) + 1):
                beyond = np.sqrt((row - y0) ** 2 + (col - x0) ** 2) + 0.5 - first
                ring = max(int(np.floor(beyond)), 0)  # the smallest circle that has some of the pixel
                if ring >= count:
                    continue
                if row < 0 or row >= ny or col < 0 or col >= nx or not np.isfinite(image[row, col]):
                    clean = min(clean, ring)
                    continue
                share = min(1 + ring - beyond, 1.0)
                total[i, ring] += share * image[row, col]
                area[i, ring] += share
                if ring + 1 < count:
                    total[i, ring + 1] += (1 - share) * image[row, col]
                    area[i, ring + 1] += 1 - share
        for k in range(1, count):
            total[i, k] += total[i, k - 1]
            area[i, k] += area[i, k - 1]
        total[i, clean:] = np.nan
