"""Artificial stars and galaxies, and what they tell of a list."""

from pathlib import Path

import numpy as np
import pytest

from combine import extract_field
from combine.extract.calibrate import ZeroPoint
from combine.extract.completeness import Completeness, completeness
from combine.extract.images import Band, prepare
from combine.extract.inject import Injected, with_objects
from combine.extract.limits import half_found
from combine.extract.reliability import inverted
from combine.extract.sources import Found, find, measure
from combine.products import Product
from schema.connection import Connection
from schema.settings import Settings, defaults
from tests.skies import MAGZP, SCANS, TILE, direction, joined, open_field, product, sky, store_run

SETTINGS: Settings = defaults() | {"completeness_step": [18.0], "completeness_mag": [-2.0, -1.0, 1.0]}
POINTS = {name: ZeroPoint(MAGZP["j"], 0.0, 0, "image", MAGZP["j"]) for name in ("n", "s", "n_psf", "s_psf")}


def prepared(products: dict[str, Product]) -> tuple[Band, Found]:
    band = prepare("j", products, SETTINGS)
    return band, find([band], "default", SETTINGS)


@pytest.fixture(scope="module")
def told() -> Completeness:
    """What injections tell of an open field with a few stars for the point-spread function."""
    band, found = prepared(sky(*open_field(14, 200.0, 5), seed=70))
    return completeness([band], found, measure([band], found, SETTINGS), {"j": POINTS}, SETTINGS)


def test_half_of_the_stars_are_found_where_the_noise_predicts_it(told: Completeness) -> None:
    assert told.m50["j"] == pytest.approx(told.m50_noise["j"], abs=0.1)


def test_bright_stars_are_found_and_measured_rightly(told: Completeness) -> None:
    stars = [row for row in told.rows if row["kind"] == "star"]
    bright = [row for row in stars if row["snr"] > 15]
    assert sum(row["found"] for row in bright) >= 0.96 * sum(row["injected"] for row in bright)
    assert all(abs(row["mag_bias"]) < 0.06 for row in bright)
    assert [row["injected"] > 0 for row in stars] == [True] * len(stars)
    faint = [row for row in stars if row["snr"] < 2.5]
    assert sum(row["found"] for row in faint) <= 0.1 * sum(row["injected"] for row in faint)


def test_galaxies_are_lost_before_stars(told: Completeness) -> None:
    found = {kind: sum(row["found"] for row in told.rows if row["kind"] == kind) for kind in ("star", "galaxy")}
    assert found["galaxy"] < found["star"]


def test_noise_confirms_next_to_nothing(told: Completeness) -> None:
    assert sum(row.get("false_inverted", 0) for row in told.rows) <= 1


def test_holes_in_both_directions_are_what_the_inverted_stacks_find() -> None:
    x, y, flux = open_field(30, 200.0, 6)
    flux[14:] *= -0.1
    band, found = prepared(sky(x, y, flux, seed=80))
    assert inverted(band, 0, found, MAGZP["j"], SETTINGS).size == pytest.approx(16, abs=3)


def test_an_injected_star_is_the_star_that_was_there(told: Completeness) -> None:
    x, y, flux = open_field(14, 200.0, 5)
    empty, _ = prepared(sky(x, y, flux, seed=70))
    growth = empty.both.psf.growth(4.0)
    star = Injected("star", np.array([160.3]), np.array([190.6]), np.array([[0.0]]))
    mag = np.array([MAGZP["j"] - 2.5 * np.log10(500.0 * growth)])
    injected = with_objects(empty, star, mag, POINTS, np.random.default_rng(1), SETTINGS)
    real, _ = prepared(sky(np.append(x, 160.3), np.append(y, 190.6), np.append(flux, 500.0), seed=70))
    box = np.s_[186:196, 156:166]
    assert np.abs(injected.both.snr[box] - real.both.snr[box]).max() < 0.06 * real.both.snr[box].max()


def test_half_is_where_half_is_found() -> None:
    mag = np.linspace(18, 21, 600)
    chance = np.random.default_rng(2).uniform(size=mag.size)
    assert half_found(mag, chance < 0.9 / (1 + np.exp((mag - 19.5) / 0.1))) == pytest.approx(19.48, abs=0.07)
    assert np.isnan(half_found(mag, chance < 0.3))


def test_limits_are_stored_with_the_run_and_leave_with_it(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.setting SET value = '{30}' WHERE name = 'completeness_step'")
    store_run(conn, tmp_path, {"j": sky(*open_field(20, 200.0, 7), seed=9)})
    stored = "SELECT (SELECT count(*) FROM deepcal.completeness), m50 FROM deepcal.stack WHERE direction = 'NS'"
    result = extract_field(conn, TILE, home=tmp_path, injections=True)
    rows, m50 = conn.execute(stored).fetchall()[0]
    assert rows == 32
    assert m50 == pytest.approx(result.m50["j"], abs=1e-4)
    extract_field(conn, TILE, home=tmp_path)
    assert conn.execute(stored).fetchall() == [(0, None)]


def test_a_band_of_one_direction_tells_of_detection_only(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.setting SET value = '{30}' WHERE name = 'completeness_step'")
    north = direction("N", *open_field(20, 200.0, 7), 4)
    store_run(conn, tmp_path, {"j": {"N": north, "NS": north}})
    result = extract_field(conn, TILE, home=tmp_path, injections=True)
    found = conn.execute("SELECT max(found / injected::real) FROM deepcal.completeness WHERE kind = 'star'").fetchone()
    assert result.m50 == {}
    assert found is not None
    assert found[0] > 0.8


def test_an_area_without_data_holds_no_artificial_star() -> None:
    x, y, flux = open_field(20, 200.0, 7)
    whole = [direction(name, x, y, flux, 90 + i) for i, name in enumerate("NS")]
    for one in whole:
        one.image[:, 160:], one.var[:, 160:] = np.nan, np.nan
    halves = joined(*(product(one.image, one.var, SCANS) for one in whole))
    band, found = prepared(halves)
    told = completeness([band], found, measure([band], found, SETTINGS), {"j": POINTS}, SETTINGS)
    stars = sum(row["injected"] for row in told.rows if row["kind"] == "star")
    assert stars == pytest.approx(0.5 * 384 * 320 / 18**2, rel=0.15)
