"""The two forms of images a scan comes in: a strip on the field's grid, or Atlas Images with a grid of their own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.grid import Grid, SinWcs
from simulate.nights.visits import Scan
from simulate.seeds import Stream, stream
from simulate.sky.angles import position_angle, vectors

Array = NDArray[np.float64]

VALID_COLUMNS = 510
ATLAS_COLUMNS, ATLAS_ROWS, ATLAS_STEP = 512, 1024, 970
ATLAS_IMAGES = 4
ATLAS_CDELT = 0.0002777777845  # deg, as every Atlas Image has it
TWIST = 0.004  # deg, scatter of an Atlas Image's CROTA2
BLANK_COLUMNS = (0, 1, 510, 511)
U_SCAN = {"n": (156, 970, 8), "s": (-1176, -970, 6)}
"""USYREF of a scan's first Atlas Image, its step, and the number of the first image, by direction."""
NUMBER_STEP = 12


@dataclass(frozen=True)
class Cut:
    """One image file of a scan: its rows of the canvas, projection, U-scan row and number."""

    first: int
    rows: int
    wcs: SinWcs
    usy: int
    coadd: int | None


@dataclass(frozen=True)
class Frame:
    """The pixels of one scan: a canvas of `rows` x `columns` that is cut into images.

    `x`, `y` are the canvas positions of the sky's objects where the scan makes no error. `blank` is true for columns
    without data, `middle` the column in the middle of those with data. `origin` is where the canvas's first pixel
    lies on the field's grid (pixels; a canvas is turned against it by some thousandths of a degree at most).
    """

    rows: int
    columns: int
    x: Array
    y: Array
    blank: NDArray[np.bool_]
    middle: float
    origin: tuple[float, float]
    cuts: tuple[Cut, ...]

    def to_grid(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Return the place on the field's grid of places of the canvas."""
        return x + self.origin[0], y + self.origin[1]


def strip(scan: Scan, grid: Grid, ra: Array, dec: Array) -> Frame:
    """Lay a scan on the field's grid; its pointing decides which columns have data."""
    x, y = grid.pixel(ra, dec)
    left = round((grid.nx - VALID_COLUMNS) / 2 - scan.east)
    columns = np.arange(grid.nx)
    usy = U_SCAN["n"][0] if scan.direction == "n" else -(grid.ny + U_SCAN["n"][0])
    cut = Cut(0, grid.ny, grid, usy, None)
    blank = (columns < left) | (columns >= left + VALID_COLUMNS)
    return Frame(grid.ny, grid.nx, x, y, blank, (grid.nx - 1) / 2 - scan.east, (0.0, 0.0), (cut,))


def atlas(tile: int, seed: int, scan: Scan, grid: Grid, ra: Array, dec: Array) -> Frame:
    """Lay a scan along a great circle, twisted a little from north, and cut it into four Atlas Images.

    The canvas is in U-scan coordinates: rows along the great circle, columns across it. Near the middle of each image
    that is its SIN projection, to 1 mas everywhere in it.
    """
    twist = stream(tile, seed, Stream.CONDITIONS, 2, scan.index).normal(0, TWIST)
    ra0, dec0 = grid.sky((grid.nx - 1) / 2 - scan.east, (grid.ny - 1) / 2)
    axes = _axes(float(ra0), float(dec0), twist)
    rows = (ATLAS_IMAGES - 1) * ATLAS_STEP + ATLAS_ROWS
    origin = ((grid.nx - ATLAS_COLUMNS) / 2 - scan.east, (grid.ny - rows) / 2)
    scale = 1 / np.radians(ATLAS_CDELT)
    west, north, out = np.moveaxis(vectors(ra, dec) @ axes.T, -1, 0)
    x = np.arcsin(west) * scale + (ATLAS_COLUMNS - 1) / 2
    y = np.arctan2(north, out) * scale + (rows - 1) / 2
    blank = np.isin(np.arange(ATLAS_COLUMNS), BLANK_COLUMNS)
    order = range(ATLAS_IMAGES) if scan.direction == "n" else range(ATLAS_IMAGES - 1, -1, -1)
    start, step, number = U_SCAN[scan.direction]
    cuts = tuple(
        Cut(
            first=ATLAS_STEP * place,
            rows=ATLAS_ROWS,
            wcs=_wcs(axes, ATLAS_STEP * place + (ATLAS_ROWS - 1) / 2 - (rows - 1) / 2),
            usy=start + step * i,
            coadd=number + NUMBER_STEP * i,
        )
        for i, place in enumerate(order)
    )
    return Frame(rows, ATLAS_COLUMNS, x, y, blank, (ATLAS_COLUMNS - 1) / 2, origin, cuts)


def _axes(ra: float, dec: float, twist: float) -> Array:
    """Return unit vectors to the west and along the scan at a centre, and to the centre itself (deg)."""
    a, d, t = np.radians((ra, dec, twist))
    east = np.array([-np.sin(a), np.cos(a), 0.0])
    north = np.array([-np.sin(d) * np.cos(a), -np.sin(d) * np.sin(a), np.cos(d)])
    up = north * np.cos(t) - east * np.sin(t)  # the image's +y axis lies `twist` west of north
    right = -(east * np.cos(t) + north * np.sin(t))
    return np.stack((right, up, vectors(ra, dec)))


def _wcs(axes: Array, along: float) -> SinWcs:
    """Return the projection of an image centred `along` rows from the middle of the scan."""
    t = along * np.radians(ATLAS_CDELT)

    def place(angle: float) -> tuple[float, float]:
        x, y, z = axes[2] * np.cos(angle) + axes[1] * np.sin(angle)
        return float(np.degrees(np.arctan2(y, x)) % 360), float(np.degrees(np.arcsin(z)))

    (ra, dec), (ra1, dec1) = place(t), place(t + 1e-4)
    east_of_north = float(position_angle(ra, dec, ra1, dec1))
    return SinWcs(
        crval=(ra, dec),
        crpix=((ATLAS_COLUMNS + 1) / 2, (ATLAS_ROWS + 1) / 2),
        cdelt=(-ATLAS_CDELT, ATLAS_CDELT),
        crota2=-((east_of_north + 180) % 360 - 180),
    )
