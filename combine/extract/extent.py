"""Star or galaxy: how extended a source is, and how likely it is a star, by that and by its colour."""

from dataclasses import dataclass

import numpy as np
from scipy import fft, ndimage, signal
from scipy.stats import norm

from combine.extract.images import Layer
from combine.extract.kernel import inner_products
from combine.extract.neighbours import Model
from combine.measure.aperture import Floats
from combine.measure.noise import SIZE, detection_filter
from combine.measure.psf import Psf
from combine.measure.render import OVERSAMPLE, RADIUS
from schema.settings import Settings

HALF = 10
"""Pixels around a source that tell its extent."""
EXPONENTIAL = 1.678
"""Half-light radius of an exponential disc over its scale."""
WELL_SEEN = 30.0
"""Signal to noise of the sources that tell what stars have."""


@dataclass(frozen=True)
class Extents:
    """How extended sources are: 0 for stars, 1 for a small galaxy of the template's size; with errors."""

    value: Floats
    sigma: Floats


@dataclass(frozen=True)
class ExtentFilter:
    """A filter blind to stars: its sum over a template galaxy is the flux that a star's fit takes it for.

    fine : four times finer than the pixels, HALF pixels around
    sigma : noise of the sum where the image's noise is 1
    total : of its pixels: what a sky of 1 gives
    """

    fine: Floats
    sigma: float
    total: float


def extents(
    layer: Layer, power: Floats, found: Model, x: Floats, y: Floats, sky: Floats, settings: Settings
) -> Extents:
    """Measure the extent of all sources on one stack, neighbours and sky taken off.

    Parameters
    ----------
    layer, found : a stack and the models of its sources
    power : noise power spectrum of the band
    x, y : pixels
    sky : DN under each source

    A star's fit leaves a ring and a core of a galaxy; what it leaves is weighed with the filter that separates a small
    galaxy from a star best in this noise.
    """
    made = extent_filter(layer.psf, power, layer.filter.kernel, settings["extent_radius"][0])
    sums = np.empty(x.size)
    inner_products(found.residual, made.fine, np.nan_to_num(x, nan=-1e3), np.nan_to_num(y, nan=-1e3), HALF, sums)
    wrong = settings["fit_neighbour_error"][0]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = (sums - sky * made.total) / found.flux
        noise = np.hypot(made.sigma * np.sqrt(layer.at(layer.var, x, y)), wrong * found.beside)
        sigma = np.hypot(noise / found.flux, settings["extent_floor"][0])
    seen = found.flux > 0
    value, sigma = np.where(seen, value, np.nan), np.where(seen, sigma, np.nan)
    return Extents(value - _of_stars(value, found.snr), sigma)


def extent_filter(psf: Psf, power: Floats, star: Floats, radius: float) -> ExtentFilter:
    """Make the filter from the kernel `star` that finds stars and that which finds discs of half-light `radius`."""
    galaxy = _disc(psf, radius)
    kernel = detection_filter(galaxy, power).kernel
    kernel = kernel / float(np.sum(kernel * psf.stamp())) - star / float(np.sum(star * psf.stamp()))
    inside = np.hypot(*(np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1])) <= HALF
    kernel = np.where(inside, kernel, 0)
    kernel -= star * inside * float(np.sum(kernel * psf.stamp())) / float(np.sum(star * inside * psf.stamp()))
    kernel *= float(np.sum(star * galaxy)) / float(np.sum(kernel * galaxy))
    padded = np.zeros((SIZE, SIZE))
    padded[: SIZE - 1, : SIZE - 1] = kernel
    sigma = float(np.sqrt(np.mean(np.abs(fft.fft2(padded)) ** 2 * power)))
    axis = RADIUS + np.arange(-OVERSAMPLE * (HALF + 1), OVERSAMPLE * (HALF + 1) + 1) / OVERSAMPLE
    fine = ndimage.map_coordinates(kernel, np.meshgrid(axis, axis, indexing="ij"), order=3)
    return ExtentFilter(fine, sigma, float(kernel.sum()))


def _disc(psf: Psf, radius: float) -> Floats:
    """Return the image of an exponential disc of unit flux, as large as a stamp."""
    middle = psf.fine.shape[0] // 2
    axis = np.arange(-middle, middle + 1) / OVERSAMPLE
    light = np.exp(-np.hypot(*np.meshgrid(axis, axis)) * EXPONENTIAL / radius)
    fine = signal.fftconvolve(psf.fine, light / light.sum(), mode="same")
    first = middle - OVERSAMPLE * RADIUS
    image = fine[
        first : middle + OVERSAMPLE * RADIUS + 1 : OVERSAMPLE, first : middle + OVERSAMPLE * RADIUS + 1 : OVERSAMPLE
    ]
    return np.asarray(image / image.sum())


def _of_stars(value: Floats, snr: Floats) -> float:
    """Return the usual extent of well seen sources, which are stars: what the measured star image is wrong by."""
    with np.errstate(invalid="ignore"):
        value = value[(snr >= WELL_SEEN) & (np.abs(value) < 0.5)]
    for _ in range(3):
        if value.size < 10:
            return 0.0
        middle = float(np.median(value))
        value = value[np.abs(value - middle) <= 3 * 1.4826 * np.median(np.abs(value - middle))]
    return middle


def mean_extents(parts: list[Extents]) -> Extents:
    """Join what stacks and bands tell, by their errors; NaN where none tells."""
    value, sigma = (np.array([getattr(part, name) for part in parts]) for name in ("value", "sigma"))
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(np.isfinite(value) & (sigma > 0), sigma**-2.0, 0.0)
        total = weight.sum(axis=0)
        mean = np.sum(np.nan_to_num(value) * weight, axis=0) / total
    known = total > 0
    with np.errstate(divide="ignore"):
        return Extents(np.where(known, mean, np.nan), np.where(known, total**-0.5, np.nan))


def star_probability(found: Extents, settings: Settings) -> Floats:
    """Return the probability that sources are stars, from their extents; NaN where unknown.

    Stars have none; those of galaxies fall exponentially from 0 on. Both are smeared by the error.
    """
    mean, share = settings["extent_galaxy"][0], settings["galaxy_share"][0]
    with np.errstate(invalid="ignore", over="ignore"):
        e, s = found.value, found.sigma
        star = norm.logpdf(e, 0, s)
        galaxy = s**2 / (2 * mean**2) - e / mean + norm.logcdf(e / s - s / mean) - np.log(mean)
    return _posterior(galaxy - star, share)


def with_colour(probability: Floats, colour: Floats, error: Floats, settings: Settings) -> Floats:
    """Return the probability that sources are stars, J - Ks (mag) known as well; as before where that is not known."""
    (star, wide), (galaxy, wider) = settings["star_jk"], settings["galaxy_jk"]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = norm.logpdf(colour, galaxy, np.hypot(wider, error)) - norm.logpdf(colour, star, np.hypot(wide, error))
        odds = np.log(1 - probability) - np.log(probability)
        joined = 1 / (1 + np.exp(np.clip(odds + ratio, -50, 50)))
    return np.asarray(np.where(np.isfinite(ratio), joined, probability))


def _posterior(log_ratio: Floats, share: float) -> Floats:
    """Return the probability of a star from the logarithm of the likelihoods, galaxy over star."""
    odds = np.log(share / (1 - share)) + log_ratio
    with np.errstate(invalid="ignore"):
        return np.asarray(1 / (1 + np.exp(np.clip(odds, -50, 50))))
