"""The resampler in double precision, as it is written in books."""

import numpy as np
from numpy.typing import NDArray

from combine.stack.geometry import Frame, Placement
from combine.stack.weights import TERMS
from schema.grid import Grid

Array = NDArray[np.float64]
MARGIN = 30
"""Largest shift of an image no larger than the grid, pixels, and the reach of the weights."""


def weights(fraction: Array) -> list[Array]:
    """Return the six Lagrange weights of the nodes -2 to 3."""
    nodes = np.arange(-2, 4)
    return [
        np.prod([(fraction - other) / (node - other) for other in nodes if other != node], axis=0) for node in nodes
    ]


def shift(frame: Frame, coefficients: Array, x: Array, y: Array) -> Array:
    """Evaluate a pixel map."""
    return np.asarray(frame.design(x, y, len(TERMS)) @ coefficients)


def reference(data: Array, placed: Placement, grid: Grid) -> Array:
    """Resample an image no larger than the grid: between rows at its own columns, then between columns."""
    rows, columns = (a.astype(float) for a in np.mgrid[: grid.ny, : grid.nx])
    frame = Frame.of(grid)
    near = columns - shift(frame, placed.map_x, columns, rows)
    down = shift(frame, placed.map_y, columns - shift(frame, placed.map_x, near, rows), rows)
    more = [(MARGIN, MARGIN + n - m) for n, m in zip((grid.ny, grid.nx), data.shape, strict=True)]
    padded = np.pad(data.astype(np.float32).astype(float), more, constant_values=np.nan)
    whole = np.floor(down).astype(int)
    between = sum(
        w * padded[(rows + MARGIN + k).astype(int) + whole, MARGIN + columns.astype(int)]
        for k, w in zip(range(-2, 4), weights(down - whole), strict=True)
    )
    along = shift(frame, placed.map_x, columns, rows)
    whole = np.floor(along).astype(int)
    wide = np.pad(between, ((0, 0), (MARGIN, MARGIN)), constant_values=np.nan)
    return np.asarray(
        sum(
            w * wide[rows.astype(int), (columns + MARGIN + k).astype(int) + whole]
            for k, w in zip(range(-2, 4), weights(along - whole), strict=True)
        )
    )
