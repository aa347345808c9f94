"""The functions astronomers call: right on the whole sky, calm about silly arguments."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import LiteralString

import numpy as np
import pytest
from numpy.typing import NDArray
from psycopg.sql import SQL, Identifier

from schema.connection import Connection, connect
from schema.tables.scan import detection, scan
from schema.tables.source import merged_link, merged_source
from schema.tables.twomass import psc
from tests.rows import put
from tests.world import CENTRE, RUN, SOURCES, TILE, make_world

Array = NDArray[np.float64]
INFINITY, NAN = float("inf"), float("nan")
CENTRES = [(0.0, 0.0), (359.9999, 45.0), (45.0, 35.27), (10.0, 89.9999), (200.0, -90.0), (135.0, -35.264), (90.0, 0.0)]


@pytest.fixture(scope="module")
def world(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Connection]:
    """A small world, and PSC stars scattered around hard places of the sky: key, ra and dec of each."""
    with fresh_database() as dsn, connect(dsn) as conn:
        make_world(conn)
        put(conn, psc, [{"pts_key": 1000 + i, "ra": a, "decl": d} for i, (a, d) in enumerate(scattered())])
        corners = dict(zip(("ra_1", "ra_2", "ra_3", "ra_4"), (0.07, 359.93, 0.07, 359.93), strict=True))
        corners |= dict(zip(("dec_1", "dec_2", "dec_3", "dec_4"), (9.5, 9.5, 10.5, 10.5), strict=True))
        put(conn, scan, [{"scan_key": 99, "scan": 99, "tile": 90001, "ra": 0.0, "decl": 10.0, **corners}])
        conn.commit()
        conn.autocommit = True
        yield conn


def scattered() -> list[tuple[float, float]]:
    """Return positions up to 2 deg from the centres, most of them near, identical ones among them."""
    rng = np.random.default_rng(7)
    found: list[tuple[float, float]] = []
    for ra, dec in CENTRES:
        distance = np.radians(10 ** rng.uniform(-4, 0.3, 150))
        angle = rng.uniform(0, 2 * np.pi, 150)
        d0 = np.radians(dec)
        sine = np.sin(d0) * np.cos(distance) + np.cos(d0) * np.sin(distance) * np.cos(angle)
        shift = np.arctan2(np.sin(angle) * np.sin(distance) * np.cos(d0), np.cos(distance) - np.sin(d0) * sine)
        found += zip((ra + np.degrees(shift)) % 360, np.degrees(np.arcsin(np.clip(sine, -1, 1))), strict=True)
    return [(float(a), float(d)) for a, d in found + found[:3]]


def unit(ra: Array, dec: Array) -> Array:
    a, d = np.radians(ra), np.radians(dec)
    return np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)], axis=-1)


def separations(ra: float, dec: float) -> Array:
    """Return the distance of every scattered star, arcsec, without q3c."""
    stars = np.array(scattered())
    chord = np.linalg.norm(unit(stars[:, 0], stars[:, 1]) - unit(np.array(ra), np.array(dec)), axis=1)
    return np.asarray(3600 * np.degrees(2 * np.arcsin(chord / 2)))


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("radius", [1.0, 10.0, 300.0, 359.0, 361.0, 3000.0, 7000.0])
def test_a_cone_holds_what_brute_force_finds(world: Connection, centre: tuple[float, float], radius: float) -> None:
    rows = world.execute(
        "SELECT pts_key, separation FROM psc_cone(%s, %s, %s) WHERE pts_key >= 1000", (*centre, radius)
    ).fetchall()
    expected = separations(*centre)
    assert {key for key, _ in rows} == {1000 + i for i in np.flatnonzero(expected < radius)}
    found = [separation for _, separation in rows]
    assert found == sorted(found)
    np.testing.assert_allclose(found, np.sort(expected[expected < radius]), atol=1e-5)


@pytest.mark.parametrize("function", ["cone", "psc_cone", "xsc_cone", "merged_cone"])
@pytest.mark.parametrize(
    "where",
    [
        (None, 0.0, 10.0), (10.0, None, 10.0), (10.0, 10.0, None), (NAN, 0.0, 10.0), (10.0, NAN, 10.0),
        (10.0, 10.0, NAN), (INFINITY, 0.0, 10.0), (10.0, -INFINITY, 10.0), (10.0, 10.0, INFINITY),
        (*CENTRE, 0.0), (*CENTRE, -10.0), (*CENTRE, -1e300),
    ],
)  # fmt: skip
def test_nowhere_and_no_size_find_nothing(world: Connection, function: str, where: tuple[float | None, ...]) -> None:
    asked = SQL("SELECT count(*) FROM {}(%s::float8, %s::float8, %s::float8)").format(Identifier(function))
    assert world.execute(asked, where).fetchone() == (0,)


@pytest.mark.parametrize("where", [(1e300, 1e300, 1e300), (-1e9, -1e9, 1e9), (720.0, 91.0, 200 * 3600.0)])
def test_far_too_large_numbers_do_no_harm(world: Connection, where: tuple[float, ...]) -> None:
    assert world.execute("SELECT count(*) FROM psc_cone(%s, %s, %s)", where).fetchone() is not None
    assert world.execute("SELECT 1").fetchone() == (1,)


def test_right_ascension_goes_round(world: Connection) -> None:
    ra, dec = CENTRE
    counts = [
        world.execute("SELECT count(*) FROM cone(%s, %s, 200)", (ra + turn, dec)).fetchone()
        for turn in (-360, 0, 360, 720)
    ]
    assert counts == [(4,)] * 4


def test_a_cone_brings_all_columns_of_the_table(world: Connection) -> None:
    def names(question: LiteralString) -> list[str]:
        return [column.name for column in world.execute(question).description or []]

    assert names("SELECT * FROM psc_cone(0, 0, 1)") == ["separation", *names("SELECT * FROM psc LIMIT 0")]
    assert names("SELECT * FROM nearest(0, 0)") == ["separation", *names("SELECT * FROM deepcal_src LIMIT 0")]


def test_the_nearest_is_one_within_reach(world: Connection) -> None:
    ((ra, dec),) = world.execute("SELECT ra, dec FROM source WHERE id = 7").fetchall()
    assert world.execute("SELECT id FROM nearest(%s, %s)", (ra, dec + 0.005)).fetchall() == [(7,)]
    assert world.execute("SELECT id FROM nearest(%s, %s, 10)", (ra, dec + 0.005)).fetchall() == []
    assert world.execute("SELECT pts_key FROM psc_nearest(%s, %s)", (ra, dec)).fetchall() == [(6,)]


def test_a_scan_without_images_is_found_by_its_corners(world: Connection) -> None:
    asked = "SELECT scan_key, band FROM scans_at(%s, %s)"
    inside = [(0.0, 10.0), (359.94, 9.51), (0.065, 10.4), (360.0, 10.0)]
    outside = [(0.08, 10.0), (359.92, 10.0), (0.0, 9.49), (0.0, 10.51), (180.0, -10.0), (NAN, 10.0), (0.0, 95.0)]
    assert [world.execute(asked, where).fetchall() for where in inside] == [[(99, None)]] * len(inside)
    assert [world.execute(asked, where).fetchall() for where in outside] == [[]] * len(outside)


def test_scans_below_and_stacks_above_know_of_each_other(world: Connection) -> None:
    scans = {row[0] for row in world.execute("SELECT scan_key FROM scans_under('DC 20')")}
    assert scans == set(range(1, 12))
    rows = world.execute("SELECT run, band, used, reason, share FROM stacks_of(3)").fetchall()
    assert [(row[0], row[2]) for row in rows] == [(RUN, True)] * 3
    assert [row[4] for row in rows] == pytest.approx([1 / 11] * 3)
    assert world.execute("SELECT DISTINCT used, share FROM stacks_of(12)").fetchall() == [(False, None)]


def test_a_light_curve_is_asked_by_name_or_by_number(world: Connection) -> None:
    with world.transaction(force_rollback=True):
        world.execute("SELECT add_tile_partition(%s)", (TILE,))
        put(world, merged_source, [{"tile": TILE, "gcntr": 5, "name": "DC 3", "napp": 2, "ra": 1.0, "dec": 1.0}])
        night = {"tile": TILE, "ra": 1.0, "decl": 1.0, "k_m": 14.0, "k_msigcom": 0.05, "k_cmsig": 0.04}
        rows = [
            night | {"cntr": 5, "scan_key": 2, "jdate": 2451000.5, "j_m": 15.0, "j_msigcom": None, "cc_flg": "000"},
            night | {"cntr": 9, "scan_key": 1, "jdate": 2450900.5, "j_m": 15.0, "j_msigcom": 0.1, "cc_flg": "00p"},
        ]
        put(world, detection, rows)
        put(world, merged_link, [{"tile": TILE, "gcntr": 5, "cntr": cntr, "separation": 0.1} for cntr in (5, 9)])
        by_name = world.execute("SELECT scan_key, j_m, j_msig, k_m FROM light_curve('DC 3')").fetchall()
        assert by_name == world.execute("SELECT scan_key, j_m, j_msig, k_m FROM light_curve('5')").fetchall()
        assert by_name == [(1, 15.0, pytest.approx(0.1), None), (2, None, None, 14.0)]
    assert world.execute("SELECT * FROM light_curve('no such star')").fetchall() == []


def test_readers_may_call_them(world: Connection) -> None:
    with world.transaction(force_rollback=True):
        world.execute("SET LOCAL ROLE deepcal_reader")
        assert world.execute("SELECT count(*) FROM cone(%s, %s, 3600)", CENTRE).fetchone() == (SOURCES,)
        world.execute("SELECT count(*) FROM scans_at(%s, %s)", CENTRE)
        world.execute("SELECT count(*) FROM light_curve('1')")
