"""What a fault does to a scan: to its stars' shapes, brightness and places, and to its numbers."""

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.camera.optics import TO_FWHM, Blur
from simulate.camera.star import measured_shape, moment_ratio
from simulate.camera.tables import rounded
from simulate.conditions import Conditions, shape_along
from simulate.faults.draw import Fault

Array = NDArray[np.float64]

TRAIL = 3.0  # times the strength of bad tracking is the length of a trail, arcsec
RING, RING_GROWTH = 0.5, 3.5  # arcsec, radius of the ring of a scan out of focus, and its growth with strength


def seeing_along(fault: Fault | None, conditions: Conditions, i: int, band: int, v: Array) -> Array:
    """Return the seeing shape at places along scan `i` (v from -1 to 1), without what defocus adds."""
    shape = shape_along(conditions.shape[i, band], conditions.track[i, band], v)
    if fault is None:
        return shape
    match fault.kind:
        case "seeing":
            return shape + fault.strength
        case "untracked":
            rise = 1 / (1 + np.exp(-(v * fault.detail["end"] + 0.1) / 0.15))  # over more than 900 arcsec
            return shape + fault.strength * rise
    return shape


def stretch_at(conditions: Conditions, i: int, band: int, u: Array, fault: Fault | None = None) -> Array:
    """Return the astigmatism (arcsec^2, positive across the scan) at places across the array, u from -1 to 1."""
    middle, growth = conditions.stretch[i, band]
    if fault is None or fault.kind != "defocus":
        found: Array = middle + growth * u
        return found
    ring = _ring(fault)
    variance = _variance(conditions.shape[i, band]) + ring**2 / 4
    ratio = 1 - fault.strength
    return np.full_like(u, fault.detail["sign"] * variance * (1 - ratio) / ratio)


def _ring(fault: Fault) -> float:
    """Return the radius (arcsec) of the ring that a star out of focus is."""
    return RING + RING_GROWTH * fault.strength


def _variance(shape: float) -> float:
    """Return the variance (arcsec^2) along one axis of a star's core."""
    return float((defaults()["fwhm_per_shape"][0] * shape) ** 2 / TO_FWHM)


def blurred(fault: Fault | None, band: int, shape: float, stretch: float) -> Blur:
    """Return the image of a star of a scan with a fault."""
    ring = _ring(fault) if fault is not None and fault.kind == "defocus" else 0.0
    trail = (
        TRAIL * fault.strength if fault is not None and fault.kind == "tracking" and fault.detail["smeared"] else 0.0
    )
    return Blur(band, shape, stretch, ring, trail)


def seen_star(fault: Fault | None, conditions: Conditions, i: int, band: int) -> tuple[float, float, float]:
    """Return what a pipeline sees of a scan's stars: mean seeing shape and its rms, ratio of the second moments.

    It does not see that the seeing left the track: it takes that of one end for the whole scan.
    """
    shape = seeing_along(fault, conditions, i, band, np.linspace(-1, 1, 49))
    middle = stretch_at(conditions, i, band, np.zeros(1), fault)[0]
    if fault is not None and fault.kind == "untracked":
        calm = shape[:12] if fault.detail["end"] > 0 else shape[-12:]
        return float(calm.mean()), float(shape.std()), _ratio(calm.mean(), middle)
    if fault is not None and (fault.kind == "defocus" or fault.detail.get("smeared")):
        star = rounded(blurred(fault, band, float(shape.mean()), float(middle)))
        ratio = 1 - fault.strength if fault.kind == "defocus" else moment_ratio(star)
        return measured_shape(star), float(shape.std()), ratio
    return float(shape.mean()), float(shape.std()), _ratio(shape.mean(), middle)


def _ratio(shape: float, stretch: float) -> float:
    """Return the ratio of the second moments of a star's core."""
    variance = _variance(shape)
    return float((variance - abs(stretch) / 2) / (variance + abs(stretch) / 2))


def transparency(fault: Fault | None, v: Array) -> Array:
    """Return the fraction of light that arrives, at places along the scan (v from -1 to 1)."""
    if fault is None or fault.kind != "cloud":
        return np.ones_like(v)
    wave = 0.6 + 0.4 * np.sin(5.0 * v + 7 * fault.strength)
    return 1 - fault.strength * wave


def extra_noise(fault: Fault | None) -> float:
    """Return the factor on the noise of a spoiled scan: clouds glow."""
    return 1.0 + 0.8 * fault.strength if fault is not None and fault.kind == "cloud" else 1.0


def displacement(fault: Fault | None, y: Array) -> tuple[Array, Array]:
    """Return how far (arcsec, x and y) an image shows stars from where the scan's own positions say."""
    dx, dy = np.zeros_like(y), np.zeros_like(y)
    if fault is None:
        return dx, dy
    if fault.kind == "mispointed":
        return dx + fault.strength * np.cos(fault.detail["angle"]), dy + fault.strength * np.sin(fault.detail["angle"])
    if fault.kind == "tracking" and not fault.detail["smeared"]:
        after = y > fault.detail["row"]
        return np.where(after, 0.8 * fault.strength, 0.0), np.where(after, 0.6 * fault.strength, 0.0)
    return dx, dy


def header_shift(fault: Fault | None, band: int) -> float:
    """Return the error (mag) that a wrong calibration puts into the header's zero point."""
    wrong = fault is not None and fault.kind == "zeropoint" and band in fault.bands
    return fault.strength if wrong and fault is not None else 0.0


def told(fault: Fault | None, band: int) -> Fault | None:
    """Return the fault as one band sees it: None where the band is not spoiled."""
    return fault if fault is not None and band in fault.bands else None
