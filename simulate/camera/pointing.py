"""Where the frames of a scan lie: the telescope moves on from frame to frame, and wanders a little."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.nights.visits import Scan
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]

FRAMES = 50  # of a scan
UNEVEN = 0.15  # arcsec, scatter of the steps along the scan; the coadd knows it
WALK, MEMORY = 0.05, 0.8  # arcsec, rms of the frames' way from where the coadd believes them, and how slowly it changes
WALK_ACROSS = 0.03  # arcsec


@dataclass(frozen=True)
class Track:
    """Frames in the order of time: where the coadd believes their middles (pixels of the canvas), and how far (arcsec,
    x and y) the sky of each is displaced from there."""

    x: Array
    y: Array
    dx: Array
    dy: Array


def track(tile: int, seed: int, scan: Scan, middle: float, rows: int) -> Track:
    """Place the frames of a scan.

    Parameters
    ----------
    tile, seed : int
    scan : Scan
    middle : float
        Column of the canvas in the middle of the scan's data.
    rows : int
        Of the canvas; the scan begins before and ends after it.
    """
    rng = stream(tile, seed, Stream.POINTING, scan.index)
    step = defaults()[f"frame_step_{scan.hemis}"][0]
    start = (rows - 1) / 2 - (FRAMES - 1) / 2 * step + rng.uniform(-0.5, 0.5) * step
    y = start + step * np.arange(FRAMES) + rng.normal(0, UNEVEN, FRAMES)
    across = middle + rng.uniform(-1, 1)
    if scan.direction == "s":
        y = y[::-1]
    walk = _walk(rng, FRAMES)
    return Track(np.full(FRAMES, across), y, walk[0] * WALK_ACROSS, walk[1] * WALK)


def _walk(rng: np.random.Generator, number: int) -> Array:
    """Return (2, number) steps of a walk that returns, rms 1."""
    kicks = rng.standard_normal((2, number))
    found = np.empty_like(kicks)
    found[:, 0] = kicks[:, 0]
    for k in range(1, number):
        found[:, k] = MEMORY * found[:, k - 1] + np.sqrt(1 - MEMORY**2) * kicks[:, k]
    return found
