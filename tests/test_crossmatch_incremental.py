"""A refresh of what changed leaves what a refresh of everything would, and its history says what changed."""

import numpy as np
import pytest

from crossmatch import RefreshResult, refresh
from schema.connection import Connection
from tests.sky import Array, hard_places, scattered
from tests.test_crossmatch_refresh import EAST, FAR, NEAR, add_catalog, add_run, around, extract, matches

GONE = """DELETE FROM deepcal.ingest_file WHERE file_id IN (SELECT file_id FROM twomass.psc WHERE pts_key = 1000
                                                        UNION SELECT file_id FROM twomass.xsc WHERE ext_key = 1000);
          DELETE FROM twomass.psc WHERE pts_key >= 1000; DELETE FROM twomass.psc_cell WHERE pts_key >= 1000;
          DELETE FROM twomass.xsc WHERE ext_key >= 1000; DELETE FROM twomass.xsc_cell WHERE ext_key >= 1000"""
HISTORY = "SELECT tile, name, catalog, cat_key FROM deepcal.xmatch_history WHERE to_run IS NULL ORDER BY 1, 2, 3"
BEST = """SELECT s.tile, s.name, x.catalog, x.cat_key FROM deepcal.xmatch AS x JOIN deepcal.source AS s USING (run, id)
           WHERE x.best ORDER BY 1, 2, 3"""
CHANGES = "SELECT name, change, old_key, new_key FROM deepcal.xmatch_change WHERE xmatch_run > %s ORDER BY name"


def nothing_left(conn: Connection) -> bool:
    """Tell whether a refresh of everything finds every pair as it is stored."""
    result = refresh(conn, everything=True)
    inside = result.changes["sources inside galaxies stored"], result.changes["removed"]
    return (result.stored, result.gone, *inside) == (0, 0, 0, 0)


def history_is_right(conn: Connection) -> bool:
    """Tell whether the open rows of the history are the best matches of today."""
    kept = conn.execute(HISTORY.encode()).fetchall()
    return kept == conn.execute(BEST.encode()).fetchall() and len(kept) > 0


@pytest.fixture
def crowd(conn: Connection) -> Connection:
    """Two runs on hard places of the sky, with stars and galaxies around them."""
    rng = np.random.default_rng(11)
    places = hard_places(rng)
    for tile, run in ((90001, NEAR), (90002, FAR)):
        add_run(conn, tile, run)
        extract(conn, run, tile, scattered(rng, places, 3, 2.0), confirmed=rng.random(3 * len(places)) < 0.7)
    add_catalog(conn, "psc", scattered(rng, places, 3, 2.0), first=1)
    add_galaxies(conn, rng, scattered(rng, places[:20], 2, 20.0), first=1)
    return conn


def add_galaxies(conn: Connection, rng: np.random.Generator, places: Array, first: int) -> None:
    size = len(places)
    shape = {"sup_ba": rng.uniform(0.2, 1, size), "sup_phi": rng.integers(-90, 90, size)}
    where = {"sup_ra": places[:, 0], "sup_dec": places[:, 1], "r_k20fe": rng.uniform(5, 60, size)}
    add_catalog(conn, "xsc", places, first, **shape, **where)


def test_new_rows_leave_what_a_full_refresh_would(crowd: Connection) -> None:
    rng = np.random.default_rng(12)
    places = hard_places(rng)
    refresh(crowd)
    for step in range(3):
        add_catalog(
            crowd, "psc", scattered(rng, places[rng.random(len(places)) < 0.1], 3, 2.0), first=1000 + 1000 * step
        )
        add_galaxies(
            crowd, rng, scattered(rng, places[rng.random(len(places)) < 0.1], 2, 10.0), first=1000 + 1000 * step
        )
        result = refresh(crowd)
        assert (result.matched, result.in_part) == ([], [NEAR, FAR])
        assert 0 < result.sources < 300
        assert history_is_right(crowd)
        assert nothing_left(crowd)


