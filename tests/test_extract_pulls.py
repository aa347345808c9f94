"""Errors are true: pulls of a small crowded field; stars and galaxies are told apart; the sky under faint sources."""

import numpy as np
import pytest
from scipy import ndimage, signal

from combine.extract.extent import Extents, star_probability, with_colour
from combine.extract.images import Band, prepare
from combine.extract.photometry import combined, main_circle
from combine.extract.sky import above_true_sky
from combine.extract.sources import Found, Measured, measure
from combine.extract.stars import Stars
from combine.measure.aperture import aperture
from combine.measure.growth import circles, curve_of_growth
from combine.measure.psf import gaussian_psf
from combine.measure.render import OVERSAMPLE, RADIUS, add_stars
from combine.measure.robust import robust_sigma
from schema.settings import defaults
from tests.skies import SHAPE, joined, open_field, sky

Array = np.ndarray
FLOORS = ("flux_floor", "fit_floor", "position_floor", "extent_floor")
IDEAL = defaults() | {name: [0.0] for name in FLOORS}  # these stars are all alike


def forced(band: Band, x: Array, y: Array) -> Measured:
    """Measure a band at given places."""
    blank, zero = np.full((x.size, 1), np.nan), np.zeros(x.size)
    nothing = Stars(*(np.empty(0),) * 3)
    found = Found(x, y, zero, zero, zero, blank, blank, blank, np.zeros((x.size, 1), np.int16), [nothing])
    return measure([band], found, IDEAL)[0]


@pytest.fixture(scope="module")
def crowd() -> tuple[Array, Array, Array, Measured]:
    """Return 400 stars at random places, as dense as 6,300 in a field: x, y, flux, and what is measured there."""
    rng = np.random.default_rng(31)
    x, y = (rng.uniform(12, side - 12, 400) for side in (SHAPE[1], SHAPE[0]))
    flux = np.minimum(3.0 * rng.uniform(size=400) ** (-1 / 0.9), 400.0)
    return x, y, flux, forced(prepare("j", sky(x, y, flux, 31), IDEAL), x, y)


def test_pulls_of_fitted_stars_scatter_by_one_even_in_a_crowd(crowd: tuple[Array, Array, Array, Measured]) -> None:
    _, _, flux, found = crowd
    value, sigma = combined([one.psf for one in found.stacks.values()])
    pull = (value - flux)[flux < 100] / sigma[flux < 100]
    assert robust_sigma(pull) == pytest.approx(1, abs=0.1)
    assert abs(np.median(pull)) < 0.1 + 2 * 1.25 / np.sqrt(pull.size)


def test_pulls_of_lonely_apertures_scatter_by_one(crowd: tuple[Array, Array, Array, Measured]) -> None:
    x, y, flux, found = crowd
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(apart, np.inf)
    alone = (apart.min(axis=1) > 7) & (flux < 100)
    main = main_circle(IDEAL)
    value, sigma = combined(
        [one.circles.column(main).times(1 / float(one.growth[main])) for one in found.stacks.values()]
    )
    pull = ((value - flux) / sigma)[alone]
    assert robust_sigma(pull) == pytest.approx(1, abs=0.2)
    assert abs(np.median(pull)) < 0.1 + 2 * 1.25 / np.sqrt(pull.size)


def test_a_close_neighbour_makes_the_error_of_a_fit_larger() -> None:
    x, y, flux = open_field(110, np.repeat([40.0, 200.0], [60, 50]), 32)
    angle = np.random.default_rng(32).uniform(0, 2 * np.pi, 30)
    x[30:60], y[30:60] = x[:30] + 1.4 * np.cos(angle), y[:30] + 1.4 * np.sin(angle)  # thirty pairs
    found = forced(prepare("j", sky(x, y, flux, 32), IDEAL), x, y).stacks["n"].psf
    variance = found.sigma**2 - flux / (10 * 6 * 30)  # without the photons of the stars
    assert np.median(variance[:60]) > 1.1 * np.median(variance[60:])
    pull = (found.flux - flux) / np.hypot(found.sigma, found.common)
    assert robust_sigma(pull[:60]) == pytest.approx(1, abs=0.25)


