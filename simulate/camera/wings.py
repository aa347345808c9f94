"""The far light of a star: an aureole around the image that the seeing makes, and where seeing's own wings go on."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from schema.errors import BadFile

Array = NDArray[np.float64]

MODEL = "model"
LIGHT = 0.045  # of a star, in the aureole of the model
SCALE, POWER = 4.0, 2.5  # arcsec and exponent of the model: (1 + (r / SCALE)^2)^-POWER
STEP = 0.25  # arcsec, of the tabulated profile
REACH = 150.0  # arcsec; farther out there is no light
JOIN = (6.0, 18.0)  # arcsec; empirical images are believed between, and go on as the model beyond
PIXEL = "PIXSCALE"  # card of an empirical image: arcsec a pixel
TAIL = 11 / 3  # exponent of Kolmogorov seeing's wings


@dataclass(frozen=True)
class Wings:
    """Surface brightness of the aureole per unit of its light (1/arcsec^2) at steps of STEP, and its share of a star's
    light."""

    profile: Array
    light: float

    def at(self, radius: NDArray[Any]) -> Array:
        """Return the surface brightness at radii (arcsec) per unit of a star's whole flux."""
        found: Array = self.light * np.interp(radius, np.arange(self.profile.size) * STEP, self.profile, right=0.0)
        return found


@cache
def wings(source: str, band: int) -> Wings:
    """Return the aureole of a band.

    Parameters
    ----------
    source : str
        "model", or a folder with empirical images psf_emp_2mass_[jhk].fits.gz.
    band : int

    Raises
    ------
    BadFile
        There is no such image, or it has no scale.
    """
    radius = np.arange(0.0, REACH, STEP)
    profile = (1 + (radius / SCALE) ** 2) ** -POWER
    if source == MODEL:
        return _normalised(radius, profile, LIGHT)
    measured = _measured(Path(source) / f"psf_emp_2mass_{'jhk'[band]}.fits.gz", radius)
    inside, outside = (np.searchsorted(radius, edge) for edge in JOIN)
    scale = measured[inside] / profile[inside]
    joined = np.where(radius < JOIN[0], profile * scale, measured)
    joined[outside:] = profile[outside:] * joined[outside - 1] / profile[outside - 1]
    light = float(2 * np.pi * np.sum(radius * joined) * STEP)
    return _normalised(radius, joined, light)


def _normalised(radius: Array, profile: Array, light: float) -> Wings:
    total = 2 * np.pi * np.sum(radius * profile) * STEP
    return Wings(profile / total, light)


def _measured(path: Path, radius: Array) -> Array:
    """Return the mean profile of an empirical image per unit of flux without a Gaussian for its core, which has the
    seeing of other nights, and without the plateau that its noise leaves."""
    if not path.is_file():
        raise BadFile(path, "not there; give a folder with psf_emp_2mass_[jhk].fits.gz, or take the model")
    with fits.open(path) as file:
        image, scale = np.asarray(file[0].data, float), file[0].header.get(PIXEL)
    if not isinstance(scale, int | float) or not scale > 0:
        raise BadFile(path, f"card {PIXEL} is {scale!r}, expected arcsec a pixel")
    y, x = np.indices(image.shape)
    middle = np.unravel_index(int(image.argmax()), image.shape)
    distance = np.hypot(y - middle[0], x - middle[1]) * scale
    plateau = np.median(image[distance > 0.95 * distance[middle[0]].max()])
    ring = np.round(distance / STEP).astype(int).ravel()
    mean = np.bincount(ring, (image - plateau).ravel()) / np.maximum(np.bincount(ring), 1)
    profile = np.minimum.accumulate(np.maximum(mean, 0.0))
    steps = np.arange(profile.size) * STEP
    flux = 2 * np.pi * np.sum(steps * profile) * STEP
    half = np.interp(-0.5 * profile[0], -profile, steps)
    profile = np.maximum(profile - profile[0] * np.exp(-np.log(2) * (steps / half) ** 2), 0.0)
    found: Array = np.interp(radius, steps, profile / flux, right=0.0)
    return found


def tail(radius: NDArray[Any]) -> Array:
    """Return the shape of the wings that Kolmogorov seeing leaves outside an image's table, 1 at 10 arcsec."""
    found: Array = (np.maximum(radius, 1.0) / 10.0) ** -TAIL
    return found
