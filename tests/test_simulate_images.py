"""Pixels of simulated images: photometry, astrometry, noise, coverage, artifacts."""

import os
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, map_coordinates

from schema.settings import defaults
from simulate.artifacts.habits import habits
from simulate.artifacts.points import frame_step, ghosts
from simulate.artifacts.spikes import add_spikes
from simulate.camera.expose import expose
from simulate.camera.seen import Seen, see
from simulate.camera.star import fraction
from simulate.faults import Fault
from simulate.faults.effects import displacement, seeing_along, seen_star, transparency
from simulate.offsets import HALF_X, HALF_Y, TERMS, offset_at
from simulate.plan import Plan, make_plan

REAL = os.environ.get("DEEPCAL_REALDATA")
MEASURED_LAGS = (0.77, 0.35, 0.09, 0.02)  # of real Atlas Images after background removal
EVERY = (0, 1, 2)

Array = NDArray[np.float64]


@cache
def _plan() -> Plan:
    return make_plan(90004, 3, 6, "strips", "medium", None)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return _plan()


def sky_of(plan: Plan, members: Array) -> Plan:
    """Return the plan with some of its objects only, and without faults."""
    few = {name: values[members] for name, values in vars(plan.sky).items() if isinstance(values, np.ndarray)}
    few["vary"] = plan.sky.vary.part(members)
    return replace(plan, sky=replace(plan.sky, **few), faults={})


@cache
def quiet(scan: int, band: int) -> tuple[NDArray[np.float32], NDArray[np.float32], Seen]:
    """Return image, coverage and what is seen of a scan without faults."""
    plan = replace(_plan(), faults={})
    frame = plan.frame(plan.scans[scan])
    image, coverage = expose(plan, plan.scans[scan], band, frame)
    return image, coverage, see(plan, plan.scans[scan], band, frame)


@pytest.fixture(scope="module")
def empty() -> Array:
    """An image of nothing but sky, flat in its background."""
    plan = sky_of(_plan(), np.flatnonzero(np.abs(_plan().sky.x) > 1e6))
    calm = replace(plan.conditions, background=plan.conditions.background * 0, glow=plan.conditions.glow * 0)
    image, _ = expose(replace(plan, conditions=calm), plan.scans[0], 2, plan.frame(plan.scans[0]))
    kept = image[60:3540, 45:-45]
    return kept.astype(float) - np.median(kept)


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


def circle(image: NDArray[np.float32], x: float, y: float, radius: float) -> float:
    """Return the light in a circle, interpolated, over a background from 20 to 25 arcsec."""
    column, row = round(x), round(y)
    box = image[row - 26 : row + 27, column - 26 : column + 27].astype(float)
    dy, dx = np.mgrid[-26:27, -26:27]
    distance = np.hypot(dx + column - x, dy + row - y)
    box -= np.nanmedian(box[(distance > 20) & (distance < 25)])
    step = 0.1
    at = np.arange(-radius, radius, step) + step / 2
    py, px = np.meshgrid(at, at, indexing="ij")
    values = map_coordinates(box, [py + 26 + y - row, px + 26 + x - column], order=3)
    return float(values[np.hypot(px, py) < radius].sum() * step**2)


def bright(plan: Plan, seen: Seen, low: float, high: float) -> NDArray[np.int64]:
    """Return isolated stars of a range of Ks in the image."""
    sky = plan.sky
    alone = (sky.neighbour > 15) & ~sky.galaxy & (sky.mag[:, 2] > low) & (sky.mag[:, 2] < high)
    return np.flatnonzero(alone & (np.abs(seen.x - 270) < 190) & (np.abs(seen.y - 1800) < 1700))


def test_stars_have_their_magnitudes(plan: Plan) -> None:
    found = []
    for scan in range(3):
        image, _, seen = quiet(scan, 2)
        found += [circle(image, seen.x[i], seen.y[i], 12.0) / seen.flux[i] for i in bright(plan, seen, 9, 12)]
    assert len(found) > 60
    assert np.median(found) == pytest.approx(fraction(1.03, 12), abs=0.008)


def test_light_in_4_arcsec_is_what_truth_says(plan: Plan) -> None:
    found = []
    for scan in range(3):
        image, _, seen = quiet(scan, 2)
        stars = bright(plan, seen, 9, 12)
        found += [circle(image, seen.x[i], seen.y[i], 4.0) / seen.flux[i] / fraction(seen.shape[i]) for i in stars]
    assert np.mean(np.clip(found, 0.9, 1.1)) == pytest.approx(1, abs=0.01)


