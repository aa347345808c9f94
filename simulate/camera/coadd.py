"""Compiled loops that develop frames - noise, level, full wells - and coadd them to pixels of 1 arcsec."""

import math

import numpy as np
from numpy.typing import NDArray

from simulate.camera.kernel import STEPS, TABLE
from simulate.jit import jit

Floats = NDArray[np.float32]

TILE = 16  # pixels between the points where a frame's level is given
STRIPE = 8  # columns of the coadd that share their weights: a frame's rows climb 0.05 arcsec across them
TAPS = 3


@jit
def develop(
    frame: Floats, light: Floats, white: Floats, level: Floats, pattern: Floats, full: float, sky: float, photon: float
) -> None:
    """Turn the light of a frame into what the camera reads.

    Parameters
    ----------
    frame : (n, n) float32
        Filled, DN/arcsec^2.
    light : (n, n) float32
        Of the sources.
    white : (n, n) float32
        Unit white noise.
    level : (n / 16 + 1, n / 16 + 1) float32
        Light of the sky, between whose points it is linear.
    pattern : (n, n) float32
        What the flat field leaves.
    full : float
        Where a pixel is full, DN/arcsec^2.
    sky : float
        Variance of a pixel without sources.
    photon : float
        Variance per DN/arcsec^2 of sources.
    """
    n = light.shape[0]
    well, floor, gain = np.float32(full), np.float32(sky), np.float32(photon)
    row = np.empty(level.shape[1], np.float32)
    ramp = (np.arange(TILE) / TILE).astype(np.float32)
    for j in range(n):
        t = np.float32((j % TILE) / TILE)
        for k in range(row.size):
            row[k] = level[j // TILE, k] + t * (level[j // TILE + 1, k] - level[j // TILE, k])
        for k in range(n // TILE):
            start, slope = row[k], row[k + 1] - row[k]
            for i in range(TILE):
                q = k * TILE + i
                seen = min(light[j, q], well)
                noise = white[j, q] * np.sqrt(floor + gain * max(seen, np.float32(0.0)))
                frame[j, q] = seen + noise + pattern[j, q] + start + slope * ramp[i]


@jit
def add_frame(
    total: Floats,
    weight: Floats,
    frame: Floats,
    good: Floats,
    x: float,
    y: float,
    pitch: float,
    angle: float,
    scratch: Floats,
) -> None:
    """Add a frame to a coadd: pixels weighted by the kernel at their true distances along both axes.

    Parameters
    ----------
    total, weight : (rows, columns) float32, changed in place
        Weighted sum, and sum of the weights.
    frame, good : (n, n) float32
        Frame, 0 where it is bad; and 1 where it is good, 0 where it is bad.
    x, y : float
        Place of the frame's middle on the coadd, pixels of 1 arcsec.
    pitch : float
        Size of the frame's pixels, arcsec.
    angle : float
        Rotation (radians): the frame's columns lean so far to the left of north.
    scratch : (2, n, columns) float32
        Room for the rows of the frame, sampled on the coadd's columns.
    """
    n = frame.shape[0]
    rows, columns = total.shape
    s, c = math.sin(angle), math.cos(angle)
    middle, half = (n - 1) / 2.0, n * pitch / 2.0
    x0, x1 = max(0, math.ceil(x - half - 3.0)), min(columns - 1, math.floor(x + half + 3.0))
    y0, y1 = max(0, math.ceil(y - half - 5.0)), min(rows - 1, math.floor(y + half + 5.0))
    value, known = scratch[0], scratch[1]
    for j in range(n):
        lean = (j - middle) * pitch * s
        for q in range(x0, x1 + 1):
            at = (q - x + lean) / (pitch * c) + middle
            near = math.floor(at + 0.5)
            a, b = np.float32(0.0), np.float32(0.0)
            for i in range(max(0, near - 1), min(n - 1, near + 1) + 1):
                w = TABLE[int(abs(at - i) * (pitch * STEPS))]
                a += w * frame[j, i]
                b += w * good[j, i]
            value[j, q], known[j, q] = a, b
    for r in range(y0, y1 + 1):
        for left in range(x0, x1 + 1, STRIPE):
            right = min(left + STRIPE, x1 + 1)
            across = 0.5 * (left + right - 1) - x
            at = ((r - y) * c - across * s) / pitch + middle
            near = math.floor(at + 0.5)
            for j in range(max(0, near - 1), min(n - 1, near + 1) + 1):
                w = TABLE[int(abs(at - j) * (pitch * STEPS))]
                for q in range(left, right):
                    total[r, q] += w * value[j, q]
                    weight[r, q] += w * known[j, q]
