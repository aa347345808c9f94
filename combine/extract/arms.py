"""Diffraction spikes measured on the stack itself: how far from a star of some magnitude they are seen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.stats import theilslopes

from combine.extract.images import Layer
from combine.measure.aperture import Floats
from schema.settings import Settings

NEAREST, FARTHEST = 5, 160
"""Pixels from the star between which an arm is followed."""
SIDES = (-8, -7, -6, 6, 7, 8)
"""Pixels across an arm where its surroundings are taken."""
SMOOTH = 7
CORRELATED = 1.6
"""Noise of a mean of pixels that lie side by side, over that of as many independent ones."""


@dataclass(frozen=True)
class Arms:
    """Length of visible diffraction spikes: `length` pixels for a star of `mag`, `growth` dex more per mag brighter.

    stars : bright stars it was measured with
    """

    mag: float
    length: float
    growth: float
    stars: int


def arms(layer: Layer, angles: list[float], x: Floats, y: Floats, mag: Floats, settings: Settings) -> Arms | None:
    """Measure how far the spikes of bright stars stand out of the noise; None where too few stars show any.

    Parameters
    ----------
    layer : N+S stack of a band
    angles : of the arms, deg east of north
    x, y, mag : of the stars that may have spikes
    """
    here = (x > 0) & (x < layer.snr.shape[1]) & (y > 0) & (y < layer.snr.shape[0]) & np.isfinite(mag)
    seen = np.array([_extent(layer, angles, *place, settings) for place in zip(x[here], y[here], strict=True)])
    bright = mag[here][seen > 0] if seen.size else np.empty(0)
    if bright.size < settings["spike_stars"][0] or np.ptp(bright) < 0.5:
        return None
    slope, middle, *_ = theilslopes(np.log10(seen[seen > 0]), bright)
    limit = float(bright.max())
    return Arms(limit, float(10 ** (middle + slope * limit)), float(max(-slope, 0.0)), int(bright.size))


def _extent(layer: Layer, angles: list[float], x: float, y: float, settings: Settings) -> float:
    """Return how far the arms of one star are seen, 0 for not at all: the median arm, so that no neighbour counts."""
    along = np.arange(NEAREST, FARTHEST, dtype=float)
    lengths = [_length(*_arm(layer, angle, x, y, along), along, settings["spike_sigma"][0]) for angle in angles]
    return float(np.median(lengths))


def _arm(layer: Layer, angle: float, x: float, y: float, along: Floats) -> tuple[Floats, Floats]:
    """Return the light along an arm above that beside it, smoothed, and its noise (DN)."""
    s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))

    def strip(across: float) -> NDArray[np.float64]:
        px, py = x - along * s + across * c, y + along * c + across * s
        return np.asarray(ndimage.map_coordinates(layer.image, (py, px), order=1, cval=np.nan, prefilter=False), float)

    inside = np.mean([strip(q) for q in (-1.0, 0.0, 1.0)], axis=0)
    beside = np.median([strip(float(q)) for q in SIDES], axis=0)
    light = ndimage.median_filter(inside - beside, SMOOTH)
    sigma = np.sqrt(layer.at(layer.var, x - along * s, y + along * c) * (1 / 3 + 1.5 / len(SIDES)))
    return light, sigma * CORRELATED * 1.2533 / np.sqrt(SMOOTH)


def _length(light: Floats, sigma: Floats, along: Floats, least: float) -> float:
    """Return where an arm ends: the first place, seen from the star, where it is lost in the noise."""
    with np.errstate(invalid="ignore"):
        lost = ~(light > least * sigma)
    return 0.0 if lost[0] else float(along[np.argmax(lost)] if lost.any() else along[-1])
