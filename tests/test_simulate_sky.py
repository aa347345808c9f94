"""The simulated sky: counts by latitude, colours, galaxies, motions, variables, and what a scan sees of them."""

from functools import cache

import numpy as np
import pytest

from schema.grid import Grid
from schema.tiles import tiles
from simulate.plan import make_plan
from simulate.sky.angles import galactic
from simulate.sky.counts import star_counts
from simulate.sky.field import Sky, make_sky
from simulate.sky.variables import KINDS, SHAPES, draw_variability

COMPARED = {
    90004: 63, 90013: 409, 90021: 67, 90091: 101, 90121: 366, 90161: 233, 90182: 265, 90191: 159, 90217: 991,
    90234: 231, 90247: 448, 90266: 61, 90272: 68, 90273: 1058, 90279: 2881, 90290: 234, 90294: 78, 90301: 116,
    90312: 1901,
}  # fmt: skip
"""Stars of calibration fields that the survey compared with the PSC (Explanatory Supplement, A4.4b table 1)."""


def place(tile: int) -> tuple[float, float]:
    known = tiles()[tile]
    assert known.ra is not None
    assert known.dec is not None
    return known.ra, known.dec


@cache
def sky(tile: int, crowding: str = "real", scans: int = 60) -> Sky:
    return make_sky(tile, 1, Grid.of(*place(tile)), crowding, scans)


def in_field(sky: Sky) -> np.ndarray:
    inside: np.ndarray = (np.abs(sky.x - 269.5) < 270) & (np.abs(sky.y - 1799.5) < 1800)
    return inside


def test_counts_follow_those_of_the_calibration_fields_within_a_factor_of_two() -> None:
    ratio = {}
    for tile, compared in COMPARED.items():
        glon, glat = galactic(*place(tile))
        ratio[tile] = star_counts(float(glon), float(glat)).brighter(14.5) * 0.15 / compared
    middle = np.median(list(ratio.values()))
    assert all(0.5 < value / middle < 2 for value in ratio.values()), ratio


def test_the_pole_has_as_many_stars_as_the_survey_found() -> None:
    assert 1000 < star_counts(0, 90).brighter(16.5) < 2500  # a square degree


@pytest.mark.parametrize(("crowding", "objects"), [("low", 2_500), ("medium", 7_000), ("high", 50_000)])
def test_a_crowding_has_its_number_of_objects(crowding: str, objects: int) -> None:
    field = sky(90330, crowding)
    assert np.sum(in_field(field) & (field.mag[:, 0] < 20)) == pytest.approx(objects, rel=0.06)


def test_the_sky_goes_on_two_magnitudes_below_the_stack() -> None:
    for scans in (6, 600):
        field = sky(90330, "low", scans)
        limit = 16.7 + 1.25 * np.log10(scans)
        bins = np.histogram(field.mag[:, 0], np.arange(limit, limit + 2.01, 0.5))[0]
        assert (np.diff(bins) > -0.15 * bins[:-1]).all()  # rising, or nearly flat, to the end


def test_faint_galaxies_are_redder_than_one_and_stars_mostly_bluer() -> None:
    field = sky(90004)
    colour = field.mag[:, 0] - field.mag[:, 2]
    assert (colour[field.galaxy & (field.mag[:, 2] > 15)] > 1).all()
    assert np.mean(colour[~field.galaxy] < 1) > 0.95


def test_the_galactic_plane_is_redder() -> None:
    low, high = (np.median(field.mag[:200, 0] - field.mag[:200, 2]) for field in (sky(90312), sky(90004)))
    assert low > high + 0.05


def test_galaxies_are_small_and_clustered() -> None:
    field = sky(90004, "real", 3000)
    faint = field.galaxy & (np.abs(field.mag[:, 2] - 17) < 0.3)
    assert 0.4 < np.percentile(field.r_e[faint], 16) < np.percentile(field.r_e[faint], 84) < 1.1
    x, y = field.x[field.galaxy], field.y[field.galaxy]
    cells = np.histogram2d(x, y, bins=(10, 50))[0]
    assert cells.var() > 1.5 * cells.mean()


def test_few_stars_have_a_companion_nearer_than_two_arcsec() -> None:
    field = sky(90330, "low")
    near = field.neighbour[~field.galaxy & (field.mag[:, 0] < 17)]
    assert 0.01 < np.mean(near < 2) < 0.08


def test_stars_of_high_latitudes_move_more() -> None:
    high, low = (np.hypot(*s.motion[~s.galaxy & (s.mag[:, 0] < 16)].T) for s in (sky(90266), sky(90312)))
    assert 8 < np.median(high) < 20
    assert 3 < np.median(low) < 8


def test_red_standards_move_half_an_arcsec_a_year() -> None:
    for tile in (92026, 92397, 90191):
        field = sky(tile)
        assert np.hypot(*field.motion[field.standard == 1][0]) > 490


def test_a_scan_sees_moving_stars_where_they_are_at_its_time() -> None:
    plan = make_plan(92397, 1, 12, "strips", "low", None)
    primary = int(np.flatnonzero(plan.sky.standard == 1)[0])
    for scan in (plan.scans[0], plan.scans[-1]):
        seen, years = plan.seen(scan), (scan.jdate - 2451544.5) / 365.25
        assert (seen.dec[primary] - plan.sky.dec[primary]) * 3600 == pytest.approx(-0.065 * years, abs=1e-3)
        east = (seen.ra[primary] - plan.sky.ra[primary]) * 3600 * np.cos(np.radians(plan.sky.dec[primary]))
        assert east == pytest.approx(-0.493 * years, abs=1e-3)


def test_a_variable_has_its_mean_its_range_and_its_period() -> None:
    rng = np.random.default_rng(1)
    vary = draw_variability(rng, np.ones(200, bool), np.arange(200))
    assert set(vary.kind) == set(range(1, len(KINDS)))
    for i in range(200):
        phase = vary.epoch[i] + vary.period[i] * np.arange(0, 1, 0.001)
        light = vary.part(np.array([i])).light(phase)[:, 0]
        again = vary.part(np.array([i])).light(phase + 3 * vary.period[i])[:, 0]
        assert np.ptp(light[:, 0]) == pytest.approx(2 * vary.amplitude[i], rel=0.01)
        assert light.mean(axis=0) == pytest.approx(0, abs=0.01)
        assert again == pytest.approx(light, abs=1e-3)
        assert np.ptp(light[:, 2]) < np.ptp(light[:, 0])


def test_shapes_of_light_curves_have_mean_zero_and_range_two() -> None:
    assert SHAPES.mean(axis=1) == pytest.approx(0, abs=1e-12)
    assert np.ptp(SHAPES[1:], axis=1) == pytest.approx(2)


def test_every_field_has_variables_and_galaxies_never_vary() -> None:
    field = sky(90330, "low")
    assert (in_field(field) & (field.vary.kind > 0) & (field.mag[:, 0] < 15)).sum() >= 6
    assert not (field.vary.kind[field.galaxy] > 0).any()
    assert not field.motion[field.galaxy].any()


def test_two_skies_of_one_seed_are_the_same() -> None:
    first, second = (vars(make_sky(90121, 4, Grid.of(*place(90121)), "low", 6)) for _ in range(2))
    for name, values in first.items():
        if isinstance(values, np.ndarray):
            assert np.array_equal(values, second[name], equal_nan=values.dtype.kind == "f"), name