def test_rows_that_are_gone_or_moved_leave_what_a_full_refresh_would(crowd: Connection) -> None:
    rng = np.random.default_rng(13)
    add_catalog(crowd, "psc", scattered(rng, hard_places(rng)[::4], 3, 2.0), first=1000)
    add_galaxies(crowd, rng, scattered(rng, hard_places(rng)[::9], 2, 20.0), first=1000)
    refresh(crowd)
    crowd.execute(GONE.encode())
    add_catalog(crowd, "psc", scattered(rng, hard_places(rng)[1::4], 2, 2.0), first=1000)  # the same keys, elsewhere
    result = refresh(crowd)
    assert result.gone > 0
    assert history_is_right(crowd)
    assert nothing_left(crowd)


def test_parallel_workers_change_nothing(crowd: Connection) -> None:
    crowd.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    refresh(crowd)
    crowd.execute("SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL parallel_setup_cost = 0")
    crowd.execute("SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0")
    assert nothing_left(crowd)


def test_the_refresh_finds_the_same_without_cells(crowd: Connection) -> None:
    refresh(crowd)
    crowd.execute("TRUNCATE twomass.psc_cell, twomass.xsc_cell")
    assert nothing_left(crowd)
    method = crowd.execute("SELECT method FROM deepcal.xmatch_run ORDER BY xmatch_run DESC LIMIT 1").fetchone()
    assert method == ("psc by q3c_join; xsc by q3c_join",)


@pytest.fixture
def small(conn: Connection) -> RefreshResult:
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, around(EAST))
    add_catalog(conn, "psc", around(EAST)[:2], first=10)
    return refresh(conn)


def test_the_history_says_which_sources_gained_changed_and_lost_a_match(conn: Connection, small: RefreshResult) -> None:
    assert conn.execute(CHANGES, [0]).fetchall() == [("0", "gained", None, 10), ("1", "gained", None, 11)]
    conn.execute("DELETE FROM twomass.psc WHERE pts_key = 10; DELETE FROM twomass.psc_cell WHERE pts_key = 10")
    add_catalog(conn, "psc", around(EAST)[2:], first=20)
    add_catalog(conn, "psc", around(EAST)[1:2], first=5)
    conn.execute("UPDATE twomass.psc SET decl = decl + 1e-4 WHERE pts_key = 11")
    conn.execute("UPDATE twomass.psc_cell SET decl = decl + 1e-4 WHERE pts_key = 11")
    refresh(conn, everything=True)
    changed = [("0", "lost", 10, None), ("1", "changed", 11, 5), ("2", "gained", None, 20)]
    assert conn.execute(CHANGES, [small.xmatch_run]).fetchall() == changed


def test_a_source_that_keeps_its_match_through_a_new_extraction_has_no_change(
    conn: Connection, small: RefreshResult
) -> None:
    extract(conn, NEAR, 90001, around(EAST))
    assert refresh(conn).matched == [NEAR]
    assert conn.execute(CHANGES, [small.xmatch_run]).fetchall() == []


def test_neighbours_are_counted_on_both_sides(conn: Connection) -> None:
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, EAST + np.array([[0, 0], [0, 1e-4]]))
    add_catalog(conn, "psc", EAST + np.array([[0, 0], [0, 1e-4], [0, 2e-4]]))
    refresh(conn)
    counts = conn.execute("SELECT id, cat_key, n_source, n_cat FROM deepcal.xmatch ORDER BY 1, 2").fetchall()
    assert counts == [(0, 1, 3, 2), (0, 2, 3, 2), (0, 3, 3, 2), (1, 1, 3, 2), (1, 2, 3, 2), (1, 3, 3, 2)]