def test_photometry_of_one_star_scatters_by_the_floor_of_an_undersampled_camera(plan: Plan) -> None:
    by_star = defaultdict(list)
    for scan in range(6):
        image, _, seen = quiet(scan, 2)
        for i in bright(plan, seen, 8.8, 10.8):
            by_star[i].append(circle(image, seen.x[i], seen.y[i], 4.0) / seen.flux[i] / fraction(seen.shape[i]))
    scatter = [1.4826 * np.median(np.abs(np.array(one) - np.median(one))) for one in by_star.values() if len(one) > 4]
    assert len(scatter) > 10
    assert 0.012 < np.mean(scatter) < 0.03


def test_stars_lie_where_they_were_put_to_a_tenth_of_an_arcsec(plan: Plan) -> None:
    misses = []
    for scan in range(6):
        image, _, seen = quiet(scan, 2)
        for i in bright(plan, seen, 9, 11):
            column, row = round(seen.x[i]), round(seen.y[i])
            box = image[row - 5 : row + 6, column - 5 : column + 6] - np.nanmedian(image)
            dy, dx = np.mgrid[-5:6, -5:6]
            dx, dy = dx + column - seen.x[i], dy + row - seen.y[i]
            weight = box * np.exp(-0.5 * (np.hypot(dx, dy) / 1.5) ** 2)  # halves the centroid's way
            misses.append((2 * (weight * dx).sum() / weight.sum(), 2 * (weight * dy).sum() / weight.sum()))
    assert np.median(misses, axis=0) == pytest.approx((0, 0), abs=0.04)
    assert np.all(np.std(misses, axis=0) < 0.15)


def test_stars_are_as_wide_as_the_seeing_shape_says(plan: Plan) -> None:
    shapes = []
    radius, angle = np.linspace(0, 4, 81), np.arange(24) * np.pi / 12
    for scan in range(3):
        image, _, seen = quiet(scan, 2)
        flat = np.nan_to_num(image - np.nanmedian(image))
        for i in bright(plan, seen, 9, 11):
            x, y = seen.x[i] + np.outer(radius, np.cos(angle)), seen.y[i] + np.outer(radius, np.sin(angle))
            profile = map_coordinates(flat, [y, x], order=3).mean(axis=1)
            shapes.append(2 * np.interp(-0.5 * profile[0], -profile, radius) / 2.8 / seen.shape[i])
    assert np.median(shapes) == pytest.approx(1, abs=0.03)


def test_noise_is_correlated_as_in_real_images(empty: Array) -> None:
    assert lags(empty, np.zeros(empty.shape, bool)) == pytest.approx(MEASURED_LAGS, abs=0.02)


def test_noise_is_as_large_as_the_header_says(plan: Plan, empty: Array) -> None:
    assert empty.std() == pytest.approx(plan.conditions.skysig[0, 2], rel=0.04)


def test_empty_apertures_scatter_as_in_real_images(empty: Array) -> None:
    y, x = np.mgrid[-4:5, -4:5]
    inside = np.hypot(x, y) <= 4
    rows, columns = empty.shape
    places = [(r, c) for r in range(10, rows - 10, 12) for c in range(10, columns - 10, 12)]
    sums = [(empty[r - 4 : r + 5, c - 4 : c + 5] * inside).sum() for r, c in places]
    assert 2.7 < np.std(sums) / (np.sqrt(inside.sum()) * empty.std()) < 3.1


@pytest.mark.skipif(not REAL, reason="DEEPCAL_REALDATA is not set: no real Atlas Images")
@pytest.mark.parametrize("band", "JHK")
def test_simulated_noise_agrees_with_a_real_image(band: str, empty: Array) -> None:
    real = fits.getdata(Path(str(REAL)) / f"atlas/a{band}_asky_001022s0620186.fits.gz")[4:-4, 4:-4].astype(float)

    def flattened(image: Array) -> tuple[Array, NDArray[np.bool_]]:
        blocks = image[:992, :448].reshape(31, 32, 14, 32)
        flat = (blocks - np.nanmedian(blocks, axis=(1, 3), keepdims=True)).reshape(992, 448)
        sigma = 1.4826 * np.nanmedian(np.abs(flat))
        return flat, binary_dilation(flat > 4 * sigma, iterations=5) | np.isnan(flat)

    assert lags(*flattened(empty)) == pytest.approx(lags(*flattened(real)), abs=0.03)


def test_coverage_is_of_six_or_seven_frames_and_less_where_pixels_are_bad() -> None:
    image, coverage, _ = quiet(0, 2)
    inside = np.isfinite(image)
    assert 5.5 < np.median(coverage[inside]) < 6.5
    assert coverage.max() < 7.2
    assert 0.0005 < np.mean(coverage[inside] < 5.3) < 0.2
    assert (coverage[~inside] == 0).all()


