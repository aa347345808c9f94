"""The point-spread function, the noise spectrum and the filter made of both, on images with known answers."""

import numpy as np
import pytest
from scipy import ndimage

from combine.measure.aperture import aperture
from combine.measure.background import background
from combine.measure.noise import detection_filter, noise_power
from combine.measure.psf import gaussian_psf, measure_psf
from combine.measure.render import add_stars

FWHM = 2.9


def atlas_noise(shape: tuple[int, int], seed: int) -> np.ndarray:
    """Return noise as Atlas Images have it: white noise smoothed by 0.98 pixels, of variance 1."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(0, 1, shape), 0.98)
    return (noise / noise.std()).astype(np.float32)


@pytest.fixture(scope="module")
def sky() -> np.ndarray:
    """Return an image of 60 stars on an open grid, FWHM 2.9 pixels, in Atlas-like noise."""
    image = atlas_noise((500, 540), 1)
    rng = np.random.default_rng(2)
    gy, gx = np.meshgrid(np.arange(40, 480, 60), np.arange(40, 520, 60), indexing="ij")
    x, y = (g.ravel() + rng.uniform(-0.5, 0.5, g.size) for g in (gx, gy))
    flux = rng.uniform(3000, 30000, x.size)
    add_stars(image, gaussian_psf(FWHM).fine, x, y, flux, np.full(x.size, 31))
    return image


def test_the_measured_psf_is_the_one_the_stars_were_made_with(sky: np.ndarray) -> None:
    found = measure_psf(sky, np.ones_like(sky))
    truth = gaussian_psf(FWHM)
    assert found.stars >= 50
    assert found.fwhm == pytest.approx(FWHM, rel=0.02)
    assert np.abs(found.stamp() - truth.stamp()).max() < 0.01 * truth.stamp().max()
    assert found.growth(4) == pytest.approx(truth.growth(4), abs=0.005)


def test_a_psf_holds_all_light_at_every_phase() -> None:
    psf = gaussian_psf(FWHM)
    for dx, dy in [(0, 0), (0.5, 0.5), (-0.3, 0.1)]:
        assert psf.stamp(dx, dy).sum() == pytest.approx(1, abs=1e-4)
    assert psf.growth(30) == pytest.approx(1, abs=1e-3)


def test_without_stars_the_psf_is_the_assumed_gaussian() -> None:
    image = atlas_noise((200, 200), 3)
    found = measure_psf(image, np.ones_like(image), fwhm_assumed=3.1)
    assert found.stars == 0
    assert found.fwhm == 3.1


def test_saturated_stars_stay_out_of_the_psf(sky: np.ndarray) -> None:
    image = sky.copy()
    peaks = image > 1000
    image[peaks] = 1000
    found = measure_psf(image, np.ones_like(image), peak_max=900)
    assert 5 <= found.stars < 50
    assert found.fwhm == pytest.approx(FWHM, rel=0.03)


def test_stars_land_where_they_should() -> None:
    image = np.zeros((60, 60), np.float32)
    add_stars(image, gaussian_psf(FWHM).fine, np.array([30.3]), np.array([28.8]), np.array([100.0]), np.array([20]))
    y, x = np.mgrid[:60, :60]
    assert np.sum(image * x) / image.sum() == pytest.approx(30.3, abs=1e-3)
    assert np.sum(image * y) / image.sum() == pytest.approx(28.8, abs=1e-3)
    assert aperture(image, 30.3, 28.8, 12).sum[0] == pytest.approx(100, rel=1e-3)


def test_the_noise_spectrum_holds_the_variance_and_falls_as_the_smoothing_says() -> None:
    power = noise_power(atlas_noise((600, 540), 4))
    assert power.mean() == pytest.approx(1, rel=0.05)
    expected = np.exp(-((2 * np.pi * 0.98 * np.fft.fftfreq(64)) ** 2))
    ratio = power[0] / power[0, 0] / expected
    assert ratio[[4, 8, 12]] == pytest.approx(1, abs=0.35)


def test_the_noise_spectrum_survives_blanks_and_a_forgotten_star() -> None:
    noise = atlas_noise((600, 540), 5)
    noise[:, :100] = np.nan
    noise[300, 300] = 500
    assert noise_power(noise).mean() == pytest.approx(1, rel=0.05)


def test_the_filter_beats_the_unfiltered_peak_and_the_psf_alone() -> None:
    noise = atlas_noise((600, 540), 6)
    psf = gaussian_psf(2.8)
    best = detection_filter(psf.stamp(), noise_power(noise))
    plain = detection_filter(psf.stamp(), np.ones((64, 64)))
    ones = np.ones_like(noise)
    scatter = [np.nanstd(f.apply(noise, ones)[0][32:-32, 32:-32]) for f in (best, plain)]
    peak = psf.stamp().max()
    assert scatter[0] == pytest.approx(best.sigma, rel=0.03)
    assert 1 / scatter[0] >= 1.0 * peak
    assert 1 / scatter[1] < 0.92 * peak


def test_the_filter_gives_the_flux_of_a_star_and_its_profile() -> None:
    psf = gaussian_psf(2.8)
    found = detection_filter(psf.stamp(), noise_power(atlas_noise((600, 540), 7)))
    image = np.zeros((101, 101), np.float32)
    add_stars(image, psf.fine, np.array([50.0]), np.array([50.0]), np.array([40.0]), np.array([31]))
    flux, snr = found.apply(image, np.full_like(image, 4.0))
    assert flux[50, 50] == pytest.approx(40, rel=1e-3)
    assert snr[50, 50] == pytest.approx(20 / found.sigma, rel=1e-3)
    assert flux[50, 52] == pytest.approx(40 * found.profile[31, 33], rel=1e-2)


def test_a_step_of_coverage_does_not_change_the_noise_of_the_filtered_image() -> None:
    noise, var = atlas_noise((600, 540), 8), np.ones((600, 540), np.float32)
    var[:, 270:] = 9
    best = detection_filter(gaussian_psf(2.8).stamp(), noise_power(noise))
    snr = best.apply(noise * np.sqrt(var), var)[1]
    assert snr[32:-32, 32:260].std() == pytest.approx(1, rel=0.04)
    assert snr[32:-32, 262:278].std() == pytest.approx(1, rel=0.10)


def test_the_background_is_found_under_stars(sky: np.ndarray) -> None:
    slope = np.linspace(100, 110, 500, dtype=np.float32)[:, None]
    found = background(sky + slope)
    assert np.abs(found - slope)[64:-64, 64:-64].max() < 0.3


def test_the_background_of_a_blank_image_is_zero() -> None:
    assert (background(np.full((100, 100), np.nan, np.float32)) == 0).all()