def test_the_nucleus_and_the_sources_in_a_galaxy_are_told_apart(conn: Connection) -> None:
    """An ellipse of 60 by 15 arcsec at 30 degrees: two sources on its axes inside, two outside, one on the nucleus."""
    add_run(conn, 90001, NEAR)
    angle = np.radians([30, 120, 30, 120])
    distance = np.array([55, 13, 65, 17]) / 3600
    shift = np.column_stack([distance * np.sin(angle) / np.cos(np.radians(EAST[1])), distance * np.cos(angle)])
    extract(conn, NEAR, 90001, np.vstack([EAST, EAST + shift]))
    centre = {"sup_ra": EAST[:1], "sup_dec": EAST[1:]}
    shape = {"r_k20fe": np.array([60.0]), "sup_ba": np.array([0.25]), "sup_phi": np.array([30])}
    add_catalog(conn, "xsc", EAST[None], first=7, **centre, **shape)
    refresh(conn)
    assert conn.execute("SELECT id, cntr_xsc, in_xsc FROM deepcal.deepcal_src ORDER BY id").fetchall() == [
        (0, 7, None),
        (1, None, 7),
        (2, None, 7),
        (3, None, None),
        (4, None, None),
    ]
    depth = [row[0] for row in conn.execute("SELECT depth FROM deepcal.xmatch_inside ORDER BY id")]
    assert depth == pytest.approx([0, 55 / 60, 13 / 15], abs=1e-3)


def test_a_source_in_two_galaxies_belongs_to_the_one_it_lies_deeper_in(conn: Connection) -> None:
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, EAST[None])
    add_catalog(conn, "xsc", EAST + np.array([[0, 0.01], [0, -0.015]]), first=7, r_k20fe=np.array([40.0, 900.0]))
    refresh(conn)
    assert conn.execute("SELECT in_xsc FROM deepcal.deepcal_src").fetchall() == [(8,)]


def test_the_rate_of_false_matches_is_that_of_the_stars_around(conn: Connection) -> None:
    """Stars at random: a shifted position finds one within the floor of 1.5 arcsec by Poisson's law."""
    rng = np.random.default_rng(6)
    stars, side = 20000, 0.4
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, EAST + rng.uniform(0.1, 0.3, (1000, 2)), pos_err=np.full(1000, 0.01))
    add_catalog(
        conn,
        "psc",
        EAST + rng.uniform(0, side, (stars, 2)),
        **dict.fromkeys(("err_maj", "err_min"), np.full(stars, 0.01)),
    )
    refresh(conn)
    area = (side * 3600) ** 2 * np.cos(np.radians(EAST[1] + side / 2))
    expected = 1 - np.exp(-stars * np.pi * 1.5**2 / area)
    (rate,) = conn.execute("SELECT false_psc FROM deepcal.xmatch_state").fetchall()[0]
    assert rate == pytest.approx(expected, abs=4 * np.sqrt(expected / 8000))


def test_shifted_positions_lie_where_they_should(conn: Connection) -> None:
    question = """SELECT 3600 * q3c_dist(%s, %s, ra, decl), deepcal.position_angle(%s, %s, ra, decl)
                    FROM deepcal.moved(%s, %s, %s, %s)"""
    for ra, dec in ((0.0, 0.0), (359.9999, 85.0), (120.0, -89.99), (10.0, 90.0)):
        for angle in (10.0, 130.0, 250.0):
            east, north = 45 * np.sin(np.radians(angle)), 45 * np.cos(np.radians(angle))
            distance, pa = conn.execute(question, [ra, dec] * 3 + [east, north]).fetchall()[0]
            assert distance == pytest.approx(45, abs=1e-5)
            assert dec == 90 or pa == pytest.approx(angle, abs=1e-4)
    assert len(matches(conn)) == 0


def test_residuals_tell_stars_in_the_tie_from_those_held_out(conn: Connection) -> None:
    """Sources lie on the stars of the tie, and 0.3 arcsec north of those held out."""
    rng = np.random.default_rng(8)
    stars = EAST + rng.uniform(0, 0.3, (400, 2))
    held = np.array([row[0] for row in conn.execute("SELECT deepcal.held_out(n) FROM generate_series(1, 400) AS n")])
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, stars + np.column_stack([np.zeros(400), np.where(held, 0.3 / 3600, 0)]))
    add_catalog(conn, "psc", stars, first=1)
    refresh(conn)
    tied, kept = conn.execute("SELECT * FROM deepcal.match_residuals(%s)", [NEAR]).fetchall()
    assert (tied[0], kept[0], tied[1] + kept[1]) == (False, True, 400)
    assert 150 < kept[1] < 250
    assert [*tied[2:], *kept[2:]] == pytest.approx([0, 0, 0, 0, 0, 0.3, 0, 0], abs=1e-5)
