"""Photometry at given places, with the errors that the noise of the stacks makes true: circles, and fits of stars."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray
from scipy import ndimage

from combine.extract.images import Band, Layer
from combine.extract.neighbours import Model
from combine.extract.sky import THINNED, above_true_sky
from combine.measure.aperture import Floats, annulus
from combine.measure.empty import empty_places
from combine.measure.growth import circles, curve_of_growth
from combine.measure.robust import robust_sigma
from schema.settings import Settings

EMPTY = 2000
SEED = 20010
BRIGHT_SIGMA = 30.0
"""Empty places keep off pixels that sources light this much over the noise."""
APERTURE_NOISE = 2.2
"""Noise of an aperture over that of a fit."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Photometry:
    """Fluxes (DN) of one stack, with their own error and the part of it that other directions share."""

    flux: Floats
    sigma: Floats
    common: Floats

    def column(self, number: int) -> "Photometry":
        """Return one of several circles."""
        return Photometry(self.flux[:, number], self.sigma[:, number], self.common[:, number])

    @property
    def pair(self) -> tuple[Floats, Floats]:
        """The fluxes and their whole errors."""
        return self.flux, np.hypot(self.sigma, self.common)

    def times(self, factor: float | Floats) -> "Photometry":
        """Return the same in another unit."""
        return Photometry(self.flux * factor, self.sigma * factor, self.common * factor)


@dataclass(frozen=True)
class Stack:
    """What one stack tells of the sources.

    circles : fluxes in circles of growing radius, neighbours and sky taken off; (sources, radii)
    psf : total fluxes of stars fitted with their neighbours, sky taken off
    sky : DN a pixel after neighbours are taken off
    sky_raw : DN a pixel, the plain median of the annulus
    raw : (sources, radii) DN above that in the circles, neighbours as they are
    growth : part of a star's light in the circles
    """

    circles: Photometry
    psf: Photometry
    sky: Floats
    sky_raw: Floats
    raw: Floats
    growth: Floats


@dataclass(frozen=True)
class Places:
    """Where fluxes are measured, pixels; `sigma` is the error of a place along one axis, 0 where it is not known."""

    x: Floats
    y: Floats
    sigma: Floats


@dataclass(frozen=True)
class Noise:
    """What makes the error of a flux without source: of circles (radii,) and of fits.

    image : noise of a pixel over the root of its variance
    pixel : noise of a circle over the root of its mean variance of a pixel
    confusion : DN; what faint sources nobody sees add, the same in N and S
    fit : noise of a fit over that which the filter expects
    fit_confusion : DN; confusion of a fit
    """

    image: float
    pixel: Floats
    confusion: Floats
    fit: float
    fit_confusion: float


def radii(settings: Settings) -> tuple[int, int]:
    """Return the smallest radius (pixels) of the circles and their number; each is a pixel wider than the last."""
    first, last = (round(radius) for radius in settings["aper_radii"])
    return first, last - first + 1


def main_circle(settings: Settings) -> int:
    """Return the number of the circle whose magnitudes are the list's."""
    return round(settings["aper_radius"][0]) - radii(settings)[0]


def photometry(layer: Layer, found: Model, places: Places, noise: Noise, settings: Settings) -> Stack:
    """Measure all sources, neighbours and sky taken off.

    Parameters
    ----------
    layer, found : a stack and the models of its sources
    places : of the sources
    noise : of empty places

    The sky is the median of the annulus on the residual, where no source is left, less what faint sources nobody sees
    lift it by. What is blank in a circle makes its flux NaN.
    """
    x, y = places.x, places.y
    growth = curve_of_growth(layer.psf, *radii(settings))
    ring = settings["sky_annulus"]
    left, drawn = (circles(image, x, y, *radii(settings)) for image in (found.residual, found.image))
    plain = annulus(layer.image, x, y, ring[0], ring[1])
    sky = annulus(found.residual, x, y, ring[0], ring[1]) - above_true_sky(found.residual, layer.var, noise.image)
    own = np.nan_to_num(found.flux)[:, None] * growth
    flux = left.sum - sky[:, None] * left.area + own
    others = np.abs(drawn.sum - own)
    electrons = settings["gain"][0] * settings["frames"][0] * np.maximum(layer.at(layer.count, x, y), 1)
    light = np.maximum(flux + others, 0) / electrons[:, None]
    floor, wrong = settings["flux_floor"][0], settings["neighbour_error"][0]
    var = layer.at(layer.var, x, y)[:, None]
    with np.errstate(invalid="ignore"):
        sigma = np.sqrt(noise.pixel**2 * var + light)
        common = np.sqrt(noise.confusion**2 + (floor * flux) ** 2 + (wrong * others) ** 2)
    fits = _fits(layer, found, sky, electrons, noise, settings).times(_at_the_top(places.sigma, layer))
    whole = flux[:, main_circle(settings)] / growth[main_circle(settings)]
    fitted = fits.times(fit_drift(whole, fits, found, y / layer.image.shape[0], settings))
    raw = left.sum + drawn.sum - plain[:, None] * left.area
    return Stack(Photometry(flux, sigma, common), fitted, sky, plain, raw, growth)


