"""Aperture photometry at given places, with the errors that the noise of the stacks makes true."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.extract.images import Band, Layer
from combine.extract.neighbours import Model
from combine.measure.aperture import Floats, annulus, aperture
from combine.measure.empty import empty_apertures
from schema.settings import Settings

EMPTY = 2000
SEED = 20010
BRIGHT_SIGMA = 30.0
"""Empty apertures keep off pixels that sources light this much over the noise."""


@dataclass(frozen=True)
class Noise:
    """What makes the error of an aperture flux without source.

    pixel : noise of an aperture over the root mean variance of its pixels
    confusion : DN; what faint sources nobody sees add, the same in N and S
    """

    pixel: float
    confusion: float


@dataclass(frozen=True)
class Photometry:
    """Aperture fluxes (DN) of one stack, with their own error and the part of it that other directions share."""

    flux: Floats
    sigma: Floats
    common: Floats


def photometry(layer: Layer, found: Model, x: Floats, y: Floats, noise: Noise, settings: Settings) -> Photometry:
    """Measure all sources in the aperture, neighbours and sky taken off.

    Parameters
    ----------
    layer, found : a stack and the models of its sources
    x, y : pixels
    noise : of empty apertures

    The sky is the median of the annulus on the residual, where no source is left. What is blank in the aperture makes
    the flux NaN.
    """
    radius = settings["aper_radius"][0]
    left = aperture(found.residual, x, y, radius)
    own = np.nan_to_num(found.flux) * layer.psf.growth(radius)
    flux = left.sum - annulus(found.residual, x, y, *settings["sky_annulus"]) * left.area + own
    others = np.abs(aperture(found.image, x, y, radius).sum - own)
    var = aperture(layer.var, x, y, radius).sum / left.area
    electrons = settings["gain"][0] * settings["frames"][0] * np.maximum(layer.at(layer.count, x, y), 1)
    light = np.maximum(flux + others, 0)
    with np.errstate(invalid="ignore"):
        sigma = np.sqrt(noise.pixel**2 * var + light / electrons)
        common = np.sqrt(
            noise.confusion**2
            + (settings["flux_floor"][0] * flux) ** 2
            + (settings["neighbour_error"][0] * others) ** 2
        )
    return Photometry(flux, sigma, common)


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


def measure_noise(band: Band, models: dict[str, Model], settings: Settings) -> Noise:
    """Measure the noise of apertures in the empty parts of a band.

    The difference N - S knows no sky: it gives the noise. What the mean of both residuals scatters more is confusion.
    With one direction alone, or where N and S do not overlap, the residual gives both as noise.
    """
    lit = np.max([found.image for found in models.values()], axis=0) > BRIGHT_SIGMA * np.sqrt(band.both.var)
    avoid = np.asarray(ndimage.binary_dilation(lit, iterations=3))
    layers, left = band.directions, {letter: found.residual for letter, found in models.items()}
    single = [left[letter] / np.sqrt(layers[letter].var) for letter in models]
    var_n, var_s = layers.get("n", band.both).var, layers.get("s", band.both).var
    if len(models) == 1 or not np.isfinite(var_n + var_s).any():
        return Noise(_scatter(np.where(np.isfinite(single[0]), single[0], single[-1]), avoid, settings), 0.0)
    pixel = _scatter((left["n"] - left["s"]) / np.sqrt(var_n + var_s), avoid, settings)
    var = 1 / (1 / var_n + 1 / var_s)
    total = _scatter((left["n"] / var_n + left["s"] / var_s) * np.sqrt(var), avoid, settings)
    return Noise(pixel, float(np.sqrt(max(total**2 - pixel**2, 0.0) * np.nanmedian(var))))


def _scatter(unit: NDArray[np.floating[Any]], avoid: NDArray[np.bool_], settings: Settings) -> float:
    """Return the scatter of empty apertures on an image in units of its pixel noise."""
    ring = settings["sky_annulus"][0], settings["sky_annulus"][1]
    radius = settings["aper_radius"][0]
    return empty_apertures(unit.astype(np.float32), EMPTY, SEED, avoid, radius, annulus_radii=ring).scatter
