"""The simulator's camera, piece by piece: images of stars, pixels, kernel, memory, full wells."""

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from schema.errors import BadFile
from simulate.camera.array import FULL, PIXELS, detector, period
from simulate.camera.coadd import add_frame, develop
from simulate.camera.expose import expose
from simulate.camera.kernel import LENGTH, VARIANCE, kernel
from simulate.camera.light import add_ellipses, add_stars, add_wings
from simulate.camera.optics import FINE, PITCH, Blur, response, seeing, star
from simulate.camera.pointing import FRAMES, track
from simulate.camera.star import Reference, fraction, measured_shape, moment_ratio
from simulate.camera.tables import HALF, far_profiles, rounded, table
from simulate.camera.wings import wings
from simulate.plan import Plan, make_plan

Floats = NDArray[np.float32]
STEP = PITCH / FINE


@pytest.fixture(scope="module")
def plan() -> Plan:
    return replace(make_plan(90004, 3, 2, "strips", "low", None), faults={})


def coadd(frames: list[Floats], good: Floats, size: int = 120) -> tuple[Floats, Floats]:
    """Coadd frames of a northern scan around the middle of a small canvas."""
    total, weight = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    scratch = np.empty((2, PIXELS, size), np.float32)
    for k, frame in enumerate(frames):
        add_frame(total, weight, frame * good, good, 60.3, 60.7 - 206 + 82.4 * k, PITCH, 0.006, scratch)
    return total, weight


@pytest.mark.parametrize("band", [0, 1, 2])
@pytest.mark.parametrize("shape", [1.0, 1.05, 1.3, 1.8])
def test_the_coadd_of_a_star_has_the_told_shape(band: int, shape: float) -> None:
    assert measured_shape(Blur(band, shape)) == pytest.approx(shape, abs=0.01)


def test_no_seeing_is_sharper_than_pixel_and_kernel_allow() -> None:
    assert seeing(0.9, 0) == 0
    assert measured_shape(Blur(0, 0.9)) == pytest.approx(0.967, abs=0.01)


def test_the_image_of_a_star_holds_its_light_in_its_middle() -> None:
    image = star(Blur(1, 1.1))
    at = (np.arange(512) - 256) * STEP
    assert image.sum() * STEP**2 == pytest.approx(1, abs=1e-4)
    assert (image * at).sum() * STEP**2 == pytest.approx(0, abs=2e-3)


def test_a_pixel_answers_less_at_its_edge() -> None:
    at = np.linspace(-0.75, 0.75, 30001)
    assert np.trapezoid(response(at), at) == pytest.approx(1, abs=1e-4)
    assert response(np.array([0.499])) < 0.6 * response(np.array([0.0]))


def test_stars_vary_with_their_place_on_a_pixel_by_several_percent_in_one_frame() -> None:
    pixels = table(Blur(0, 1.04), "model").pixels
    sums = pixels[:FINE, :FINE].sum(axis=(2, 3)) * PITCH**2
    assert sums.mean() == pytest.approx(1, abs=0.01)
    assert 0.04 < sums.std() < 0.12


def test_between_2_and_15_percent_of_the_light_falls_outside_4_arcsec() -> None:
    outside = 1 - fraction(np.array([0.97, 1.0, 1.1, 1.25]))
    assert (outside > 0.02).all()
    assert (outside < 0.15).all()
    assert (np.diff(outside) > 0).all()


def test_gaussians_stand_for_the_star_in_apertures() -> None:
    for radius in (2, 4, 7, 14):
        assert Reference(1.0).fraction(radius) == pytest.approx(float(fraction(1.0, radius)), abs=0.004)


def test_astigmatism_defocus_and_trails_make_stars_long() -> None:
    assert moment_ratio(Blur(0, 1.05)) > 0.99
    for longer in (Blur(0, 1.05, stretch=0.4), Blur(0, 1.05, trail=2.5)):
        assert moment_ratio(longer) < 0.93
    assert measured_shape(Blur(0, 1.05, ring=1.5)) > 1.2