def _at_the_top(sigma: Floats, layer: Layer) -> Floats:
    """Return what fits have to be multiplied with because noise moves places to where it makes the source highest.

    A place with an error of `sigma` pixels was found with a signal to noise (of all bands) of S = position / sigma; the
    flux there is too high by the part 1 / S^2. Places that are given have no error.
    """
    return np.asarray(1 - np.minimum((sigma / layer.profile.position) ** 2, 0.1))


def _fits(layer: Layer, found: Model, sky: Floats, electrons: Floats, noise: Noise, settings: Settings) -> Photometry:
    """Return the fluxes of the fits above the local sky, and their errors."""
    flux = found.flux - sky * float(layer.filter.kernel.sum())
    floor, wrong = settings["fit_floor"][0], settings["fit_neighbour_error"][0]
    with np.errstate(invalid="ignore"):
        sigma = np.sqrt((noise.fit * found.sigma) ** 2 * found.crowding + np.maximum(flux, 0) / electrons)
        common = np.sqrt(noise.fit_confusion**2 + (floor * flux) ** 2 + (wrong * found.beside) ** 2)
    return Photometry(flux, sigma, common)


def fit_drift(whole: Floats, fits: Photometry, found: Model, along: Floats, settings: Settings) -> Floats:
    """Return what fits have to be multiplied with so that they agree with apertures all along the field.

    Parameters
    ----------
    whole : DN; fluxes of the aperture over the part of a star's light in it
    fits : of the same sources
    found : their models: bright ones without a neighbour count
    along : the scan, 0 to 1

    Seeing and focus change along a scan, at the same places in many: one star image for the whole field is too wide
    here and too narrow there. The change is a polynomial of some degree at most (`fit_drift`), of fewer with few stars.
    """
    least, degree, stars = settings["fit_drift"]
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = whole / fits.flux
        good = (found.snr > least) & (found.beside < 0.02 * fits.flux) & (np.abs(ratio - 1) < 0.2)
    degree = min(int(degree), int(good.sum() / stars) - 1)
    if degree < 0:
        return np.ones_like(whole)
    terms, value = legvander(2 * along - 1, degree), np.where(good, ratio, 1.0)
    weight = np.where(
        good, 1 / (1 / np.maximum(found.snr, 1) ** 2 * APERTURE_NOISE**2 + settings["fit_floor"][0] ** 2), 0.0
    )
    for _ in range(4):
        fit = np.linalg.lstsq(
            terms[good] * np.sqrt(weight[good])[:, None], value[good] * np.sqrt(weight[good]), rcond=None
        )[0]
        misfit = (value - terms @ fit) * np.sqrt(weight)
        good = (weight > 0) & (np.abs(misfit) <= 3 * max(robust_sigma(misfit[weight > 0]), 1e-9))
    return np.asarray(terms @ fit)


