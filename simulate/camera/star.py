"""What the coadd makes of a star on average over sub-pixel places: its width, its moments, the light in a circle."""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.camera.kernel import VARIANCE, kernel
from simulate.camera.optics import BOX, FINE, PITCH, Blur, star
from simulate.camera.wings import MODEL, wings
from simulate.mixtures import fit

Array = NDArray[np.float64]

STEP = PITCH / FINE  # arcsec, of the images here
CORE = 7.0  # arcsec; moments are taken of what lies nearer
SHAPES = tuple(np.round(np.concatenate((np.arange(0.94, 1.4, 0.04), np.arange(1.4, 2.7, 0.1))), 2).tolist())
RADII = tuple(range(1, 31))  # arcsec


@lru_cache(maxsize=4)  # 2 MB each
def image(blur: Blur, source: str = MODEL) -> Array:
    """Return the coadd's image of a star per unit of flux (1/arcsec^2), at steps of 1/8 arcsec; the star is at
    [256, 256]."""
    at = _steps()
    along = np.fft.fft(np.fft.ifftshift(kernel(at) / kernel(at).sum()))
    far = wings(source, blur.band)
    sharp = star(blur) * (1 - far.light) + far.at(np.hypot(at[:, None], at[None, :]))
    found: Array = np.fft.ifft2(np.fft.fft2(sharp) * along[:, None] * along[None, :]).real
    return found


def _steps() -> Array:
    return np.asarray((np.arange(BOX * FINE) - BOX * FINE // 2) * STEP, float)


def _places() -> tuple[Array, Array, Array]:
    at = _steps()
    return at[None, :], at[:, None], np.hypot(at[None, :], at[:, None])


def profile(blur: Blur, source: str = MODEL) -> tuple[Array, Array]:
    """Return radii (arcsec) and the surface brightness averaged around the star."""
    _, _, radius = _places()
    ring = np.round(radius / STEP).astype(int).ravel()
    count = np.bincount(ring)[: BOX * FINE // 2]
    mean = np.bincount(ring, image(blur, source).ravel())[: count.size] / count
    return np.asarray(np.arange(count.size) * STEP, float), mean


@lru_cache(maxsize=1000)
def measured_shape(blur: Blur) -> float:
    """Return the seeing shape of the coadd's image: full width at half maximum over that of shape 1."""
    radius, mean = profile(blur)
    below = int(np.argmax(mean < 0.5 * mean.max()))
    half = np.interp(-0.5 * mean.max(), -mean[below - 1 : below + 1], radius[below - 1 : below + 1])
    return float(2 * half / defaults()["fwhm_per_shape"][0])


@lru_cache(maxsize=1000)
def moment_ratio(blur: Blur) -> float:
    """Return the ratio of the smaller to the larger second moment of the core."""
    x, y, radius = _places()
    core = np.where(radius < CORE, image(blur) * np.exp(-0.5 * (radius / 3) ** 2), 0.0)
    moments = [float(np.sum(core * place**2)) for place in (x, y)]
    return min(moments) / max(moments)


@cache
def _growth() -> Array:
    """Return the share of light in circles of RADII at the tabulated SHAPES, in J."""
    _, _, radius = _places()
    found = np.empty((len(SHAPES), len(RADII)))
    for i, shape in enumerate(SHAPES):
        light = image(Blur(0, shape)) * STEP**2
        order = np.argsort(radius, axis=None)
        growth = np.cumsum(light.ravel()[order])
        found[i] = growth[np.searchsorted(radius.ravel()[order], RADII, side="right") - 1]
    return found


def fraction(shape: float | Array, radius: int = 4) -> Array:
    """Return the share of a star's light in a circle (whole arcsec), for seeing shapes."""
    return np.asarray(np.interp(shape, SHAPES, _growth()[:, RADII.index(radius)]), float)


@cache
def gaussians(shape: float, source: str = MODEL) -> tuple[Array, Array]:
    """Return weights (sum 1) and widths (arcsec) of Gaussians that make the coadd's image of a star in J."""
    radius, mean = profile(Blur(0, shape), source)
    used = (radius > 0) & (radius < 25)
    smallest = np.sqrt(VARIANCE) + 0.1
    return fit(radius[used], mean[used], np.geomspace(smallest, 14.0, 16), wings=True)


class Reference:
    """The coadd's image of a star at one seeing shape, as Gaussians; they are fitted when they are first asked for."""

    def __init__(self, shape: float) -> None:
        self.shape = shape

    @property
    def weight(self) -> Array:
        """Weights of the Gaussians, of sum 1."""
        return gaussians(self.shape)[0]

    @property
    def sx(self) -> Array:
        """Widths of the Gaussians, arcsec."""
        return gaussians(self.shape)[1]

    def fraction(self, radius: float) -> float:
        """Return the share of the light in a circle (arcsec)."""
        return float(self.weight @ -np.expm1(-0.5 * (radius / self.sx) ** 2))


@cache
def frame_gaussians(shape: float, source: str = MODEL) -> tuple[Array, Array]:
    """Return weights and widths (arcsec) of Gaussians that make the image of a star in a frame, pixels included."""
    weight, width = gaussians(shape, source)
    return weight, np.sqrt(np.maximum(width**2 - VARIANCE, 0.02))