def test_strips_show_stars_displaced_by_the_offset(plan: Plan) -> None:
    scan = plan.scans[0]
    seen = see(replace(plan, faults={}), scan, 0, plan.frame(scan))
    sky = plan.seen(scan)
    east, north = offset_at(plan.offsets[0], sky.x, sky.y)
    x, y = plan.grid.pixel(sky.ra, sky.dec)
    assert seen.x == pytest.approx(x - east, abs=1e-6)
    assert seen.y == pytest.approx(y + north, abs=1e-6)


def test_a_positive_offset_in_ra_moves_a_star_to_the_left() -> None:
    coefficients = np.zeros((2, len(TERMS)))
    coefficients[:, 0] = 0.3, 0.6
    coefficients[0, 2] = 0.1
    east, north = offset_at(coefficients, np.array([269.5 - HALF_X]), np.array([1799.5 + HALF_Y]))
    assert (east[0], north[0]) == pytest.approx((0.4, 0.6))


def test_the_mean_offset_of_a_field_is_the_published_one() -> None:
    scans = make_plan(90004, 3, 30, "strips", "low", None)
    y, x = np.mgrid[0:3600:60, 0:540:30].astype(float)
    mean = np.mean([offset_at(c, x, y) for c in scans.offsets], axis=(0, 2, 3))
    assert mean == pytest.approx((-0.101, 0.664), abs=0.1)


def test_latent_images_lie_ahead_of_the_star_on_opposite_sides(plan: Plan) -> None:
    north, south = (ghosts(plan.sky.mag, 2, "n", direction, habits(3, "n")) for direction in "ns")
    steps = north.step == 1
    assert (north.dy[steps] == 82.4).all()
    assert (south.dy[south.step == 1] == -82.4).all()
    assert frame_step("s", "s") == -defaults()["frame_step_s"][0]


def test_the_array_remembers_bright_stars_one_frame_ahead(plan: Plan) -> None:
    sky = plan.sky
    star = np.argmin(np.where((np.abs(sky.x - 270) < 200) & (np.abs(sky.y - 1800) < 1600), sky.mag[:, 2], 99))
    one = sky_of(plan, np.array([star]))
    for scan in plan.scans[:2]:
        image, _ = expose(one, scan, 2, one.frame(scan))
        seen = see(one, scan, 2, one.frame(scan))
        ahead = circle(image, seen.x[0], seen.y[0] + frame_step(scan.hemis, scan.direction), 5.0)
        behind = circle(image, seen.x[0], seen.y[0] - frame_step(scan.hemis, scan.direction), 5.0)
        assert ahead == pytest.approx(habits(3, scan.hemis).latent[2][0] * seen.flux[0], rel=0.2)
        assert abs(behind) < 0.3 * ahead


def test_glints_do_not_move_with_the_direction(plan: Plan) -> None:
    north, south = (ghosts(plan.sky.mag, 0, "n", direction, habits(3, "n")) for direction in "ns")
    assert (north.dy[north.step == 0] == south.dy[south.step == 0]).all()


def test_a_spike_points_along_its_angle() -> None:
    image = np.zeros((101, 101), np.float32)
    values = [np.array([value]) for value in (50.0, 50.0, 100.0, 90.0, 30.0, 0.8)]
    add_spikes(image, *values, 1.0)
    y, x = np.mgrid[:101, :101]
    assert (image * x).sum() / image.sum() < 45  # east is to the left
    assert (image * y).sum() / image.sum() == pytest.approx(50, abs=0.01)
    assert image[:, :19].sum() == 0


def test_faults_do_what_they_say(plan: Plan) -> None:
    y = np.array([100.0, 3000.0])
    dx, dy = displacement(Fault("mispointed", 10.0, EVERY, detail={"angle": 0.0}), y)
    assert (dx[0], dy[0]) == pytest.approx((10, 0))
    dx, _ = displacement(Fault("tracking", 3.0, EVERY, detail={"smeared": 0.0, "row": 1800.0}), y)
    assert dx[0] == 0 < dx[1]
    assert transparency(Fault("cloud", 0.5, EVERY), np.linspace(-1, 1, 50)).min() == pytest.approx(0.5, abs=0.02)
    ends = np.array([-1.0, 1.0])
    untracked = Fault("untracked", 0.8, EVERY, detail={"end": 1.0})
    rise = seeing_along(untracked, plan.conditions, 0, 0, ends) - seeing_along(None, plan.conditions, 0, 0, ends)
    assert rise[0] < 0.05 < 0.75 < rise[1]
    defocused = Fault("defocus", 0.25, EVERY, detail={"sign": 1.0})
    assert seen_star(defocused, plan.conditions, 0, 0)[2] == pytest.approx(0.75)
