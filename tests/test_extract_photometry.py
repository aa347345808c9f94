"""Fluxes, their errors, zero points and limits on small stacks with known stars."""

import numpy as np
import pytest

from combine.extract.calibrate import References, zero_point
from combine.extract.flux import limit, magnitude, mean_magnitude, microjansky
from combine.extract.images import prepare
from combine.extract.photometry import Photometry, combined, main_circle
from combine.extract.sources import Found, Measured, measure
from combine.extract.stars import Stars
from combine.measure.psf import gaussian_psf
from combine.measure.robust import robust_sigma
from combine.products import Product
from schema.settings import defaults
from tests.skies import NOISE, joined, open_field, product, sky

SETTINGS = defaults()
GROWTH = {"n": gaussian_psf(2.8).growth(4), "s": gaussian_psf(3.0).growth(4)}


def forced(products: dict[str, Product], x: np.ndarray, y: np.ndarray) -> Measured:
    """Measure a band at given places."""
    blank, zero = np.full((x.size, 1), np.nan), np.zeros(x.size)
    nothing = Stars(*(np.empty(0),) * 3)
    found = Found(x, y, zero, zero, zero, blank, blank, blank, np.zeros((x.size, 1), np.int16), [nothing])
    return measure([prepare("j", products, SETTINGS)], found, SETTINGS)[0]


def parts(found: Measured) -> dict[str, Photometry]:
    """Return the fluxes in the aperture of the list."""
    return {letter: one.circles.column(main_circle(SETTINGS)) for letter, one in found.stacks.items()}


@pytest.fixture(scope="module")
def stars() -> tuple[np.ndarray, Measured]:
    """Return the true fluxes of 110 stars and their photometry; those of flux 0 are empty places."""
    x, y, flux = open_field(110, 1.0, 11)
    flux = np.repeat([0.0, 6.0, 20.0, 100.0, 1000.0], 22)
    return flux, forced(sky(x, y, flux), x, y)


@pytest.mark.parametrize("letter", ["n", "s"])
def test_fluxes_of_isolated_stars_are_true_within_their_errors(stars: tuple[np.ndarray, Measured], letter: str) -> None:
    flux, found = stars
    part = parts(found)[letter]
    pull = (part.flux / GROWTH[letter] - flux) / np.hypot(part.sigma, part.common)
    assert robust_sigma(pull) == pytest.approx(1, abs=0.2)
    assert abs(np.median(pull)) < 3 * 1.25 / np.sqrt(pull.size)


def test_bright_stars_are_measured_to_a_part_in_a_hundred(stars: tuple[np.ndarray, Measured]) -> None:
    flux, found = stars
    for letter, part in parts(found).items():
        ratio = (part.flux / GROWTH[letter] / np.where(flux > 0, flux, np.nan))[flux == 1000]
        assert np.median(ratio) == pytest.approx(1, abs=0.006)
        assert robust_sigma(ratio) < 0.01


def test_empty_places_have_fluxes_of_both_signs(stars: tuple[np.ndarray, Measured]) -> None:
    flux, found = stars
    nothing = combined(list(parts(found).values()))[0][flux == 0]
    assert np.isfinite(nothing).all()
    assert 3 <= (nothing < 0).sum() <= 19


def test_the_error_of_an_empty_place_is_that_of_correlated_noise(stars: tuple[np.ndarray, Measured]) -> None:
    flux, found = stars
    white = NOISE * np.sqrt(16 * np.pi)
    assert 2.6 * white < np.median(parts(found)["n"].sigma[flux == 0]) < 3.5 * white


def test_a_neighbour_at_six_pixels_is_taken_off() -> None:
    x, y, flux = open_field(110, 1.0, 12)
    flux = np.repeat([300.0, 20.0], 55)
    angle = np.random.default_rng(12).uniform(0, 2 * np.pi, 55)
    x[55:], y[55:] = x[:55] + 6 * np.cos(angle), y[:55] + 6 * np.sin(angle)
    found = forced(sky(x, y, flux), x, y)
    value, sigma = combined(list(parts(found).values()))
    growth = 0.5 * (GROWTH["n"] + GROWTH["s"])
    assert np.median((value / growth - flux)[55:]) == pytest.approx(0, abs=1.5 * np.median(sigma[55:]) / np.sqrt(55))


def test_a_blank_pixel_in_the_aperture_leaves_the_other_direction() -> None:
    x, y, flux = open_field(40, 200.0, 13)
    products = sky(x, y, flux)
    products["N"].image[round(y[0]) + 3, round(x[0])] = np.nan
    found = forced(joined(products["N"], products["S"]), x, y)
    assert np.isnan(parts(found)["n"].flux[0])
    assert combined(list(parts(found).values()))[0][0] == pytest.approx(parts(found)["s"].flux[0])


