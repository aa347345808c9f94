"""How deep a stack is: its noise in empty apertures, measured and predicted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.background import background
from combine.measure.psf import Psf
from combine.stack.noise import plane_noise

Plane = NDArray[np.float32]
RADIUS = 4.0


@dataclass(frozen=True)
class Depth:
    """Depth of one stack; DN and magnitudes at median coverage.

    noise_aper : scatter of empty apertures of 4 arcsec
    noise_predicted : the same from the noises and weights of the scans
    m5 : magnitude of a star of five times noise_aper in the aperture, corrected to its total
    """

    fwhm: float
    noise_pixel: float
    noise_aper: float
    noise_predicted: float
    m5: float

    def at(self, noise_factor: float) -> float:
        """Return m5 where the noise is so many times that at median coverage."""
        return float(self.m5 - 2.5 * np.log10(noise_factor))


def source_mask(image: Plane, var: Plane) -> NDArray[np.bool_]:
    """Return the pixels that light of sources reaches: 2.5 sigma in the smoothed stack, grown by 3 pixels."""
    blank = ~np.isfinite(image)
    light = np.where(blank, np.float32(0), image - background(image))
    smooth = ndimage.gaussian_filter(light, 1.3)
    noise = np.sqrt(np.where(np.isfinite(var), var, np.inf))
    return np.asarray(ndimage.binary_dilation(smooth > 2.5 * noise, iterations=3) | blank)


def measure_depth(image: Plane, var: Plane, ratio: float, magzp: float, sources: NDArray[np.bool_], psf: Psf) -> Depth:
    """Measure a stack.

    Parameters
    ----------
    image, var : (ny, nx) DN and variance of a pixel
    ratio : noise of an aperture over that of a pixel, from the scans
    sources : pixels no empty aperture may touch
    psf : its point-spread function
    """
    light = (image - background(image, mask=sources)).astype(np.float32)
    pixel = float(np.sqrt(np.nanmedian(var)))
    unit = (light / np.sqrt(var)).astype(np.float32) * np.float32(pixel)
    measured = plane_noise(unit, ~sources)
    m5 = magzp - 2.5 * np.log10(5 * measured / psf.growth(RADIUS)) if measured > 0 else np.nan
    return Depth(psf.fwhm, pixel, measured, ratio * pixel, float(m5))


def difference_scatter(
    north: tuple[Plane, Plane], south: tuple[Plane, Plane], ratio: float, sources: NDArray[np.bool_]
) -> float:
    """Return the scatter of empty apertures on N - S over its prediction from the noises and weights of the scans.

    Parameters
    ----------
    north, south : image and variance of a pixel
    ratio : noise of an aperture over that of a pixel, from the scans
    sources : pixels no aperture may touch
    """
    unit = ((north[0] - south[0]) / np.sqrt(north[1] + south[1])).astype(np.float32)
    return plane_noise(unit, ~sources & np.isfinite(unit)) / ratio
