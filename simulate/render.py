"""Compiled loops that put light into images: stars, elliptical Gaussians, correlated noise."""

import math

import numpy as np
from numpy.typing import NDArray

from simulate.jit import jit

Array = NDArray[np.float64]
Image = NDArray[np.float32]

FAINTEST = 2e-4  # DN; a Gaussian is drawn out to where it falls below this
SMALLEST = 3.0  # widths; and at least so far, so that faint stars keep their flux
LATTICE = 8.0  # widths; farther out nothing is left in float32


@jit
def reach(peak: float) -> float:
    """Return how far, in widths, a Gaussian of this peak is drawn."""
    if peak <= FAINTEST:
        return SMALLEST
    return min(LATTICE, max(SMALLEST, math.sqrt(2.0 * math.log(peak / FAINTEST))))


@jit
def add_points(
    image: Image, x: Array, y: Array, flux: Array, which: NDArray[np.int64], table: Array, first: NDArray[np.int64]
) -> None:
    """Add stars, each Gaussian of their image integrated exactly over the pixels.

    Parameters
    ----------
    image : (ny, nx) float32, changed in place
    x, y, flux : (n,) arrays
        Positions in pixels from 0 at the first pixel's centre; total flux in DN.
    which : (n,) int64
        Which of the star images.
    table : (m, 5) array
        Rows of weight, dx, dy, sx, sy (pixels) of all star images.
    first : (images + 1,) int64
        Where the rows of each star image begin.
    """
    ny, nx = image.shape
    across, along = np.empty(nx, np.float32), np.empty(ny, np.float32)
    for i in range(x.size):
        for c in range(first[which[i]], first[which[i] + 1]):
            sx, sy = table[c, 3], table[c, 4]
            total = flux[i] * table[c, 0]
            k = reach(abs(total) / (2 * math.pi * sx * sy))
            px, py = x[i] + table[c, 1], y[i] + table[c, 2]
            x0, x1 = max(0, math.ceil(px - k * sx)), min(nx - 1, math.floor(px + k * sx))
            y0, y1 = max(0, math.ceil(py - k * sy)), min(ny - 1, math.floor(py + k * sy))
            if x0 > x1 or y0 > y1:
                continue
            integrals(across, x0, x1, px, sx)
            integrals(along, y0, y1, py, sy)
            for r in range(y0, y1 + 1):
                row = image[r, x0 : x1 + 1]
                factor = np.float32(total) * along[r]
                for q in range(row.size):
                    row[q] += factor * across[x0 + q]


@jit
def integrals(out: Image, low: int, high: int, centre: float, sigma: float) -> None:
    """Fill `out[low:high + 1]` with a unit Gaussian's integrals over the pixels."""
    scale = 1 / (sigma * math.sqrt(2.0))
    before = math.erf((low - 0.5 - centre) * scale)
    for q in range(low, high + 1):
        after = math.erf((q + 0.5 - centre) * scale)
        out[q] = np.float32(0.5 * (after - before))
        before = after


@jit
def add_ellipses(image: Image, x: Array, y: Array, flux: Array, xx: Array, xy: Array, yy: Array) -> None:
    """Add elliptical Gaussians whose covariance (pixel^2) already holds that of a pixel.

    Along a row the values come from one exponential and a recurrence.
    """
    ny, nx = image.shape
    for i in range(x.size):
        det = xx[i] * yy[i] - xy[i] * xy[i]
        a, b, c = yy[i] / det, -xy[i] / det, xx[i] / det
        peak = flux[i] / (2 * math.pi * math.sqrt(det))
        k = reach(peak)
        y0 = max(0, math.ceil(y[i] - k * math.sqrt(yy[i])))
        y1 = min(ny - 1, math.floor(y[i] + k * math.sqrt(yy[i])))
        half = k * math.sqrt(1 / a)
        step = math.exp(-a)
        for r in range(y0, y1 + 1):
            dy = r - y[i]
            middle = x[i] - b / a * dy
            left = k * k - (c - b * b / a) * dy * dy
            if left <= 0:
                continue
            width = half / k * math.sqrt(left)
            x0, x1 = max(0, math.ceil(middle - width)), min(nx - 1, math.floor(middle + width))
            dx = x0 - x[i]
            value = peak * math.exp(-0.5 * (a * dx * dx + 2 * b * dx * dy + c * dy * dy))
            factor = math.exp(-a * (dx + 0.5) - b * dy)
            for q in range(x0, x1 + 1):
                image[r, q] += np.float32(value)
                value *= factor
                factor *= step


@jit
def add_noise(image: Image, white: Image, taps: Array, sky: Array, per_photon: float, rows: Array) -> None:
    """Add background and noise to an image of the sources.

    Parameters
    ----------
    image : (ny, nx) float32, changed in place
    white : (ny + 2 m, nx + 2 m) float32
        Unit white noise, m = taps.size // 2; destroyed.
    taps : (2 m + 1,) array
        Smoothing kernel of sum 1, used along both axes.
    sky : (ny,) array
        Standard deviation (DN) of the white noise of each row before smoothing.
    per_photon : float
        Variance of the white noise per DN of source.
    rows : (3, ny) array
        Background: constant, linear, square in u.
    """
    ny, nx = image.shape
    m = taps.size // 2
    weights = taps.astype(np.float32)
    for r in range(ny + 2 * m):
        inside = min(max(r - m, 0), ny - 1)
        floor = np.float32(sky[inside] ** 2)
        photon = np.float32(per_photon)
        for q in range(nx):
            white[r, q + m] *= np.sqrt(floor + photon * max(image[inside, q], np.float32(0)))
        for q in range(m):
            white[r, q] *= np.sqrt(floor)
            white[r, nx + m + q] *= np.sqrt(floor)
    smooth = np.empty(nx + 2 * m, np.float32)
    for r in range(ny):
        smooth[:] = 0
        for t in range(2 * m + 1):
            for q in range(nx + 2 * m):
                smooth[q] += weights[t] * white[r + t, q]
        c0, c1, c2 = np.float32(rows[0, r]), np.float32(rows[1, r]), np.float32(rows[2, r])
        for q in range(nx):
            value = np.float32(0)
            for t in range(2 * m + 1):
                value += weights[t] * smooth[q + t]
            u = np.float32(2.0 * q / (nx - 1) - 1.0)
            image[r, q] += value + c0 + (c1 + c2 * u) * u
