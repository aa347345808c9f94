"""What the extraction reads: the stacks of a band above their sky, filtered, in units of their noise."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from combine.extract.stripes import stripes
from combine.measure.aperture import Floats, Image
from combine.measure.noise import DetectionFilter, detection_filter
from combine.measure.psf import Psf
from combine.measure.render import OVERSAMPLE, RADIUS, phased
from combine.measure.shapes import Shapes, above_sky, measure_shapes
from combine.products import Product
from schema.settings import Settings

BLANK = np.float32(np.nan)


@dataclass(frozen=True)
class Layer:
    """One stack of a band, ready to be searched.

    image, var : (ny, nx) DN above the sky and variance of a pixel; NaN where blank
    count : (ny, nx) scans
    psf : of this stack
    filter : made for it and the noise of the band
    snr : (ny, nx) signal to noise of a star in every pixel
    stripe : (ny, nx) signal to noise that electronic stripes had before they were taken off; None without any
    """

    image: Image
    var: Image
    count: NDArray[np.int16]
    psf: Psf
    filter: DetectionFilter
    snr: Image
    stripe: Image | None = None

    @cached_property
    def profile(self) -> "Profile":
        """The filtered star, ready for fits."""
        return Profile.of(self.psf, self.filter)

    def showing(self, image: Image, snr: Image) -> "Layer":
        """Return the layer with other pixels; the filtered star stays as it was worked out."""
        other = replace(self, image=image, snr=snr)
        other.__dict__["profile"] = self.profile
        return other

    def flux_sigma(self, x: Floats, y: Floats) -> Floats:
        """Return the noise (DN) of a star's flux in the detection filter at pixels `x`, `y`; NaN where blank."""
        return self.filter.sigma * np.sqrt(self.at(self.var, x, y))

    @staticmethod
    def at(image: NDArray[np.generic], x: Floats, y: Floats) -> Floats:
        """Return the values of the pixels that hold `x`, `y`; NaN off the image."""
        ny, nx = image.shape
        known = np.isfinite(x) & np.isfinite(y)
        cols, rows = np.rint(np.where(known, x, -1)).astype(int), np.rint(np.where(known, y, -1)).astype(int)
        inside = (cols >= 0) & (cols < nx) & (rows >= 0) & (rows < ny)
        values = image[np.clip(rows, 0, ny - 1), np.clip(cols, 0, nx - 1)].astype(float)
        return np.where(inside, values, np.nan)


@dataclass(frozen=True)
class Profile:
    """The filtered image of a star, 1 in its centre, and what fits need of it.

    fine : four times finer than the pixels
    inverse : (9, 9) inverse correlation of the noise between the pixels of a 3 x 3 box
    envelope : (RADIUS + 1,) largest absolute value at this distance or farther
    position : standard deviation of a position along one axis at signal to noise 1, pixels
    """

    fine: Floats
    inverse: Floats
    envelope: Floats
    position: float

    @cached_property
    def phases(self) -> Image:
        """The star at sub-pixel phases, for drawing it often."""
        drawn: Image = phased(self.fine)
        return drawn

    @classmethod
    def of(cls, psf: Psf, found: DetectionFilter) -> "Profile":
        """Filter a star at every phase of the fine grid."""
        size = OVERSAMPLE * (RADIUS + 2)
        fine = filtered(psf, found)
        fine /= fine[size, size]
        box = np.array([(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)])
        lag = OVERSAMPLE * (box[:, None] - box[None, :]) + size
        # Noise through the filter of least noise is correlated as the filtered star itself.
        correlation = fine[lag[..., 0], lag[..., 1]]
        inverse = np.linalg.inv(0.5 * (correlation + correlation.T) + 1e-3 * np.eye(9))
        middle = fine[size - 1 : size + 2, size - 1 : size + 2]
        bend = (2 * middle[1, 1] - 0.5 * (middle[0, 1] + middle[2, 1] + middle[1, 0] + middle[1, 2])) * OVERSAMPLE**2
        radius = np.hypot(*(np.mgrid[: fine.shape[0], : fine.shape[1]] - size)) / OVERSAMPLE
        ring = np.clip(np.floor(radius).astype(int), 0, RADIUS)
        largest = np.zeros(RADIUS + 1)
        np.maximum.at(largest, ring.ravel(), np.abs(fine).ravel())
        return cls(fine, inverse, np.maximum.accumulate(largest[::-1])[::-1], float(1 / np.sqrt(bend)))


