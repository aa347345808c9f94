"""Sums in circular apertures and medians in annuli."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from schema.compiled import compiled

Image = NDArray[np.float32]
Floats = NDArray[np.float64]

_SUBROWS = 8


class Aperture(NamedTuple):
    """Sums in circular apertures, one entry a position.

    sum : DN; NaN where a blank pixel or the edge of the image lies inside
    area : pixels inside
    blank : pixels inside that are blank or off the image
    """

    sum: Floats
    area: Floats
    blank: NDArray[np.int64]


def aperture(image: Image, x: ArrayLike, y: ArrayLike, radius: float) -> Aperture:
    """Sum `image` in circles of `radius` pixels around `x`, `y` (pixels from 0).

    Edge pixels count by their share of the circle: exact along a row, eight sub-rows across it.
    """
    xs, ys = _positions(x, y)
    out = np.zeros((xs.size, 3))
    _sums(image, xs, ys, float(radius), out)
    blank = out[:, 2].astype(np.int64)
    return Aperture(np.where(blank > 0, np.nan, out[:, 0]), out[:, 1], blank)


def annulus(image: Image, x: ArrayLike, y: ArrayLike, r1: float, r2: float) -> Floats:
    """Return the median of the pixels whose centres lie `r1` to `r2` pixels away; NaN where there is none."""
    xs, ys = _positions(x, y)
    out = np.empty(xs.size)
    _medians(image, xs, ys, float(r1), float(r2), out)
    return out


def _positions(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return the positions as contiguous arrays of one length."""
    xs, ys = np.broadcast_arrays(np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float)))
    return np.ascontiguousarray(xs), np.ascontiguousarray(ys)


@compiled()
def _sums(image: Image, xs: Floats, ys: Floats, radius: float, out: Floats) -> None:
    """Fill `out` with sum, area and blank pixels of every aperture."""
    ny, nx = image.shape
    step = 1.0 / _SUBROWS
    for i in range(xs.size):
        x0, y0 = xs[i], ys[i]
        total, area, blank = 0.0, 0.0, 0
        if not (np.isfinite(x0) and np.isfinite(y0)):
            out[i, 2] = 1
            continue
        for row in range(int(np.floor(y0 - radius + 0.5)), int(np.floor(y0 + radius + 0.5)) + 1):
            for col in range(int(np.floor(x0 - radius + 0.5)), int(np.floor(x0 + radius + 0.5)) + 1):
                share = 0.0
                for k in range(_SUBROWS):
                    dy = row - 0.5 + (k + 0.5) * step - y0
                    chord = radius * radius - dy * dy
                    if chord > 0:
                        half = np.sqrt(chord)
                        inside = min(col + 0.5, x0 + half) - max(col - 0.5, x0 - half)
                        if inside > 0:
                            share += inside
                share *= step
                if share > 0:
                    if row < 0 or row >= ny or col < 0 or col >= nx or not np.isfinite(image[row, col]):
                        blank += 1
                    else:
                        total += share * image[row, col]
                        area += share
        out[i, 0], out[i, 1], out[i, 2] = total, area, blank


@compiled()
def _medians(image: Image, xs: Floats, ys: Floats, r1: float, r2: float, out: Floats) -> None:
    """Fill `out` with the median of every annulus."""
    ny, nx = image.shape
    side = 2 * int(np.ceil(r2)) + 3
    values = np.empty(side * side, np.float32)
    for i in range(xs.size):
        x0, y0 = xs[i], ys[i]
        count = 0
        out[i] = np.nan
        if not (np.isfinite(x0) and np.isfinite(y0)):
            continue
        for row in range(max(0, int(np.ceil(y0 - r2))), min(ny - 1, int(np.floor(y0 + r2))) + 1):
            dy2 = (row - y0) ** 2
            for col in range(max(0, int(np.ceil(x0 - r2))), min(nx - 1, int(np.floor(x0 + r2))) + 1):
                d2 = (col - x0) ** 2 + dy2
                if r1 * r1 <= d2 <= r2 * r2 and np.isfinite(image[row, col]):
                    values[count] = image[row, col]
                    count += 1
        if count > 0:
            low = _smallest(values, (count - 1) // 2, count)
            high = low if count % 2 else _smallest(values, count // 2, count)
            out[i] = 0.5 * (low + high)


@compiled()
def _smallest(values: Image, k: int, n: int) -> float:
    """Return the k-th smallest of the first `n` values, partly sorting them (Hoare's quickselect)."""
    lo, hi = 0, n - 1
    while lo < hi:
        pivot = values[k]
        i, j = lo, hi
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if j < k:
            lo = i
        if k < i:
            hi = j
    return float(values[k])
