"""The q3c cell of a position, as the server's q3c_ang2ipix numbers it: the order in which rows lie on disk."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

BITS = 30  # of a coordinate on a cube face: cells of 0.3 milliarcsec
NSIDE = 1 << BITS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def ang2ipix(ra: ArrayLike, dec: ArrayLike) -> Ints:
    """Return the q3c cells of positions.

    Parameters
    ----------
    ra, dec : array_like
        Degrees; right ascensions from 0 up to 360, declinations from -90 to 90.

    Notes
    -----
    The sky is projected on a cube of six faces, each a square quad-tree (Koposov & Bartunov 2006, ASPC 351, 735). The
    order of operations is that of q3c's own q3c_ang2ipix_xy, so that rounding at the seams is the same.
    """
    ra, dec = np.atleast_1d(np.asarray(ra, float)), np.atleast_1d(np.asarray(dec, float))
    x, y, face = on_cube(ra, dec)
    column, row = (np.minimum(((part + 1) / 2 * NSIDE).astype(np.int64), NSIDE - 1) for part in (x, y))
    return cell_number(face, column, row, NSIDE)


def on_cube(ra: Floats, dec: Floats) -> tuple[Floats, Floats, Ints]:
    """Return the place of positions (deg) on the cube: two coordinates from -1 to 1, and the face."""
    side = np.fmod((ra + 45) / 90, 4).astype(np.int64)
    turn, tilt = np.radians(ra - 90.0 * side), np.radians(dec)
    x, y, face = np.tan(turn), np.tan(tilt) / np.cos(turn), side + 1
    for polar, number, sign in ((y > 1, 0, 1.0), (y < -1, 5, -1.0)):
        around, shrink = np.radians(ra[polar]), 1 / np.tan(tilt[polar])
        x[polar], y[polar] = sign * np.sin(around) * shrink, -np.cos(around) * shrink
        face[polar] = number
    return x, y, face


def cell_number(face: Ints, column: Ints, row: Ints, nside: int) -> Ints:
    """Return the numbers of cells from their places on faces of nside columns and rows, a power of 2."""
    return face * nside**2 + _spread(column) + 2 * _spread(row)


def _spread(number: Ints) -> Ints:
    """Put a zero between each two bits of numbers below 2**32."""
    number = (number | (number << 16)) & 0x0000FFFF0000FFFF
    number = (number | (number << 8)) & 0x00FF00FF00FF00FF
    number = (number | (number << 4)) & 0x0F0F0F0F0F0F0F0F
    number = (number | (number << 2)) & 0x3333333333333333
    return (number | (number << 1)) & 0x5555555555555555
