"""The smooth background of an image: clipped medians of cells, joined by a smooth surface."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.aperture import Floats, Image
from schema.compiled import compiled

Mask = NDArray[np.bool_]
LEAST = 32
"""Pixels that make a level."""


def background(image: Image, cell: float = 64.0, mask: Mask | None = None) -> Image:
    """Return the background of `image` (ny, nx) in its unit, everywhere.

    Parameters
    ----------
    image : DN, NaN where blank
    cell : about the side of the cells, pixels
    mask : pixels to leave out: sources
    """
    ny, nx = image.shape
    rows, cols = max(1, round(ny / cell)), max(1, round(nx / cell))
    ys, xs = np.linspace(0, ny, rows + 1).astype(int), np.linspace(0, nx, cols + 1).astype(int)
    use = np.isfinite(image) if mask is None else np.isfinite(image) & ~mask
    level = _levels(np.ascontiguousarray(image[::2, ::2]), np.ascontiguousarray(use[::2, ::2]), ys // 2, xs // 2)
    level = _filled(level)
    level = ndimage.median_filter(level, size=3, mode="nearest")
    # Cell centres sit at (index + 0.5) * cell - 0.5.
    grid_y = (np.arange(ny) + 0.5) * rows / ny - 0.5
    grid_x = (np.arange(nx) + 0.5) * cols / nx - 0.5
    return _surface(level, grid_y, grid_x)


@compiled()
def _levels(image: Image, use: Mask, ys: NDArray[np.int64], xs: NDArray[np.int64]) -> Floats:
    """Return the clipped median of every cell; NaN where little is left.

    The image is every other pixel of the whole one, which tells as much: noise is correlated between neighbours.
    """
    level = np.full((ys.size - 1, xs.size - 1), np.nan)
    values = np.empty(image.size, np.float32)
    for j in range(ys.size - 1):
        for i in range(xs.size - 1):
            n = 0
            for y in range(ys[j], ys[j + 1]):
                for x in range(xs[i], xs[i + 1]):
                    if use[y, x]:
                        values[n] = image[y, x]
                        n += 1
            if n >= LEAST:
                level[j, i] = _clipped_median(values[:n])
    return level


@compiled()
def _clipped_median(values: Image) -> float:
    """Return the median after clipping the bright tail at three sigma."""
    for _ in range(3):
        middle = np.median(values)
        sigma = 1.4826 * np.median(middle - values[values <= middle])  # the faint half knows no stars
        kept = values[np.abs(values - middle) <= 3 * sigma]
        if kept.size == values.size or kept.size < LEAST:
            break
        values = kept
    return float(np.median(values))


def _filled(level: Floats) -> Floats:
    """Fill cells without a level from the nearest that has one; zero where none has."""
    blank = np.isnan(level)
    if blank.all():
        return np.zeros_like(level)
    if blank.any():
        nearest = ndimage.distance_transform_edt(blank, return_distances=False, return_indices=True)
        level = level[tuple(nearest)]
    return level


def _surface(level: Floats, grid_y: Floats, grid_x: Floats) -> Image:
    """Interpolate cell levels linearly, first along columns, then along rows: no overshoot."""
    rows, cols = level.shape
    tall = np.empty((grid_y.size, cols))
    for i in range(cols):
        tall[:, i] = np.interp(grid_y, np.arange(rows), level[:, i])
    j = np.clip(np.floor(grid_x).astype(int), 0, max(cols - 2, 0))
    f = np.clip(grid_x - j, 0, 1) if cols > 1 else np.zeros_like(grid_x)
    right = np.minimum(j + 1, cols - 1)
    return (tall[:, j] * (1 - f) + tall[:, right] * f).astype(np.float32)