def test_the_kernel_is_as_wide_as_the_noise_is_smooth() -> None:
    at = np.linspace(-4, 4, 8001)
    assert np.trapezoid(kernel(at), at) == pytest.approx(LENGTH, rel=1e-3)
    assert 0.9 < np.sqrt(VARIANCE) < 1.0
    smooth = np.correlate(kernel(at), kernel(at), "full")
    lags = smooth[8000 + 1000 * np.arange(1, 5)] / smooth[8000]
    assert lags == pytest.approx((0.77, 0.35, 0.09, 0.02), abs=0.015)


def test_coadding_keeps_a_level_and_the_light_of_a_star() -> None:
    good = np.ones((PIXELS, PIXELS), np.float32)
    total, weight = coadd([np.full_like(good, 7.0)] * 6, good)
    assert total / weight == pytest.approx(np.full(total.shape, 7.0), rel=1e-5)
    frames = []
    for k in range(6):
        frame = np.zeros_like(good)
        x, y = np.array([127.5]), np.array([127.5 + (206 - 82.4 * k) / PITCH])
        table_ = table(Blur(0, 1.1), "model").pixels[None]
        add_stars(frame, x, y, np.array([1e4], np.float32), np.zeros(1, np.int64), np.array([HALF]), table_)
        frames.append(frame)
    total, weight = coadd(frames, good)
    assert (total / weight).sum() == pytest.approx(np.mean([frame.sum() for frame in frames]) * PITCH**2, rel=0.01)


def test_a_bad_pixel_lowers_the_coverage_and_nothing_else() -> None:
    good = np.ones((PIXELS, PIXELS), np.float32)
    whole = coadd([np.full_like(good, 3.0)] * 6, good)[1]
    good[100:130, 120:130] = 0
    total, weight = coadd([np.full_like(good, 3.0)] * 6, good)
    assert (weight < 0.9 * whole).any()
    seen = weight > 0
    assert (total / np.where(seen, weight, 1))[seen] == pytest.approx(np.full(seen.sum(), 3.0), rel=1e-5)


