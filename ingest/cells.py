"""The cells in which a row of a catalogue stands in its table of cells: its own, and those close by."""

import numpy as np

from ingest.q3c import BITS, Floats, Ints, ang2ipix, cell_number, on_cube

COARSE = 17  # bits that each coordinate of a q3c cell loses to be a cell of a table of cells, 20 to 40 arcsec wide
SIDE = 1 << (BITS - COARSE)  # cells along the edge of a face
ROUND = 64  # points of a circle that crosses an edge of the cube
BEYOND = 1.2  # radius of that circle over the margin: no corner of a cell reaches the margin between two points


def cells_around(ra: Floats, dec: Floats, margin: float) -> tuple[Ints, Ints]:
    """Return rows and cells: each row with its own cell and with all others within a margin.

    Parameters
    ----------
    ra, dec : (n,) float
        deg
    margin : float
        arcsec, small against a cell. A cell a little farther away may be among those that are returned.

    Returns
    -------
    rows, cells : (m,) int

    Notes
    -----
    A face is the gnomonic projection of the sky: a circle of radius r around (x, y) reaches as far as
    r sqrt((1 + x2 + y2)(1 + x2)) in x, and likewise in y. Where that crosses the edge of the face, points are asked.
    """
    reach = 1.001 * np.radians(margin / 3600)
    x, y, face = on_cube(ra, dec)
    first, last = [], []
    for part in (x, y):
        wide = reach * np.sqrt((1 + x**2 + y**2) * (1 + part**2))
        first.append(np.floor((part - wide + 1) / 2 * SIDE).astype(np.int64))
        last.append(np.floor((part + wide + 1) / 2 * SIDE).astype(np.int64))
    edge = np.any([(low < 0) | (high >= SIDE) for low, high in zip(first, last, strict=True)], axis=0)
    found = [_ring(np.flatnonzero(edge), ra, dec, BEYOND * reach)]
    for columns, rows, wanted in (
        (first[0], first[1], ~edge),
        (last[0], first[1], ~edge & (last[0] > first[0])),
        (first[0], last[1], ~edge & (last[1] > first[1])),
        (last[0], last[1], ~edge & (last[0] > first[0]) & (last[1] > first[1])),
    ):
        which = np.flatnonzero(wanted)
        found.append((which, cell_number(face[which], columns[which], rows[which], SIDE)))
    rows, cells = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(rows, kind="stable")
    return rows[order], cells[order]


def _ring(rows: Ints, ra: Floats, dec: Floats, radius: float) -> tuple[Ints, Ints]:
    """Return rows and the cells of their places and of points around them."""
    if not len(rows):
        return rows, rows
    a, d = np.radians(ra[rows])[:, None], np.radians(dec[rows])[:, None]
    turn = np.linspace(0, 2 * np.pi, ROUND, endpoint=False)
    east, north = radius * np.sin(turn), radius * np.cos(turn)
    x = np.cos(d) * np.cos(a) - east * np.sin(a) - north * np.sin(d) * np.cos(a)
    y = np.cos(d) * np.sin(a) + east * np.cos(a) - north * np.sin(d) * np.sin(a)
    z = np.sin(d) + north * np.cos(d)
    around = ang2ipix(
        (np.degrees(np.arctan2(y, x)) % 360 % 360).ravel(), np.degrees(np.arctan2(z, np.hypot(x, y))).ravel()
    )
    cells = np.column_stack([ang2ipix(ra[rows], dec[rows]), around.reshape(len(rows), ROUND)]) >> (2 * COARSE)
    pairs = np.unique(np.column_stack([np.repeat(rows, ROUND + 1), cells.ravel()]), axis=0)
    return pairs[:, 0], pairs[:, 1]