def test_circles_are_sums_over_their_area_and_grow_as_the_star() -> None:
    image = np.zeros((80, 80), np.float32)
    x, y = np.array([39.3, 41.0]), np.array([40.4, 40.0])
    flat = circles(np.ones_like(image), x, y, 3, 12)
    assert flat.area == pytest.approx(np.pi * np.arange(3.0, 15.0) ** 2 * np.ones((2, 1)), rel=0.015)
    assert flat.sum == pytest.approx(flat.area)
    psf = gaussian_psf(2.8)
    add_stars(image, psf.fine, x[:1], y[:1], np.array([100.0]), np.array([float(RADIUS)]))
    grown = circles(image, x[:1], y[:1], 3, 12).sum[0]
    assert grown == pytest.approx(100 * curve_of_growth(psf, 3, 12), rel=0.002)
    assert grown[1] == pytest.approx(float(aperture(image, x[0], y[0], 4.0).sum[0]), rel=0.002)
    image[40, 45] = np.nan
    assert np.isfinite(circles(image, x[:1], y[:1], 3, 12).sum[0]).tolist() == [True] * 3 + [False] * 9


def test_the_sky_under_faint_sources_is_found() -> None:
    rng = np.random.default_rng(34)
    noise = ndimage.gaussian_filter(rng.standard_normal((900, 540)), 0.98)
    light = np.zeros_like(noise)
    np.add.at(light, (rng.integers(0, 900, 4000), rng.integers(0, 540, 4000)), rng.exponential(25, 4000))
    image = (noise / noise.std() + ndimage.gaussian_filter(light, 1.3)).astype(np.float32)
    lifted = float(np.median(image))
    assert lifted > 0.1
    assert above_true_sky(image, np.ones_like(image), 1.0) == pytest.approx(lifted, abs=0.4 * lifted)
    assert above_true_sky((noise / noise.std()).astype(np.float32), np.ones_like(image), 1.0) < 0.05


def test_galaxies_are_told_from_stars_by_their_extent() -> None:
    x, y, flux = open_field(110, 60.0, 35)
    disc = np.zeros(110, bool)
    disc[:6] = True
    products = sky(x[~disc], y[~disc], flux[~disc], 35)
    for name, fwhm in (("N", 2.8), ("S", 3.0)):
        star = gaussian_psf(fwhm).fine
        middle = star.shape[0] // 2
        r = np.hypot(*(np.mgrid[-middle : middle + 1, -middle : middle + 1])) / OVERSAMPLE
        light = np.exp(-1.678 * r / 1.2)
        fine = signal.fftconvolve(star, light / light.sum(), mode="same")
        add_stars(products[name].image, fine, x[disc], y[disc], flux[disc], np.full(6, float(RADIUS)))
    found = forced(prepare("j", joined(products["N"], products["S"]), IDEAL), x, y)
    probability = star_probability(found.extents, IDEAL)
    assert np.median(found.extents.value[disc]) == pytest.approx(1, abs=0.2)
    assert (probability[disc] < 0.01).all()
    assert (probability[~disc] > 0.5).mean() > 0.97
    pull = (found.extents.value / found.extents.sigma)[~disc]
    assert robust_sigma(pull) == pytest.approx(1, abs=0.2)


def test_a_red_colour_makes_a_star_less_likely_and_none_leaves_it() -> None:
    unsure = star_probability(Extents(np.full(3, 0.15), np.full(3, 0.1)), IDEAL)
    told = with_colour(unsure, np.array([0.5, 1.6, np.nan]), np.array([0.1, 0.1, np.nan]), IDEAL)
    assert told[0] > unsure[0] > told[1]
    assert told[2] == unsure[2]