def test_wings_go_on_where_tables_end() -> None:
    frame = np.zeros((101, 101), np.float32)
    place, flux = np.array([50.0]), np.array([1e6], np.float32)
    one = table(Blur(0, 1.05), "model")
    add_stars(frame, place, place, flux, np.zeros(1, np.int64), np.array([HALF]), one.pixels[None])
    add_wings(frame, place, place, flux, np.array([one.tail], np.float32), far_profiles("model", 0))
    inner, outer = frame[50, 50 + HALF], frame[50, 50 + HALF + 1]
    assert outer / inner == pytest.approx((12 / 14) ** 4, rel=0.15)
    assert frame[50, 100] > 0
    beyond = frame.sum() * PITCH**2 / 1e6 - one.pixels[FINE // 2, FINE // 2].sum() * PITCH**2
    assert 0.003 < beyond < 0.02


def test_an_elliptical_gaussian_is_drawn_as_its_formula_says() -> None:
    image = np.zeros((80, 80), np.float32)
    one = [np.array([value]) for value in (40.3, 39.6, 4e4, 5.0, 1.7, 3.0)]
    add_ellipses(image, *one)
    y, x = np.mgrid[:80, :80]
    inverse = np.linalg.inv([[5.0, 1.7], [1.7, 3.0]])
    dx, dy = x - 40.3, y - 39.6
    power = inverse[0, 0] * dx * dx + 2 * inverse[0, 1] * dx * dy + inverse[1, 1] * dy * dy
    peak = 1e4 * np.sqrt(np.linalg.det(inverse)) / (2 * np.pi)
    assert image == pytest.approx(peak * np.exp(-power / 2), abs=5e-3)


def test_full_pixels_hold_no_more_and_light_adds_photon_noise() -> None:
    shape = (PIXELS, PIXELS)
    frame, flat, level = np.empty(shape, np.float32), np.zeros(shape, np.float32), np.zeros((17, 17), np.float32)
    white = np.random.default_rng(1).standard_normal(shape, np.float32)
    develop(frame, np.full(shape, 2e4, np.float32), white, level, flat, 1e4, 0.0, 0.025)
    assert frame.mean() == pytest.approx(1e4, rel=1e-3)
    assert frame.std() == pytest.approx(np.sqrt(0.025 * 1e4), rel=0.02)
    develop(frame, flat, white, level + np.arange(17, dtype=np.float32), flat, 1e4, 0.0, 0.0)
    assert frame[10] == pytest.approx(np.arange(PIXELS) / 16, abs=1e-4)


@pytest.mark.parametrize(("mag", "full"), [(7.5, True), (9.8, False)])
def test_stars_of_8_to_9_mag_fill_their_pixels(plan: Plan, mag: float, full: bool) -> None:
    star_ = np.argmin(np.hypot(plan.sky.x - 269.5, plan.sky.y - 1799.5))
    few = {name: values[[star_]] for name, values in vars(plan.sky).items() if isinstance(values, np.ndarray)}
    sky = replace(plan.sky, **few | {"mag": np.full((1, 3), mag)}, vary=plan.sky.vary.part(np.array([star_])))
    one = replace(plan, sky=sky)
    image, _ = expose(one, one.scans[0], 0, one.frame(one.scans[0]))
    light = float(np.nansum(image - np.nanmedian(image)))
    flux = 10 ** (0.4 * (one.conditions.zero_point[0, 0] - mag))
    assert np.nanmax(image) < FULL[0]
    assert (light < 0.93 * flux) == full


def test_a_detector_keeps_its_faults_for_half_a_year() -> None:
    june, july = (period(datetime.date(1999, month, 20)) for month in (6, 7))
    assert june != july
    first, second = detector(1, "n", 0, june), detector(1, "n", 0, july)
    assert (detector(1, "n", 0, june).good == first.good).all()
    assert (first.flat != second.flat).any()
    assert 0.99 < first.good.mean() < 1
    columns = first.flat.mean(axis=0)
    assert columns.std() > 0.8 * first.flat.std() / np.sqrt(PIXELS)
    assert 1e-5 < columns.std() < 1e-4


def test_frames_step_by_six_places_of_a_pixel_and_wander_a_little(plan: Plan) -> None:
    for scan in plan.scans:
        path = track(plan.number, plan.seed, scan, 269.5, 3600)
        step = np.diff(path.y)
        assert (step > 0).all() == (scan.direction == "n")
        assert np.abs(step).mean() == pytest.approx(82.4 if scan.hemis == "n" else 82.3, abs=0.1)
        assert 0.01 < path.dy.std() < 0.12
        assert path.y.size == FRAMES
    camera = detector(1, "n", 0, 3999)
    assert (82.4 / camera.pitch) % 1 == pytest.approx(1 / 6, abs=1e-6)


def test_places_go_to_the_array_and_back() -> None:
    camera = detector(1, "s", 1, 3999)
    x, y = camera.canvas(200.0, 900.0, np.array([3.0, 250.0]), np.array([250.0, 17.0]))
    column, row = camera.pixel(200.0, 900.0, x, y)
    assert column == pytest.approx([3.0, 250.0])
    assert row == pytest.approx([250.0, 17.0])


def test_images_of_stars_are_tabulated_by_small_steps() -> None:
    near = rounded(Blur(0, 1.0312, 0.04, 0.0, 0.0))
    assert (near.shape, near.stretch) == pytest.approx((1.03, 0.05))


def test_empirical_wings_are_bright_where_measured_and_end(realdata: Path) -> None:
    found = wings(str(realdata / "psf"), 0)
    assert 0.003 < found.light < 0.2
    profile = found.at(np.array([5.0, 10.0, 20.0, 60.0, 140.0]))
    assert (np.diff(profile) < 0).all()


def test_a_folder_without_empirical_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="psf_emp_2mass_k"):
        wings(str(tmp_path), 2)