def test_the_mean_of_n_and_s_weighs_by_variance_and_keeps_what_they_share() -> None:
    one = Photometry(np.array([10.0]), np.array([1.0]), np.array([0.5]))
    other = Photometry(np.array([16.0]), np.array([2.0]), np.array([0.5]))
    mean, sigma = combined([one, other])
    assert mean[0] == pytest.approx((10 + 16 / 4) / 1.25)
    assert sigma[0] == pytest.approx(np.sqrt(1 / 1.25 + 0.25))


def test_photons_of_the_star_count() -> None:
    x, y, flux = open_field(20, 1e5, 14)
    part = parts(forced(sky(x, y, flux), x, y))["n"]
    photons = np.sqrt(1e5 * GROWTH["n"] / (10 * 6 * 30))
    assert np.median(part.sigma) == pytest.approx(np.hypot(photons, 2.95 * NOISE * 7), rel=0.1)


def test_magnitudes_microjansky_and_limits_agree() -> None:
    flux = microjansky([100.0, -5.0], 20.0, 1594.0)
    mag, error = magnitude(flux, np.abs(flux) / 10, 1594.0)
    assert mag[0] == pytest.approx(15.0)
    assert error[0] == pytest.approx(0.1086, abs=1e-4)
    assert np.isnan(mag[1])
    assert microjansky(1.0, 0.0, 1594.0) == pytest.approx(1.594e9)
    low = limit(np.array([-50.0]), np.array([10.0]), 1594.0, 3.0)[0]
    assert low == pytest.approx(-2.5 * np.log10(46.45 / 1.594e9))
    assert mean_magnitude(np.array([15.0]), np.array([15.2]))[0] == pytest.approx(15.1)


def tie(lists: list[References], flux: np.ndarray, x: np.ndarray) -> tuple[float, float, int, str]:
    point = zero_point(0, x, np.zeros_like(x), flux, flux / 100, lists, 20.5, SETTINGS)
    return point.value, point.error, point.stars, point.reference


def reference(name: str, x: np.ndarray, mag: np.ndarray, error: float) -> References:
    blank = np.full(x.size, np.nan)
    mags = np.column_stack((mag, blank, blank))
    return References(name, x, np.zeros_like(x), mags, np.where(np.isfinite(mags), error, np.nan))


def test_the_zero_point_is_that_of_the_reference_stars_and_outliers_do_not_move_it() -> None:
    rng = np.random.default_rng(15)
    x, mag = np.arange(60) * 20.0, rng.uniform(11, 14, 60)
    flux = 10 ** (0.4 * (20.8 - mag)) * rng.normal(1, 0.01, 60)
    mag[:4] -= 1.0
    value, error, used, name = tie([reference("psc", x, mag, 0.02)], flux, x)
    assert value == pytest.approx(20.8, abs=0.01)
    assert error >= SETTINGS["zp_common"][0]
    assert 50 <= used <= 56
    assert name == "psc"


def test_without_reference_stars_the_zero_point_of_the_image_counts() -> None:
    x = np.arange(3) * 20.0
    value, error, used, name = tie([reference("psc", x, np.full(3, 12.0), 0.02)], np.full(3, 1000.0), x)
    assert (value, used, name) == (20.5, 0, "image")
    assert np.isnan(error)


def test_variance_maps_scale_the_errors() -> None:
    x, y, flux = open_field(100, 50.0, 16)
    products = sky(x, y, flux)
    for one in products.values():
        step = np.where(np.arange(one.image.shape[1]) < 160, 1.0, 3.0).astype(np.float32)
        stars_only = one.image - 80
        one.image[:] = 80 + stars_only * step
        one.var[:] *= step**2
    part = parts(forced(products, x, y))["n"]
    assert np.median(part.sigma[x > 165]) == pytest.approx(3 * np.median(part.sigma[x < 155]), rel=0.05)


def test_a_product_without_any_scan_is_measured_as_blank() -> None:
    x, y, flux = open_field(40, 200.0, 17)
    products = sky(x, y, flux)
    blank = np.full_like(products["N"].image, np.nan)
    north = product(blank, blank, 0)
    found = forced({"N": north, "S": products["S"], "NS": products["S"]}, x, y)
    assert np.isnan(parts(found)["n"].flux).all()
    assert np.isfinite(parts(found)["s"].flux).all()
