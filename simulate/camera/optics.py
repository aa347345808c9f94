"""The image of a star in a frame: atmosphere, telescope and the pixels' own response, as a transfer function."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import j0, j1

from schema.settings import defaults
from simulate.camera.kernel import REACH, kernel

Array = NDArray[np.float64]

PITCH = 2.0  # arcsec, of a pixel
FINE = 16  # samples a pixel
BOX = 32  # pixels, side of the square in which an image is made
APERTURE = 1.3  # m
WAVELENGTH = (1.235, 1.662, 2.159)  # micron, J H Ks
DROP = 0.50  # of a pixel's response from its middle to its edge, along one axis: makes the floor of photometry
ABERRATION = 0.02  # arcsec^2, variance of the telescope's own blur along either axis
TO_FWHM = 8 * np.log(2)  # of a Gaussian: square of the full width at half maximum over the variance


@dataclass(frozen=True)
class Blur:
    """What a star looks like: band (0 to 2), seeing shape of the coadd, variance (arcsec^2) that astigmatism adds along
    x (positive) or along the scan (negative), radius of a ring of defocus and length of a trail along the scan
    (arcsec)."""

    band: int
    shape: float
    stretch: float = 0.0
    ring: float = 0.0
    trail: float = 0.0


def response(offset: Array) -> Array:
    """Return the response of a pixel along one axis, at distances (in pixels) from its middle; its integral is 1."""
    inside = np.abs(offset) <= 0.5
    return np.where(inside, (1 - DROP * (2 * offset) ** 2) / (1 - DROP / 3), 0.0)


@cache
def _frequencies() -> tuple[Array, Array]:
    """Return the frequencies (cycles per arcsec) along x and y of an image's half-plane transform."""
    n, step = BOX * FINE, PITCH / FINE
    return np.asarray(np.fft.rfftfreq(n, step)[None, :], float), np.asarray(np.fft.fftfreq(n, step)[:, None], float)


@cache
def _pixel() -> Array:
    """Return the transfer function of the pixel's response."""
    at = (np.arange(400) + 0.5) / 400 - 0.5
    weight = response(at)

    def along(k: Array) -> Array:
        found: Array = (weight * np.cos(2 * np.pi * k.ravel()[:, None] * PITCH * at)).mean(axis=1)
        return found.reshape(k.shape)

    kx, ky = _frequencies()
    return along(kx) * along(ky)


def telescope(k: Array, band: int) -> Array:
    """Return the transfer function of diffraction and of the telescope's blur, round, at frequencies (1/arcsec)."""
    cut = APERTURE / (WAVELENGTH[band] * 1e-6) / np.degrees(1) / 3600
    nu = np.minimum(k / cut, 1.0)
    diffraction = 2 / np.pi * (np.arccos(nu) - nu * np.sqrt(1 - nu * nu))
    found: Array = diffraction * np.exp(-2 * np.pi**2 * ABERRATION * k * k)
    return found


def atmosphere(k: Array, fwhm: Array | float) -> Array:
    """Return the transfer function of Kolmogorov turbulence of a full width at half maximum (arcsec)."""
    found: Array = np.exp(-3.44 * (np.asarray(fwhm) / 0.976 * k) ** (5 / 3))
    return found


@cache
def seeing_of_shape(band: int) -> tuple[Array, Array]:
    """Return the atmosphere's widths (arcsec) and the seeing shapes of coadds that they give, growing."""
    k, dk = np.linspace(0, 2.5, 1500, retstep=True)
    radius = np.arange(0, 6.0, 0.01)
    bessel = j0(2 * np.pi * np.outer(radius, k)) * k
    rest = telescope(k, band) * _ring_average(k)
    widths = np.concatenate(([0.0], np.geomspace(0.1, 8.0, 60)))
    shapes = np.empty_like(widths)
    for i, width in enumerate(widths):
        profile = bessel @ (rest * atmosphere(k, width)) * dk
        half = np.interp(-0.5 * profile[0], -profile, radius)
        shapes[i] = 2 * half / defaults()["fwhm_per_shape"][0]
    return widths, shapes


def _ring_average(k: Array) -> Array:
    """Return the transfer function of pixel and coadding kernel, averaged over directions."""
    at = (np.arange(200) + 0.5) / 200 - 0.5
    distance = 2 * REACH * at
    angle = (np.arange(12) + 0.5) * np.pi / 24

    def along(weight: Array, place: Array, q: Array) -> Array:
        found: Array = (weight * np.cos(2 * np.pi * q[:, None] * place)).sum(axis=1) / weight.sum()
        return found

    total = np.zeros_like(k)
    for a in angle:
        one = np.ones_like(k)
        for q in (k * np.cos(a), k * np.sin(a)):
            one *= along(response(at), PITCH * at, q) * along(kernel(distance), distance, q)
        total += one / angle.size
    return total


def seeing(shape: float, band: int) -> float:
    """Return the atmosphere's width (arcsec) for a seeing shape of the coadd, 0 below what camera and coadd allow."""
    widths, shapes = seeing_of_shape(band)
    return float(np.interp(shape, shapes, widths))


def star(blur: Blur) -> Array:
    """Return the image of a star as the pixels sample it: surface brightness per unit of flux (1/arcsec^2).

    Returns
    -------
    (512, 512) array
        At steps of 1/16 pixel; the star is at [256, 256].
    """
    kx, ky = _frequencies()
    k2 = kx * kx + ky * ky
    k = np.sqrt(k2)
    grid = np.linspace(0, float(k.max()), 4000)
    width = np.sqrt(max(0.0, seeing(blur.shape, blur.band) ** 2 - TO_FWHM * abs(blur.stretch) / 2))
    round_part = telescope(grid, blur.band) * atmosphere(grid, width)
    transfer = np.interp(k, grid, round_part) * _pixel()
    longer = kx * kx if blur.stretch > 0 else ky * ky
    transfer *= np.exp(-2 * np.pi**2 * abs(blur.stretch) * longer)
    if blur.ring > 0:
        transfer *= _annulus(k, blur.ring)
    if blur.trail > 0:
        transfer *= np.sinc(blur.trail * (ky + 0.3 * kx))
    n, step = BOX * FINE, PITCH / FINE
    image: Array = np.fft.fftshift(np.fft.irfft2(transfer, (n, n))) / step**2
    return image


def _annulus(k: Array, outer: float) -> Array:
    """Return the transfer function of an out-of-focus pupil: an annulus with a hole of a third of its radius."""
    inner = outer / 3
    x = 2 * np.pi * np.maximum(k, 1e-9)
    found: Array = 2 * (outer * j1(outer * x) - inner * j1(inner * x)) / (x * (outer**2 - inner**2))
    return found
