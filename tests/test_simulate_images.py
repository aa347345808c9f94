"""Pixels of simulated images: photometry, astrometry, noise, artifacts."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from schema.settings import defaults
from simulate.artifacts import LATENT, add_spikes, frame_step, ghosts
from simulate.draw import draw_objects, see
from simulate.effects import displacement, seeing_along, star_images, transparency
from simulate.faults import Fault
from simulate.frames import strip
from simulate.noise import KERNEL, PER_PHOTON, WHITENING, white_noise
from simulate.offsets import HALF_X, HALF_Y, offset_at
from simulate.plan import Plan, make_plan
from simulate.psf import measured_shape, moment_ratio, ordinary
from simulate.render import add_ellipses, add_noise, add_points

REAL = os.environ.get("DEEPCAL_REALDATA")
MEASURED_LAGS = (0.77, 0.35, 0.09, 0.02)  # of real Atlas Images after background removal

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(90004, 3, 2, "strips", "low", None)


def star(shape: float, x: float, y: float, flux: float, size: int = 121) -> NDArray[np.float32]:
    image = np.zeros((size, size), np.float32)
    table = ordinary(shape).table()
    first = np.array([0, len(table)])
    add_points(image, np.array([x]), np.array([y]), np.array([flux]), np.zeros(1, np.int64), table, first)
    return image


def empty(skysig: float, seed: int = 1, rows: int = 1200, columns: int = 540) -> NDArray[np.float32]:
    image = np.zeros((rows, columns), np.float32)
    white = white_noise(np.random.default_rng(seed), rows, columns)
    add_noise(image, white, KERNEL, np.full(rows, skysig * WHITENING), PER_PHOTON, np.zeros((3, rows)))
    return image


def lags(image: Array, masked: NDArray[np.bool_]) -> list[float]:
    """Return the mean correlation of pixels 1 to 4 apart on either axis."""
    data, good = np.where(masked, 0, image), ~masked
    variance = (data**2).sum() / good.sum()
    found = []
    for k in range(1, 5):
        along = (data[k:] * data[:-k]).sum() / (good[k:] & good[:-k]).sum()
        across = (data[:, k:] * data[:, :-k]).sum() / (good[:, k:] & good[:, :-k]).sum()
        found.append(float((along + across) / 2 / variance))
    return found


@pytest.mark.parametrize("shape", [0.9, 1.0, 1.15, 1.4])
def test_a_lone_star_keeps_its_flux_and_place(shape: float) -> None:
    image = star(shape, 60.37, 59.81, 1e5)
    y, x = np.mgrid[:121, :121]
    assert image.sum() == pytest.approx(1e5, rel=5e-4)
    assert (image * x).sum() / image.sum() == pytest.approx(60.37, abs=1e-3)
    assert (image * y).sum() / image.sum() == pytest.approx(59.81, abs=1e-3)


def test_a_star_gives_its_magnitude_back_through_the_zero_point() -> None:
    magzp, magnitude = 20.9044, 12.0
    image = star(1.0, 60.2, 60.4, 10 ** (0.4 * (magzp - magnitude)))
    assert magzp - 2.5 * np.log10(image.sum()) == pytest.approx(magnitude, abs=0.002)


def test_faint_stars_keep_their_flux_too() -> None:
    assert star(1.0, 60.0, 60.0, 5.0).sum() == pytest.approx(5.0, rel=3e-3)


@pytest.mark.parametrize("shape", [0.9, 1.0, 1.3])
def test_the_image_of_a_star_is_as_wide_as_its_seeing_shape_says(shape: float) -> None:
    assert measured_shape(ordinary(shape)) == pytest.approx(shape, abs=0.02)
    image = star(shape, 60.0, 60.0, 1e4)
    inside = image[60] > image[60, 60] / 2
    assert inside.sum() == pytest.approx(2.8 * shape, abs=1.0)


def test_between_2_and_15_percent_of_the_light_falls_outside_4_arcsec() -> None:
    assert all(0.02 < 1 - ordinary(shape, 3.4).fraction(4.0) < 0.15 for shape in (0.92, 1.0, 1.12))
    y, x = np.mgrid[:41, :41]
    phases = [(20 + i / 8, 20 + j / 8) for i in range(8) for j in range(8)]
    inside = [star(1.0, *place, 1e3, 41)[np.hypot(x - place[0], y - place[1]) <= 4].sum() for place in phases]
    assert np.mean(inside) / 1e3 == pytest.approx(ordinary(1.0).fraction(4.0), abs=0.001)


def test_an_elliptical_gaussian_is_drawn_as_its_formula_says() -> None:
    image = np.zeros((80, 80), np.float32)
    one = [np.array([value]) for value in (40.3, 39.6, 1e4, 5.0, 1.7, 3.0)]
    add_ellipses(image, *one)
    y, x = np.mgrid[:80, :80]
    inverse = np.linalg.inv([[5.0, 1.7], [1.7, 3.0]])
    dx, dy = x - 40.3, y - 39.6
    power = inverse[0, 0] * dx * dx + 2 * inverse[0, 1] * dx * dy + inverse[1, 1] * dy * dy
    assert image == pytest.approx(1e4 * np.sqrt(np.linalg.det(inverse)) / (2 * np.pi) * np.exp(-power / 2), abs=2e-3)


def test_noise_is_correlated_as_in_real_images() -> None:
    image = empty(0.5)
    assert image.std() == pytest.approx(0.5, rel=0.01)
    assert lags(image.astype(float), np.zeros(image.shape, bool)) == pytest.approx(MEASURED_LAGS, abs=0.02)


def test_empty_apertures_scatter_as_in_real_images() -> None:
    image = empty(0.5).astype(float)
    y, x = np.mgrid[-4:5, -4:5]
    inside = np.hypot(x, y) <= 4
    places = [(r, c) for r in range(20, 1180, 12) for c in range(20, 520, 12)]
    sums = [(image[r - 4 : r + 5, c - 4 : c + 5] * inside).sum() for r, c in places]
    assert 2.6 < np.std(sums) / (np.sqrt(inside.sum()) * 0.5) < 3.1


def test_bright_stars_add_photon_noise() -> None:
    image = np.full((400, 400), 6000.0, np.float32)
    white = white_noise(np.random.default_rng(2), 400, 400)
    add_noise(image, white, KERNEL, np.full(400, 0.5 * WHITENING), PER_PHOTON, np.zeros((3, 400)))
    expected = np.sqrt(6000 / 60 + (0.5 * WHITENING) ** 2) / WHITENING
    assert image[20:-20, 20:-20].std() == pytest.approx(expected, rel=0.03)


@pytest.mark.skipif(not REAL, reason="DEEPCAL_REALDATA is not set: no real Atlas Images")
@pytest.mark.parametrize("band", "JHK")
def test_simulated_noise_agrees_with_a_real_image(band: str) -> None:
    real = fits.getdata(Path(str(REAL)) / f"atlas/a{band}_asky_001022s0620186.fits.gz")[4:-4, 4:-4].astype(float)
    blocks = real[: 992 // 32 * 32, : 480 // 32 * 32].reshape(31, 32, 15, 32)
    flat = (blocks - np.nanmedian(blocks, axis=(1, 3), keepdims=True)).reshape(992, 480)
    sigma = 1.4826 * np.nanmedian(np.abs(flat))
    found = lags(flat, binary_dilation(flat > 4 * sigma, iterations=5) | np.isnan(flat))
    image = empty(float(sigma), rows=992, columns=480).astype(float)
    assert lags(image, np.zeros(image.shape, bool)) == pytest.approx(found, abs=0.03)


def test_strips_show_stars_displaced_by_the_offset(plan: Plan) -> None:
    scan = plan.scans[0]
    seen = see(replace(plan, faults={}), scan, 0, strip(scan, plan.grid, plan.sky.ra, plan.sky.dec))
    east, north = offset_at(plan.offsets[0], plan.sky.x, plan.sky.y)
    x, y = plan.grid.pixel(plan.sky.ra, plan.sky.dec)
    assert seen.x == pytest.approx(x - east, abs=1e-6)
    assert seen.y == pytest.approx(y + north, abs=1e-6)


def test_a_positive_offset_in_ra_moves_a_star_to_the_left() -> None:
    coefficients = np.zeros((2, 9))
    coefficients[:, 0] = 0.3, 0.6
    coefficients[0, 2] = 0.1
    east, north = offset_at(coefficients, np.array([269.5 - HALF_X]), np.array([1799.5 + HALF_Y]))
    assert (east[0], north[0]) == pytest.approx((0.4, 0.6))


def test_the_mean_offset_of_a_field_is_the_published_one() -> None:
    scans = make_plan(90004, 3, 30, "strips", "low", None)
    y, x = np.mgrid[0:3600:60, 0:540:30].astype(float)
    mean = np.mean([offset_at(c, x, y) for c in scans.offsets], axis=(0, 2, 3))
    assert mean == pytest.approx((-0.101, 0.664), abs=0.1)


def test_drawn_stars_have_their_magnitudes(plan: Plan) -> None:
    scan = plan.scans[0]
    canvas = np.zeros((3600, 540), np.float32)
    seen = see(replace(plan, faults={}), scan, 2, strip(scan, plan.grid, plan.sky.ra, plan.sky.dec))
    draw_objects(canvas, plan, seen, scan, 2)
    sky = plan.sky
    alone = (sky.neighbour > 30) & ~sky.galaxy & (sky.mag[:, 2] > 10) & (sky.mag[:, 2] < 13)
    alone &= (np.abs(sky.x - 270) < 200) & (np.abs(sky.y - 1800) < 1700)
    y, x = np.mgrid[-20:21, -20:21]
    errors = []
    for i in np.flatnonzero(alone):
        c, r = round(seen.x[i]), round(seen.y[i])
        flux = canvas[r - 20 : r + 21, c - 20 : c + 21][np.hypot(x, y) < 15].sum()
        errors.append(plan.conditions.zero_point[0, 2] - 2.5 * np.log10(flux) - sky.mag[i, 2])
    assert np.median(errors) == pytest.approx(0, abs=0.005)


def test_latent_images_lie_ahead_of_the_star_on_opposite_sides(plan: Plan) -> None:
    north, south = (ghosts(plan.sky, 2, "n", direction) for direction in "ns")
    steps = north.step == 1
    assert (north.dy[steps] == 82.4).all()
    assert (south.dy[south.step == 1] == -82.4).all()
    assert (north.fraction[steps] == LATENT[0]).all()
    assert frame_step("s", "s") == -defaults()["frame_step_s"][0]


def test_latent_images_are_drawn(plan: Plan) -> None:
    sky = plan.sky
    brightest = int(np.argmin(np.where(np.abs(sky.x - 270) < 200, sky.mag[:, 2], 99)))
    one = replace(plan, sky=type(sky)(**{name: values[[brightest]] for name, values in vars(sky).items()}), faults={})
    for scan in plan.scans:
        canvas = np.zeros((3600, 540), np.float32)
        seen = see(one, scan, 2, strip(scan, plan.grid, one.sky.ra, one.sky.dec))
        draw_objects(canvas, one, seen, scan, 2)
        row = round(seen.y[0] + frame_step(scan.hemis, scan.direction))
        box = canvas[row - 12 : row + 13, round(seen.x[0]) - 12 : round(seen.x[0]) + 13]
        assert box.sum() == pytest.approx(LATENT[0] * seen.flux[0], rel=0.1)


def test_glints_do_not_move_with_the_direction(plan: Plan) -> None:
    north, south = (ghosts(plan.sky, 0, "n", direction) for direction in "ns")
    assert (north.dy[north.step == 0] == south.dy[south.step == 0]).all()


def test_a_spike_points_along_its_angle() -> None:
    image = np.zeros((101, 101), np.float32)
    values = [np.array([value]) for value in (50.0, 50.0, 100.0, 90.0, 30.0, 0.8)]
    add_spikes(image, *values)
    y, x = np.mgrid[:101, :101]
    assert (image * x).sum() / image.sum() < 45  # east is to the left
    assert (image * y).sum() / image.sum() == pytest.approx(50, abs=0.01)
    assert image[:, :19].sum() == 0


def test_faults_do_what_they_say() -> None:
    every = (0, 1, 2)
    y = np.array([100.0, 3000.0])
    dx, dy = displacement(Fault("mispointed", 10.0, every, detail={"angle": 0.0}), y)
    assert (dx[0], dy[0]) == pytest.approx((10, 0))
    dx, _ = displacement(Fault("tracking", 3.0, every, detail={"smeared": 0.0, "row": 1800.0}), y)
    assert dx[0] == 0 < dx[1]
    assert transparency(Fault("cloud", 0.5, every), np.linspace(-1, 1, 50)).min() == pytest.approx(0.5, abs=0.02)
    shapes = seeing_along(Fault("untracked", 1.8, every, detail={"end": 1.0}), 1.0)
    assert shapes[0] < 1.05 < 1.7 < shapes[-1]
    defocused = star_images(Fault("defocus", 1.25, every, detail={"ring": 1.3, "ratio": 0.6}), 1.0, 3.4, 0.95, True)
    assert moment_ratio(defocused[0]) < 0.8
    assert defocused[0].weight.sum() == pytest.approx(1)
