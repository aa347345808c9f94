"""One level of sky for all images of a scan: where neighbours see the same photons they must agree."""

from itertools import pairwise

import numpy as np

from combine.stack.geometry import Placement
from combine.stack.pixels import Pixels

LEAST_ROWS = 8
EDGE = 8
"""Columns and rows at the rim of an image that are not trusted."""


def scan_skies(placements: list[Placement], pixels: list[Pixels]) -> list[float]:
    """Return the sky level (DN) to take off each image of one scan and band before anything is compared.

    Images of their own get their median. Neighbours that overlap share photons and differ by a constant; were each
    freed of its own median, the slope of the sky would leave a step between them, at the same place in every scan.
    """
    order = sorted(range(len(placements)), key=lambda i: _rows(placements[i])[0])
    level = [p.image.sky_measured for p in placements]
    step = np.zeros(len(placements))
    for low, high in pairwise(order):
        apart = _difference(placements[low], pixels[low], placements[high], pixels[high])
        step[high] = step[low] + (level[high] - level[low] if apart is None else apart)
    common = float(np.mean(np.array(level) - step)) if len(placements) else 0.0
    return [float(common + s) for s in step]


def _rows(placement: Placement) -> tuple[int, int]:
    """Return the grid rows that an image covers, shared ones included: first, and one past the last."""
    shift = placement.map_y[0]
    y = (placement.image.y0 + placement.image.y1) / 2 - shift
    half = (placement.image.y1 - placement.image.y0) / 2
    return round(y - half), round(y + half)


def _difference(low: Placement, low_pixels: Pixels, high: Placement, high_pixels: Pixels) -> float | None:
    """Return by how much the higher image lies above the lower one where they see the same photons, DN."""
    first, last = _rows(high)[0] + EDGE, _rows(low)[1] - EDGE
    if last - first < LEAST_ROWS:
        return None
    medians = []
    for placement, pixels in ((low, low_pixels), (high, high_pixels)):
        a, b = (round(row - _rows(placement)[0] + placement.image.y0) for row in (first, last))
        part = pixels.data[a:b, placement.image.x0 + EDGE : placement.image.x1 - EDGE]
        medians.append(float(np.nanmedian(part.astype(np.float32))))
    return medians[1] - medians[0]
