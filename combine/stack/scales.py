"""Relative scales of scans from the total light of their stars, which seeing does not change."""

import numpy as np
from numpy.typing import NDArray

from combine.measure.aperture import annulus, aperture
from combine.stack.detect import find_stars
from combine.stack.geometry import Frame, Placement
from combine.stack.pixels import Pixels
from combine.stack.weights import TERMS
from schema.settings import Settings

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
Placed = tuple[list[Placement], list[Pixels], float]
"""The images of a scan on the grid, their pixels, and the scale of the scan."""
TOTAL, INNER, OUTER = 8.0, 12.0, 18.0
"""Radii of the aperture that holds a star's total light, and of its sky, arcsec."""


def scales_by_stars(scans: list[Placed], image: Plane, frame: Frame, noise: float, settings: Settings) -> Array:
    """Return the factor on each scan's scale that gives its stars the light they have in the median scan.

    Parameters
    ----------
    scans : of both directions
    image : first pass of both directions, DN
    noise : of a pixel of one scan, DN
    settings : signal to noise and number of stars, largest change

    Returns
    -------
    (scans,) factors of median 1; NaN where a scan has too few stars, or is so far off that it has a fault: clouds are
    no matter of one scale, and a scan that keeps its own is left out for them.
    """
    x, y, total = _stars(image, noise, settings)
    factor = np.array([_factor(scan, frame, x, y, total, int(settings["scale_stars_min"][0])) for scan in scans])
    if not np.isfinite(factor).any():
        return factor
    factor = np.asarray(factor / np.nanmedian(factor))
    return np.where(np.abs(2.5 * np.log10(factor)) <= settings["scale_most"][0], factor, np.nan)


def _stars(image: Plane, noise: float, settings: Settings) -> tuple[Array, Array, Array]:
    """Return places and total light of stars that stand alone and are bright in every scan."""
    x, y, peak, _ = find_stars(image, 5.0)
    total = _light(image, x, y)
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    rival = (apart < OUTER) & (apart > 0) & (peak > 0.02 * peak[:, None])
    # The noise of pixels is correlated: that of an aperture is about 2.9 times what independent pixels would have.
    bright = total > settings["scale_snr_min"][0] * 2.9 * np.sqrt(np.pi) * TOTAL * noise
    keep = bright & ~rival.any(axis=1) & np.isfinite(total)
    return x[keep], y[keep], total[keep]


def _light(image: Plane, x: Array, y: Array) -> Array:
    """Return the light in the large aperture above the sky around it."""
    found = aperture(image, x, y, TOTAL)
    return np.asarray(found.sum - found.area * annulus(image, x, y, INNER, OUTER), float)


def _factor(scan: Placed, frame: Frame, x: Array, y: Array, total: Array, least: int) -> float:
    """Return the median of stack over scan of the stars on the images of a scan; NaN where they are few."""
    design = frame.design(x, y, len(TERMS))
    ratios = []
    for placed, pixels in zip(scan[0], scan[1], strict=True):
        x0, x1, y0, y1 = placed.rect
        mine = (x > x0 + OUTER) & (x < x1 - OUTER) & (y > y0 + OUTER) & (y < y1 - OUTER)
        if mine.any():
            data = pixels.data.astype(np.float32)
            px, py = x[mine] + design[mine] @ placed.map_x, y[mine] + design[mine] @ placed.map_y
            ratios.append(total[mine] / (scan[2] * _light(data, px, py)))
    ratio = np.concatenate(ratios) if ratios else np.zeros(0)
    ratio = ratio[np.isfinite(ratio) & (ratio > 0)]
    return float(np.median(ratio)) if len(ratio) >= least else float("nan")
