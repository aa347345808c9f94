"""The light that faults add to single frames: trails of meteors, insects on the window, broken readouts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.camera.array import FRAMES, PIXELS
from simulate.faults.draw import Fault
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

EDGE = 8  # frames at both ends of a scan in which nothing happens
LINE_WIDTH = (0.9, 1.4)  # pixels, sigma of a trail
APART = 7.0  # pixels between the trails of an aircraft
SPOT = (6.0, 17.0)  # pixels, sigma of an insect out of focus
WALK = 12.0  # pixels an insect goes from frame to frame
BAND = 3  # rows of a broken readout


@dataclass(frozen=True)
class Passage:
    """When and where something passes the array, the same in all bands: the first frame, and in pixels the middle of
    a trail with its angle and width, or the places and widths of a spot in successive frames."""

    frame: int
    x: Array
    y: Array
    width: Array
    angle: float
    lines: int


def passage(tile: int, seed: int, scan: int, fault: Fault, frames: int) -> Passage:
    """Draw where a fault of single frames lies."""
    rng = stream(tile, seed, Stream.STRAY, scan, 3)
    if fault.kind == "insects":
        number = int(fault.detail["blobs"])
        start = rng.uniform(0.3, 0.7, 2) * PIXELS
        walk = np.cumsum(rng.normal(0, WALK, (2, number)), axis=1) + start[:, None]
        first = int(rng.integers(EDGE, frames - EDGE - number))
        return Passage(first, walk[0], walk[1], rng.uniform(*SPOT, number), 0.0, 0)
    x, y = rng.uniform(0.35, 0.65, (2, 1)) * PIXELS
    return Passage(
        int(rng.integers(EDGE, frames - EDGE)),
        x,
        y,
        rng.uniform(*LINE_WIDTH, 1),
        float(rng.uniform(0, np.pi)),
        int(fault.detail.get("lines", 0)),
    )


def shine(light: Floats, fault: Fault, where: Passage, k: int, skysig: float) -> None:
    """Add a fault's light to frame `k`; what is in one frame only is six times as bright there as in the coadd."""
    n = k - where.frame
    peak = np.float32(fault.strength * skysig * FRAMES)
    if not 0 <= n < where.x.size:
        return
    match fault.kind:
        case "meteor":
            light += peak * trail(where)
        case "insects":
            at = np.arange(PIXELS)
            across = np.exp(-0.5 * ((at - where.x[n]) / where.width[n]) ** 2)
            along = np.exp(-0.5 * ((at - where.y[n]) / where.width[n]) ** 2)
            light += (peak * np.outer(along, across)).astype(np.float32)
        case "glitch":
            light += peak * (np.arange(PIXELS) // BAND % 2).astype(np.float32)[:, None]


def trail(where: Passage) -> Floats:
    """Return one or three parallel trails that cross a frame, with peak 1."""
    y, x = np.mgrid[:PIXELS, :PIXELS].astype(np.float32)
    s, c = np.float32(np.sin(where.angle)), np.float32(np.cos(where.angle))
    across = (x - np.float32(where.x[0])) * c - (y - np.float32(where.y[0])) * s
    light = np.zeros((PIXELS, PIXELS), np.float32)
    for i in range(where.lines):
        light += np.exp(
            -0.5 * ((across - np.float32(APART * (i - where.lines // 2))) / np.float32(where.width[0])) ** 2
        )
    return light


def ends(where: Passage) -> tuple[Array, Array]:
    """Return the columns and rows of the ends of the middle trail at the edges of its frame."""
    reach = np.linspace(-1.5 * PIXELS, 1.5 * PIXELS, 3001)
    x, y = where.x[0] + reach * np.sin(where.angle), where.y[0] + reach * np.cos(where.angle)
    inside = np.flatnonzero((x >= 0) & (x < PIXELS) & (y >= 0) & (y < PIXELS))
    return x[inside[[0, -1]]], y[inside[[0, -1]]]
