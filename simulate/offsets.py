"""Where a scan puts a star: the offset of its positions from the reference frame, smooth over the field."""

import numpy as np
from numpy.typing import NDArray

from simulate.seeds import Stream, stream
from simulate.sky.known import known

Array = NDArray[np.float64]

HALF_X, HALF_Y = 270.0, 1800.0  # arcsec: u = east / HALF_X, v = north / HALF_Y run from -1 to 1 over the field
WAVES = ((2.5, 0.2), (4.3, -0.4), (6.8, 0.7), (10.0, -0.9), (15.0, 1.2))
"""Radians of the pattern's waves from the centre to an edge, in v and in u: 75 to 12.6 arcmin, like the distortions
of the photographic plates behind USNO-A2.0."""
TERMS = (
    "1", "u", "v", "u2", "uv", "v2", "v3", *(f"{name}{k}" for k in range(1, len(WAVES) + 1) for name in ("cos", "sin"))
)  # fmt: skip
"""The functions whose coefficients make an offset; cos and sin are of the WAVES."""

PATTERN = (0.0, 0.3, 0.8, 0.1, 0.2, 0.7, 0.3, 0.35, 0.35, 0.3, 0.3, 0.25, 0.25, 0.18, 0.18, 0.08, 0.08)
"""Relative size of the terms of the USNO-A2.0 to Tycho-2 pattern, which is fixed on the sky."""
SCATTER = (0.08, 0.25)  # arcsec, smallest and largest rms of the pattern per axis
SHIFT = 0.10  # arcsec per scan and axis
ROTATION = 0.002  # deg per scan
DRIFT = {"v": 0.03, "v2": 0.02, "v3": 0.01, "cos2": 0.012, "sin2": 0.012}  # arcsec per scan
BAND_SHIFT = (0.03, 0.012)  # arcsec, of H and Ks images against J, across and along the scan, per camera


def basis(u: Array, v: Array) -> Array:
    """Return the (17, ...) values of the TERMS at places of the field."""
    waves = [wave(kv * v + ku * u) for kv, ku in WAVES for wave in (np.cos, np.sin)]
    return np.stack((np.ones_like(u), u, v, u * u, u * v, v * v, v**3, *waves))


def pattern(tile: int, seed: int) -> Array:
    """Draw the field's own offset: (2, 17) coefficients, arcsec, of the RA (times cos Dec) and the Dec part.

    Its mean over the field is the published mean offset of the tile, its scatter the published one within SCATTER.
    """
    rng = stream(tile, seed, Stream.OFFSETS)
    v, u = np.mgrid[-1:1:121j, -1:1:21j]
    grid = basis(u, v)
    coefficients = rng.normal(0, 1, (2, len(TERMS))) * PATTERN
    published = known(tile)
    for axis in range(2):
        shape = np.tensordot(coefficients[axis], grid, 1)
        coefficients[axis] *= np.clip(published.scatter[axis], *SCATTER) / shape.std()
        coefficients[axis, 0] += published.offset[axis] - np.tensordot(coefficients[axis], grid, 1).mean()
    return coefficients


def scan_offsets(tile: int, seed: int, scans: int) -> Array:
    """Draw the (n, 2, 17) coefficients of every scan: the field's pattern, a shift, a small rotation, a slow drift."""
    draws = stream(tile, seed, Stream.OFFSETS, 1).normal(size=(scans, 3 + 2 * len(DRIFT)))
    own = np.zeros((scans, 2, len(TERMS)))
    own[:, :, 0] = SHIFT * draws[:, :2]
    for place, (term, size) in enumerate(DRIFT.items()):
        own[:, :, TERMS.index(term)] = size * draws[:, 3 + 2 * place : 5 + 2 * place]
    angle = np.radians(ROTATION) * draws[:, 2]
    own[:, 0, 2] -= angle * HALF_Y  # east of a star in the north falls, north of a star in the east grows
    own[:, 1, 1] += angle * HALF_X
    found: Array = pattern(tile, seed) + own
    return found


def band_shift(seed: int, hemis: str) -> Array:
    """Return how far (arcsec, columns and rows) remapping moves the images of J, H, Ks: (3, 2), nothing in J."""
    shift: Array = stream(0, seed, Stream.OFFSETS, "ns".index(hemis)).normal(size=(3, 2)) * BAND_SHIFT
    shift[0] = 0
    return shift


def parts(own: Array) -> tuple[Array, float, Array]:
    """Return a scan's own offset without the field's pattern as coefficients, rotation (deg) and drift.

    The drift is (2, 5): arcsec of the terms of DRIFT in RA and Dec, the rotation taken out.
    """
    angle = own[1, 1] / HALF_X
    drift = own[:, [TERMS.index(term) for term in DRIFT]].copy()
    drift[0, 0] += angle * HALF_Y
    return own, float(np.degrees(angle)), drift


def basis_at(x: Array, y: Array) -> Array:
    """Return the (17, ...) values of the TERMS at columns and rows of the field's grid."""
    return basis(-(x - 269.5) / HALF_X, (y - 1799.5) / HALF_Y)


def offset_at(coefficients: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Return the offset (scan - reference, arcsec; RA times cos Dec, Dec) at pixels of the field's grid.

    Parameters
    ----------
    coefficients : (2, 17) array
    x, y : arrays
        Columns and rows of reference positions on the 540 x 3600 grid, from 0.
    """
    east, north = np.tensordot(coefficients, basis_at(x, y), 1)
    return east, north