def combined(parts: list[Photometry]) -> tuple[Floats, Floats]:
    """Return the inverse-variance mean of the fluxes of N and S and its error; a blank one is left out."""
    flux = np.stack([part.flux for part in parts], axis=-1)
    own = np.stack([part.sigma for part in parts], axis=-1)
    common = np.stack([part.common for part in parts], axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(np.isfinite(flux) & (own > 0), own**-2.0, 0)
        total = weight.sum(axis=-1)
        mean = np.sum(np.where(weight > 0, flux, 0) * weight, axis=-1) / total
        shared = np.sum(np.where(weight > 0, common, 0) * weight, axis=-1) / total
        sigma = np.sqrt(1 / total + shared**2)
    known = total > 0
    return np.where(known, mean, np.nan), np.where(known, sigma, np.nan)


def mean_of(values: list[Floats], weights: list[Floats]) -> Floats:
    """Return the weighted mean of what N and S tell; a blank one is left out."""
    known = [np.where(np.isfinite(v) & np.isfinite(w), w, 0.0) for v, w in zip(values, weights, strict=True)]
    total = np.sum(known, axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sum(np.nan_to_num(v) * w for v, w in zip(values, known, strict=True)) / total)


def measure_noise(band: Band, models: dict[str, Model], settings: Settings) -> Noise:
    """Measure the noise of circles and fits in the empty parts of a band.

    The difference N - S knows no sky: it gives the noise. What the mean of both residuals scatters more is confusion.
    With one direction alone, or where N and S do not overlap, the residual gives both as noise.
    """
    lit = np.max([found.image for found in models.values()], axis=0) > BRIGHT_SIGMA * np.sqrt(band.both.var)
    avoid = np.asarray(ndimage.binary_dilation(lit, iterations=3))
    layers, left = band.directions, {letter: found.residual for letter, found in models.items()}
    var_n, var_s = (layers.get(letter, band.both).var for letter in "ns")
    if len(models) == 1 or not np.isfinite(var_n + var_s).any():
        letter = max(models, key=lambda one: int(np.isfinite(left[one]).sum()))
        alone = _scatter(left[letter] / np.sqrt(layers[letter].var), avoid, settings)
        return Noise(1.0, alone, np.zeros_like(alone), 1.0, 0.0)
    var = 1 / (1 / var_n + 1 / var_s)
    usual = float(np.nanmedian(var))
    difference = (left["n"] - left["s"]) / np.sqrt(var_n + var_s)
    pixel = _scatter(difference, avoid, settings)
    total = _scatter((left["n"] / var_n + left["s"] / var_s) * np.sqrt(var), avoid, settings)
    fit, fit_total, sigma = _fit_scatter(layers, models, avoid)
    image = robust_sigma(difference[::THINNED, ::THINNED])
    return Noise(image, pixel, _excess(total, pixel) * np.sqrt(usual), fit, float(_excess(fit_total, fit)) * sigma)


def _excess(total: Floats | float, part: Floats | float) -> Floats:
    """Return what has to be added to a scatter, in quadrature, to make the total one."""
    return np.asarray(np.sqrt(np.maximum(np.square(total) - np.square(part), 0.0)))


def _scatter(unit: NDArray[np.floating[Any]], avoid: Mask, settings: Settings) -> Floats:
    """Return the scatter of empty circles on an image in units of its pixel noise."""
    image = unit.astype(np.float32)
    x, y = empty_places(avoid | ~np.isfinite(image), EMPTY, SEED, settings["aper_radius"][0])
    inside = circles(image, x, y, *radii(settings))
    flux = (
        inside.sum - annulus(image, x, y, settings["sky_annulus"][0], settings["sky_annulus"][1])[:, None] * inside.area
    )
    return np.array([robust_sigma(one) for one in flux.T])


def _fit_scatter(layers: dict[str, Layer], models: dict[str, Model], avoid: Mask) -> tuple[float, float, float]:
    """Return the scatter of fits at empty places on N - S and on N + S, over the expected one, and that (DN)."""
    north, south = (models[letter].left for letter in "ns")
    x, y = empty_places(avoid | ~np.isfinite(north + south), EMPTY, SEED, 4.0)
    sigma = np.stack([layers[letter].flux_sigma(x, y) for letter in "ns"])
    flux = sigma * np.stack([Layer.at(image, x, y) for image in (north, south)])
    both = 1 / np.sqrt(np.sum(sigma**-2.0, axis=0))
    difference = (flux[0] - flux[1]) / np.sqrt(np.sum(sigma**2, axis=0))
    mean = np.sum(flux / sigma**2, axis=0) * both
    return robust_sigma(difference), robust_sigma(mean), float(np.median(both))
