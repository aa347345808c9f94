"""Models of all sources of a stack, so that each can be measured without the others."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from combine.extract.images import Layer, Profile
from combine.extract.kernel import variance_growth
from combine.extract.stars import Stars, fit, reaches
from combine.measure.aperture import Floats, Image
from combine.measure.render import RADIUS, add_stars

FIT_ROUNDS = 10
COMPANY = 10.0
"""Sources farther than this, pixels, do not disturb a fit."""
REACH_SIGMA = 0.02
"""A model reaches to where it is this part of the noise of a pixel."""


@dataclass(frozen=True)
class Model:
    """The sources of one stack as point-spread functions.

    snr, flux, sigma : in the detection filter at the given places, neighbours taken off (flux and sigma in DN)
    crowding : variance of each flux over that of a lonely star: neighbours that are fitted together share light
    beside : DN that neighbours bring to a place in the detection filter, added in quadrature
    image : (ny, nx) DN all of them together
    residual : (ny, nx) DN the stack without them
    left : (ny, nx) the same in the detection filter, signal to noise
    """

    snr: Floats
    flux: Floats
    sigma: Floats
    crowding: Floats
    beside: Floats
    image: Image
    residual: Image
    left: Image

    def first(self, count: int) -> "Model":
        """Return the model with the values of its first sources, images as they are."""
        values = {name: getattr(self, name)[:count] for name in ("snr", "flux", "sigma", "crowding", "beside")}
        return replace(self, **values)


def model(layer: Layer, x: Floats, y: Floats, snr: Floats) -> Model:
    """Fit the fluxes of all sources at fixed places (pixels) together; `snr` is a first guess of each."""
    found, left = fit(
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
    crowding, beside = _company(x, y, flux, layer.profile)
    return Model(found.snr, flux, sigma, crowding, beside, image, layer.image - image, left)


def _company(x: Floats, y: Floats, flux: Floats, profile: Profile) -> tuple[Floats, Floats]:
    """Return what neighbours do to every source: the growth of its variance, and the light (DN) they bring."""
    known = np.isfinite(flux)
    places = cKDTree(np.column_stack((np.where(known, x, -1e6), y)))
    pairs = places.sparse_distance_matrix(places, COMPANY, output_type="ndarray")
    pairs = pairs[(pairs["i"] != pairs["j"]) & known[pairs["i"]]]
    pairs = pairs[np.argsort(pairs["i"], kind="stable")]
    me, other = pairs["i"], pairs["j"]
    start = np.searchsorted(me, np.arange(x.size + 1))
    crowding = np.ones(x.size)
    variance_growth(x, y, profile.fine, start, other, crowding)
    near = profile.envelope[np.minimum(pairs["v"].astype(int), RADIUS)]
    beside = np.sqrt(np.bincount(me, (flux[other] * near) ** 2, minlength=x.size))
    return crowding, beside


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