def filtered(psf: Psf, found: DetectionFilter) -> Floats:
    """Return the filtered image of an object of unit flux, four times finer than the pixels."""
    size = OVERSAMPLE * (RADIUS + 2)
    fine = np.zeros((2 * size + 1, 2 * size + 1))
    first = size - OVERSAMPLE * RADIUS
    for j in range(OVERSAMPLE):
        for i in range(OVERSAMPLE):
            seen = signal.fftconvolve(psf.stamp(i / OVERSAMPLE, j / OVERSAMPLE), found.kernel[::-1, ::-1], mode="same")
            rows = slice(first - j, first - j + OVERSAMPLE * 2 * RADIUS + 1, OVERSAMPLE)
            cols = slice(first - i, first - i + OVERSAMPLE * 2 * RADIUS + 1, OVERSAMPLE)
            fine[rows, cols] = seen
    return fine


@dataclass(frozen=True)
class Band:
    """The stacks of one band: N and S where there are such, and both together.

    power : noise power spectrum they share
    magzp : zero point of the images
    """

    letter: str
    north: Layer | None
    south: Layer | None
    both: Layer
    power: Floats
    magzp: float

    @property
    def directions(self) -> dict[str, Layer]:
        """The stacks of single directions, by letter."""
        return {letter: layer for letter, layer in (("n", self.north), ("s", self.south)) if layer is not None}

    def changed(self, change: Callable[[Layer], Layer]) -> "Band":
        """Return the band with every layer changed; one that stands for several is changed once."""
        layers = {id(layer): layer for layer in (self.both, *self.directions.values())}
        new: dict[int | None, Layer | None] = {key: change(layer) for key, layer in layers.items()}
        north, south, both = (new.get(id(layer)) for layer in (self.north, self.south, self.both))
        return replace(self, north=north, south=south, both=both or self.both)


def prepare(letter: str, products: dict[str, Product], settings: Settings, shapes: Shapes | None = None) -> Band:
    """Make a band ready: take off the sky, and filter.

    Parameters
    ----------
    letter : j, h or k
    products : by direction N, S, NS; one of N and S can be missing, NS then repeats the other
    shapes : point-spread functions and noise spectrum that came with the products; measured if none did
    """
    magzp = float(products["NS"].header["MAGZP"])
    shapes = shapes or measure_shapes(letter, products, magzp, settings)
    skyless = above_sky(products, settings).image
    striped = {name: stripes(skyless[name], product.var, settings) for name, product in products.items()}
    for name, light in striped.items():
        if light is not None:
            skyless[name] = skyless[name] - light
    layers = {
        name: _layer(product, skyless[name], striped[name], shapes.psf[name], shapes.power)
        for name, product in products.items()
    }
    if len(layers) == 2:  # one direction only: N+S is that direction
        layers = dict.fromkeys(layers, layers["NS"])
    return Band(letter, layers.get("N"), layers.get("S"), layers["NS"], shapes.power, magzp)


def _layer(product: Product, skyless: Image, striped: Image | None, psf: Psf, power: Floats) -> Layer:
    """Filter a stack for stars."""
    found = detection_filter(psf.stamp(), power)
    _, snr = found.apply(skyless, product.var)
    stripe = None if striped is None else found.apply(striped, product.var)[1]
    return Layer(skyless, product.var, product.count, psf, found, snr, stripe)
