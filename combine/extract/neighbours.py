"""Models of all sources of a stack, so that each can be measured without the others."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from combine.extract.images import Layer
from combine.extract.stars import Stars, fit, reaches
from combine.measure.aperture import Floats, Image
from combine.measure.render import RADIUS, add_stars

FIT_ROUNDS = 6
REACH_SIGMA = 0.02
"""A model reaches to where it is this part of the noise of a pixel."""


@dataclass(frozen=True)
class Model:
    """The sources of one stack as point-spread functions.

    snr, flux, sigma : in the detection filter at the given places, neighbours taken off (flux and sigma in DN)
    image : (ny, nx) DN all of them together
    residual : (ny, nx) DN the stack without them
    """

    snr: Floats
    flux: Floats
    sigma: Floats
    image: Image
    residual: Image


def model(layer: Layer, x: Floats, y: Floats, snr: Floats) -> Model:
    """Fit the fluxes of all sources at fixed places (pixels) together; `snr` is a first guess of each."""
    found, _ = fit(
        layer.snr,
        layer.profile,
        Stars(x, y, np.where(np.isfinite(snr), snr, 0.0)),
        rounds=FIT_ROUNDS,
        move=0.0,
        reach=reaches(layer.profile, snr),
    )
    sigma = layer.flux_sigma(x, y)
    flux = found.snr * sigma
    image = np.zeros_like(layer.image)
    known = np.isfinite(flux)
    reach = _reach(layer, flux[known], x[known], y[known])
    add_stars(image, layer.psf.fine, x[known], y[known], flux[known], reach)
    return Model(found.snr, flux, sigma, image, layer.image - image)


def _reach(layer: Layer, flux: Floats, x: Floats, y: Floats) -> Floats:
    """Return how far models must be drawn, pixels."""
    radii = np.arange(RADIUS + 1.0)
    bright = np.abs(flux)[:, None] * layer.psf.radial(radii)[None, :]
    noise = np.sqrt(layer.at(layer.var, x, y))[:, None]
    return np.asarray(np.clip((bright > REACH_SIGMA * noise).sum(axis=1), 6, RADIUS), float)


def nearest(x: Floats, y: Floats) -> Floats:
    """Return the distance of every source to the nearest other, pixels; NaN for a lonely one."""
    if x.size < 2:
        return np.full(x.size, np.nan)
    apart, _ = cKDTree(np.column_stack((x, y))).query(np.column_stack((x, y)), k=2)
    return np.asarray(apart[:, 1], float)
