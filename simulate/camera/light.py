"""Compiled loops that put the light of stars, galaxies and spikes into a frame."""

import math

import numpy as np
from numpy.typing import NDArray

from simulate.camera.optics import FINE, PITCH
from simulate.camera.tables import HALF
from simulate.camera.wings import STEP
from simulate.jit import jit

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

FAINTEST = 1e-3  # DN/arcsec^2; light is drawn out to where it falls below this
SMALLEST = 3.0  # widths; Gaussians are drawn at least so far


@jit
def add_stars(light: Floats, x: Array, y: Array, flux: Floats, which: Integers, half: Integers, tables: Floats) -> None:
    """Add stars, interpolated between the four nearest tabulated sub-pixel places.

    Parameters
    ----------
    light : (ny, nx) float32, changed in place
        Surface brightness, DN/arcsec^2.
    x, y : (n,) arrays
        Places in pixels of the frame, from 0 at the first pixel's middle.
    flux : (n,) float32
        DN.
    which, half : (n,) int64
        Number of each star's table, and how many pixels around its own are drawn.
    tables : (m, 17, 17, 13, 13) float32
    """
    ny, nx = light.shape
    for s in range(x.size):
        column, row = math.floor(x[s] + 0.5), math.floor(y[s] + 0.5)
        n = half[s]
        x0, x1 = max(0, column - n), min(nx - 1, column + n)
        y0, y1 = max(0, row - n), min(ny - 1, row + n)
        if x0 > x1 or y0 > y1:
            continue
        px, py = (x[s] - column + 0.5) * FINE, (y[s] - row + 0.5) * FINE
        fx, fy = min(int(px), FINE - 1), min(int(py), FINE - 1)
        tx, ty = np.float32(px - fx), np.float32(py - fy)
        one = np.float32(1.0)
        a, b = flux[s] * (one - ty) * (one - tx), flux[s] * (one - ty) * tx
        c, d = flux[s] * ty * (one - tx), flux[s] * ty * tx
        low = tables[which[s], fy]
        high = tables[which[s], fy + 1]
        first = x0 - column + HALF
        for r in range(y0, y1 + 1):
            k = r - row + HALF
            for q in range(x1 - x0 + 1):
                light[r, x0 + q] += (
                    a * low[fx, k, first + q]
                    + b * low[fx + 1, k, first + q]
                    + c * high[fx, k, first + q]
                    + d * high[fx + 1, k, first + q]
                )


@jit
def add_wings(light: Floats, x: Array, y: Array, flux: Floats, tail: Floats, profiles: Floats) -> None:
    """Add what bright stars shine beyond the 13 x 13 pixels of their tables.

    Parameters
    ----------
    light, x, y, flux : as in add_stars
    tail : (n,) float32
        Brightness of the seeing's wings at 10 arcsec per unit of flux.
    profiles : (2, steps) float32
        The seeing's wings, 1 at 10 arcsec, and the aureole.
    """
    ny, nx = light.shape
    steps = profiles.shape[1]
    for s in range(x.size):
        end = steps - 1
        while end > 1 and flux[s] * (tail[s] * profiles[0, end] + profiles[1, end]) < FAINTEST:
            end -= 1
        reach = end * STEP / PITCH
        if reach <= HALF:
            continue
        column, row = math.floor(x[s] + 0.5), math.floor(y[s] + 0.5)
        for r in range(max(0, math.ceil(y[s] - reach)), min(ny - 1, math.floor(y[s] + reach)) + 1):
            dy2 = (r - y[s]) ** 2
            wide = math.sqrt(max(0.0, reach * reach - dy2))
            for q in range(max(0, math.ceil(x[s] - wide)), min(nx - 1, math.floor(x[s] + wide)) + 1):
                if abs(r - row) <= HALF and abs(q - column) <= HALF:
                    continue
                at = int(math.sqrt((q - x[s]) ** 2 + dy2) * (PITCH / STEP) + 0.5)
                if at < steps:
                    light[r, q] += flux[s] * (tail[s] * profiles[0, at] + profiles[1, at])


@jit
def reach(peak: float) -> float:
    """Return how far, in widths, a Gaussian of this peak (DN/arcsec^2) is drawn."""
    if peak <= FAINTEST:
        return SMALLEST
    return min(8.0, max(SMALLEST, math.sqrt(2.0 * math.log(peak / FAINTEST))))


@jit
def add_ellipses(light: Floats, x: Array, y: Array, flux: Array, xx: Array, xy: Array, yy: Array) -> None:
    """Add elliptical Gaussians of a covariance (pixel^2) that holds the pixel's own; flux in DN.

    Along a row the values come from one exponential and a recurrence.
    """
    ny, nx = light.shape
    for i in range(x.size):
        det = xx[i] * yy[i] - xy[i] * xy[i]
        a, b, c = yy[i] / det, -xy[i] / det, xx[i] / det
        peak = flux[i] / (2 * math.pi * math.sqrt(det) * PITCH * PITCH)
        k = reach(peak)
        y0 = max(0, math.ceil(y[i] - k * math.sqrt(yy[i])))
        y1 = min(ny - 1, math.floor(y[i] + k * math.sqrt(yy[i])))
        step = math.exp(-a)
        for r in range(y0, y1 + 1):
            dy = r - y[i]
            middle = x[i] - b / a * dy
            left = k * k - (c - b * b / a) * dy * dy
            if left <= 0:
                continue
            width = math.sqrt(left / a)
            x0, x1 = max(0, math.ceil(middle - width)), min(nx - 1, math.floor(middle + width))
            if x0 > x1:
                continue
            dx = x0 - x[i]
            value = peak * math.exp(-0.5 * (a * dx * dx + 2 * b * dx * dy + c * dy * dy))
            factor = math.exp(-a * (dx + 0.5) - b * dy)
            for q in range(x0, x1 + 1):
                light[r, q] += np.float32(value)
                value *= factor
                factor *= step
