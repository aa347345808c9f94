"""Artificial stars and galaxies, added to the stacks of a field as if the sky had them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from combine.extract.calibrate import ZeroPoint
from combine.extract.images import Band, Layer, filtered
from combine.measure.aperture import Floats
from combine.measure.psf import Psf
from combine.measure.render import OVERSAMPLE, RADIUS, add_all, phased
from schema.settings import Settings

KINDS = ("star", "galaxy")


@dataclass(frozen=True)
class Injected:
    """Artificial objects of one kind.

    x, y : pixels
    mag : (objects, bands) magnitudes: of galaxies those of stars of equal light in the photometric aperture
    """

    kind: str
    x: Floats
    y: Floats
    mag: Floats


def places(bands: list[Band], step: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return places about `step` pixels apart, on a grid with a random start, where some band has all its stacks."""
    ny, nx = bands[0].both.image.shape
    rows, cols = (np.arange(rng.uniform(0, step), size - 1, step) for size in (ny, nx))
    y, x = (grid.ravel() for grid in np.meshgrid(rows, cols, indexing="ij"))
    # A fifth of a step this way or that keeps objects apart and off any pattern.
    x, y = (value + rng.uniform(-0.2 * step, 0.2 * step, value.size) for value in (x, y))
    seen = np.any([usable(band, x, y) for band in bands], axis=0)
    return x[seen], y[seen]


def usable(band: Band, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Tell at which places (pixels) no stack of a band is blank."""
    layers = (band.both, *band.directions.values())
    return np.asarray(np.all([np.isfinite(layer.at(layer.snr, x, y)) for layer in layers], axis=0))


def with_objects(
    band: Band,
    objects: Injected,
    mag: Floats,
    points: Mapping[str, ZeroPoint],
    rng: np.random.Generator,
    settings: Settings,
) -> Band:
    """Return a band with artificial objects of magnitudes `mag` in all its stacks.

    Each direction gets them with its own point-spread function, zero point and photon noise; N+S gets the mean of
    both under their weights. The noise of the sky is that of the stacks.
    """
    fluxes, weights = [], []
    layers: dict[int, tuple[Floats, Psf]] = {}
    for letter, layer in band.directions.items():
        psf = _shape(layer, objects.kind, settings)
        flux = 10 ** (0.4 * (points[letter].value - mag)) / psf.growth(settings["aper_radius"][0])
        electrons = settings["gain"][0] * settings["frames"][0] * np.maximum(_at(layer, objects, "count"), 1)
        flux = flux + np.sqrt(flux / electrons) * rng.standard_normal(flux.size)
        layers[id(layer)] = flux, psf
        fluxes.append(flux)
        weights.append(1 / np.maximum(_at(layer, objects, "var"), 1e-30))
    if id(band.both) not in layers:
        mean = np.sum(np.multiply(fluxes, weights), axis=0) / np.sum(weights, axis=0)
        layers[id(band.both)] = mean, _shape(band.both, objects.kind, settings)
    return band.changed(lambda layer: _drawn(layer, objects, *layers[id(layer)]))


def _at(layer: Layer, objects: Injected, name: str) -> Floats:
    """Return variance or count of a layer at the objects."""
    return np.nan_to_num(layer.at(getattr(layer, name), objects.x, objects.y))


def _shape(layer: Layer, kind: str, settings: Settings) -> Psf:
    """Return the image of an object on a stack: its star, or an exponential disc seen face on through its seeing."""
    if kind == "star":
        return layer.psf
    # Half of the light of an exponential disc lies within 1.678 scale lengths.
    scale = settings["completeness_galaxy"][0] / 1.678 * OVERSAMPLE
    middle = layer.psf.fine.shape[0] // 2
    y, x = np.mgrid[-middle : middle + 1, -middle : middle + 1]
    disc = np.exp(-np.hypot(x, y) / scale)
    fine = signal.fftconvolve(layer.psf.fine, disc / disc.sum(), mode="same")
    return replace(layer.psf, fine=fine / fine.sum() * OVERSAMPLE**2)


def _drawn(layer: Layer, objects: Injected, flux: Floats, psf: Psf) -> Layer:
    """Draw objects into a layer and into its filtered image: the filter is linear."""
    image, snr = layer.image.copy(), layer.snr.copy()
    height = flux / layer.flux_sigma(objects.x, objects.y)
    good = np.isfinite(height)
    x, y = objects.x[good], objects.y[good]
    reach = np.full(x.size, float(RADIUS))
    add_all(image, phased(psf.fine), x, y, flux[good], reach)
    add_all(snr, phased(filtered(psf, layer.filter)), x, y, height[good], reach)
    return layer.showing(image, snr)
