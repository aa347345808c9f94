"""Where every image falls on the field's grid: smooth pixel maps, and who owns the rows that neighbours share."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from combine.stack.kernel import FOUR, ROWS
from combine.stack.select import Image
from combine.stack.weights import TERMS
from schema.errors import DeepcalError
from schema.grid import Grid, SinWcs

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Frame:
    """Normalised places on a grid: u = (x - cx) / hx and v = (y - cy) / hy run from -1 to 1."""

    cx: float
    hx: float
    cy: float
    hy: float

    @classmethod
    def of(cls, grid: Grid) -> "Frame":
        """Return the frame of a field grid."""
        return cls((grid.nx - 1) / 2, grid.nx / 2, (grid.ny - 1) / 2, grid.ny / 2)

    def design(self, x: Array, y: Array, terms: int) -> Array:
        """Return the first `terms` terms of TERMS at pixels: shape (n, terms)."""
        u, v = (np.asarray(x, float) - self.cx) / self.hx, (np.asarray(y, float) - self.cy) / self.hy
        return np.stack([u**i * v**j for i, j in TERMS[:terms]], axis=-1)


@dataclass(frozen=True)
class Offset:
    """An offset in arcsec (scan position less reference position, RA part times cos(dec)): coefficients by TERMS."""

    dra: Array
    ddec: Array

    def at(self, frame: Frame, x: Array, y: Array) -> tuple[Array, Array]:
        """Evaluate the offset at grid pixels."""
        design = frame.design(x, y, len(self.dra))
        return design @ self.dra, design @ self.ddec

    def __add__(self, other: "Offset") -> "Offset":
        """Add two offset models of the same frame."""
        size = max(len(self.dra), len(other.dra))
        pad = [np.pad(c, (0, size - len(c))) for c in (self.dra, other.dra, self.ddec, other.ddec)]
        return Offset(pad[0] + pad[1], pad[2] + pad[3])


@dataclass(frozen=True)
class Placement:
    """An image on the grid: the rectangle it owns (x0, x1, y0, y1), its pixel maps by TERMS, and over how many rows the
    shift in x, and that in y, may be held constant."""

    image: Image
    rect: tuple[int, int, int, int]
    map_x: Array
    map_y: Array
    step: tuple[int, int]


def place(image: Image, grid: Grid, offset: Offset, shift_max: float) -> Placement | None:
    """Put an image on the grid, its positions corrected by the offset of its scan.

    Parameters
    ----------
    image : the image, with the projection of its own header
    grid : the field grid, in the frame of the reference
    offset : offset of the scan on this grid, arcsec
    shift_max : largest error of a shift held constant over some rows, arcsec

    Returns
    -------
    The placement, or None where image and grid do not overlap.
    """
    frame = Frame.of(grid)
    rect = _rectangle(image, grid, frame, offset)
    if rect is None:
        return None
    x, y = (a.ravel() for a in np.meshgrid(np.linspace(rect[0], rect[1] - 1, 9), np.linspace(rect[2], rect[3] - 1, 33)))
    px, py = _image_pixels(image.wcs, grid, frame, offset, x, y)
    design = frame.design(x, y, len(TERMS))
    scale = np.abs(design).max(axis=0)
    solution, *_ = np.linalg.lstsq(design / scale, np.stack([px - x, py - y], axis=1), rcond=1e-10)
    solution /= scale[:, None]
    worst = np.abs(design @ solution - np.stack([px - x, py - y], axis=1)).max()
    if worst > 0.01:
        raise DeepcalError(f"{image.path}: its projection is not smooth on the field grid (off by {worst:.3f} pixel)")
    return Placement(image, rect, solution[:, 0], solution[:, 1], _step(frame, solution, x, y, shift_max))


def _image_pixels(wcs: SinWcs, grid: Grid, frame: Frame, offset: Offset, x: Array, y: Array) -> tuple[Array, Array]:
    """Return the image pixels that see what belongs to grid pixels."""
    ra, dec = grid.sky(x, y)
    east, north = offset.at(frame, x, y)
    return wcs.pixel(ra + east / 3600 / np.cos(np.radians(dec)), dec + north / 3600)


def _rectangle(image: Image, grid: Grid, frame: Frame, offset: Offset) -> tuple[int, int, int, int] | None:
    """Return the grid rectangle that holds the valid part of an image."""
    edge_x, edge_y = np.linspace(image.x0, image.x1 - 1, 5), np.linspace(image.y0, image.y1 - 1, 5)
    px = np.concatenate([edge_x, edge_x, np.full(5, edge_x[0]), np.full(5, edge_x[-1])])
    py = np.concatenate([np.full(5, edge_y[0]), np.full(5, edge_y[-1]), edge_y, edge_y])
    ra, dec = image.wcs.sky(px, py)
    x, y = grid.pixel(ra, dec)
    if np.isnan(x).any():
        return None
    east, north = offset.at(frame, np.clip(x, 0, grid.nx - 1), np.clip(y, 0, grid.ny - 1))
    x, y = x + east, y - north
    x0, x1 = max(0, int(np.floor(x.min())) - 1), min(grid.nx, int(np.ceil(x.max())) + 2)
    y0, y1 = max(0, int(np.floor(y.min())) - 1), min(grid.ny, int(np.ceil(y.max())) + 2)
    return (x0, x1, y0, y1) if x1 - x0 > 8 and y1 - y0 > 8 else None


def _step(frame: Frame, solution: Array, x: Array, y: Array, shift_max: float) -> tuple[int, int]:
    """Return over how many rows a shift in x, and one in y, stays within `shift_max` pixels of the map.

    The shift in y is held at a column of the image, which the shift in x moves along the grid from row to row.
    """
    here, below, right = (frame.design(x + a, y + b, len(TERMS)) @ solution for a, b in ((0, 0), (0, 1), (1, 0)))
    down, across = below - here, right - here
    slope = np.abs([down[:, 0], down[:, 1] - across[:, 1] * down[:, 0]]).max(axis=1)
    rows = np.clip(2 * shift_max / np.maximum(slope, 1e-9), 1, ROWS)
    along, up = (int(n) // FOUR * FOUR if n >= FOUR else 1 for n in rows)
    return along, up


def share_rows(placements: list[Placement]) -> list[Placement]:
    """Give rows that neighbouring images of one scan and band both hold to one of them: the same photons count once."""
    result: list[Placement] = []
    by_scan: dict[tuple[int, str], list[Placement]] = {}
    for placement in placements:
        by_scan.setdefault((placement.image.scan_key, placement.image.band), []).append(placement)
    for group in by_scan.values():
        group.sort(key=lambda p: p.rect[2] + p.rect[3])
        for k in range(len(group) - 1):
            low, high = group[k], group[k + 1]
            if high.rect[2] < low.rect[3]:
                cut = (high.rect[2] + low.rect[3]) // 2
                group[k] = replace(low, rect=(*low.rect[:3], cut))
                group[k + 1] = replace(high, rect=(*high.rect[:2], cut, high.rect[3]))
        result += [p for p in group if p.rect[3] > p.rect[2]]
    return result
