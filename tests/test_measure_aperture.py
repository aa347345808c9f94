"""Apertures, annuli and empty places against what geometry says."""

import numpy as np
import pytest

from combine.measure.aperture import annulus, aperture
from combine.measure.empty import empty_apertures
from combine.measure.robust import clipped_mean, mad_sigma, robust_sigma


def gaussian(nx: int, ny: int, x0: float, y0: float, sigma: float) -> np.ndarray:
    y, x = np.mgrid[:ny, :nx]
    return (np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)).astype(np.float32)


@pytest.mark.parametrize(("x", "y"), [(20, 20), (20.5, 20.5), (20.31, 19.77)])
def test_a_flat_image_sums_to_the_area_of_the_circle(x: float, y: float) -> None:
    flux, area, blank = aperture(np.ones((41, 41), np.float32), x, y, 4.0)
    assert flux[0] == pytest.approx(16 * np.pi, rel=1e-3)
    assert area[0] == pytest.approx(flux[0])
    assert blank[0] == 0


def test_a_star_loses_what_lies_outside_wherever_it_stands_in_its_pixel() -> None:
    expected = 1 - np.exp(-(4.0**2) / (2 * 1.2**2))
    for x, y in [(20, 20), (20.5, 20.25), (19.9, 20.4)]:
        flux, _, _ = aperture(gaussian(41, 41, x, y, 1.2), x, y, 4.0)
        assert flux[0] == pytest.approx(expected, abs=2e-3)  # pixels, not points: edge pixels are uniform


def test_a_blank_pixel_inside_makes_the_sum_blank_and_is_counted() -> None:
    image = np.ones((41, 41), np.float32)
    image[22, 20] = np.nan
    flux, _, blank = aperture(image, [20, 30], [20, 30], 4.0)
    assert np.isnan(flux[0])
    assert blank[0] == 1
    assert np.isfinite(flux[1])


def test_an_aperture_over_the_edge_or_nowhere_is_blank() -> None:
    flux, _, blank = aperture(np.ones((41, 41), np.float32), [2.0, np.nan], [20.0, 20.0], 4.0)
    assert np.isnan(flux).all()
    assert (blank > 0).all()


def test_the_annulus_median_does_not_see_a_star_in_it() -> None:
    rng = np.random.default_rng(1)
    image = (10 + rng.normal(0, 1, (61, 61))).astype(np.float32)
    image[45:50, 28:33] += 1000
    values = image[np.hypot(*(np.mgrid[:61, :61] - 30)) <= 20]
    ring = np.hypot(*(np.mgrid[:61, :61] - 30))
    assert annulus(image, 30, 30, 14, 20)[0] == pytest.approx(np.median(image[(ring >= 14) & (ring <= 20)]))
    assert values.mean() > 20 > annulus(image, 30, 30, 14, 20)[0]


def test_an_annulus_with_only_blank_pixels_has_no_median() -> None:
    image = np.full((61, 61), np.nan, np.float32)
    assert np.isnan(annulus(image, 30, 30, 14, 20)[0])


def test_empty_apertures_scatter_as_white_noise_says() -> None:
    image = np.random.default_rng(2).normal(5, 2, (400, 400)).astype(np.float32)
    expected = 2 * np.sqrt(16 * np.pi)  # less than the area: edge pixels count by the square of their share
    found = empty_apertures(image, 3000, 3, annulus_radii=None)
    assert robust_sigma(found.flux) == pytest.approx(0.94 * expected, rel=0.05)


def test_empty_apertures_keep_off_sources_and_blanks() -> None:
    image = np.zeros((200, 200), np.float32)
    image[:, :50] = np.nan
    avoid = np.zeros((200, 200), bool)
    avoid[100:, :] = True
    found = empty_apertures(image, 500, 4, avoid=avoid)
    assert found.x.min() > 50 + 4
    assert found.y.max() < 100 - 4
    assert np.isfinite(found.flux).all()


def test_an_image_without_an_empty_place_gives_no_apertures() -> None:
    found = empty_apertures(np.full((50, 50), np.nan, np.float32), 10, 1)
    assert found.flux.size == 0
    assert np.isnan(found.scatter)


def test_robust_scatter_is_that_of_the_gaussian_below_the_outliers() -> None:
    v = np.random.default_rng(5).normal(0, 3, 20000)
    v[:400] += 500
    assert robust_sigma(v) == pytest.approx(3, rel=0.03)
    assert mad_sigma(v) == pytest.approx(3, rel=0.05)


def test_a_clipped_mean_ignores_outliers_and_reports_its_error() -> None:
    v = np.random.default_rng(6).normal(20, 0.03, 400)
    v[:20] = 25
    mean, error, used = clipped_mean(v, np.full(400, 0.03))
    assert mean == pytest.approx(20, abs=0.006)
    assert error == pytest.approx(0.03 / np.sqrt(380), rel=0.15)
    assert used <= 380
