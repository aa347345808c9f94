"""What photometry of one's own needs: the point-spread function of every stack, and the spectrum of its noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.aperture import Floats, Image
from combine.measure.background import background
from combine.measure.noise import noise_power
from combine.measure.psf import Psf, measure_psf
from combine.products import Product
from schema.settings import Settings

Mask = NDArray[np.bool_]
SOURCE_SIGMA = 3.0
"""Pixels this far above the sky belong to a source when the sky is measured."""
BRIGHT_SIGMA = 20.0
"""Pixels this bright leave residuals of unlike seeing in N - S: they stay out of the noise spectrum."""


@dataclass(frozen=True)
class Shapes:
    """Of one band: the point-spread functions by direction (N, S, NS), and the noise power spectrum they share."""

    psf: dict[str, Psf]
    power: Floats


def measure_shapes(
    band: str, products: dict[str, Product], magzp: float, settings: Settings, shared: float = 1.0
) -> Shapes:
    """Measure the masked stacks of a band.

    Parameters
    ----------
    band : j, h or k
    products : by direction N, S, NS; one of N and S can be missing, NS then repeats the other
    magzp : zero point of the images, mag
    shared : noise of N and S, as VAR tells of it, over that of N - S, in which cancels what the scans of a visit share
    """
    light = above_sky(products, settings)
    # A star of FWHM 2.8 arcsec has a ninth of its light in its brightest pixel.
    peak_max = 10 ** (0.4 * (magzp - settings["saturation_mag"]["jhk".index(band)])) / 9
    different = ["NS"] if len(products) == 2 else list(products)
    psf = {name: measure_psf(light.image[name], products[name].var, peak_max=peak_max) for name in different}
    unit, out = _noise_image(products, light)
    return Shapes({name: psf.get(name, psf["NS"]) for name in products}, shared**2 * noise_power(unit, out))


@dataclass(frozen=True)
class Light:
    """The stacks of a band above their sky (DN), by direction, and the pixels of sources that stayed out of it."""

    image: dict[str, Image]
    sources: Mask


def above_sky(products: dict[str, Product], settings: Settings) -> Light:
    """Take the sky off the stacks of a band, measured outside the sources of N+S."""
    cell = settings["extract_background"][0]
    mask = _sources(products["NS"], cell)
    image = {name: (p.image - background(p.image, cell, mask)).astype(np.float32) for name, p in products.items()}
    return Light(image, mask)


def _sources(product: Product, cell: float) -> Mask:
    """Mark the pixels of sources, with a rim."""
    above = product.image - background(product.image, cell)
    with np.errstate(invalid="ignore"):
        lit = above > SOURCE_SIGMA * np.sqrt(product.var)
    core = ndimage.binary_opening(lit, structure=np.ones((2, 2)))
    return np.asarray(ndimage.binary_dilation(core, iterations=3))


def _noise_image(products: dict[str, Product], light: Light) -> tuple[Image, Mask]:
    """Return an image of noise alone, of variance one, and the pixels to leave out of it."""
    if len(products) == 3:
        var = products["N"].var + products["S"].var
        with np.errstate(invalid="ignore"):
            bright = light.image["NS"] > BRIGHT_SIGMA * np.sqrt(products["NS"].var)
        out = np.asarray(ndimage.binary_dilation(bright, iterations=4))
        return ((light.image["N"] - light.image["S"]) / np.sqrt(var)).astype(np.float32), out
    return (light.image["NS"] / np.sqrt(products["NS"].var)).astype(np.float32), light.sources
