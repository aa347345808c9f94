"""Matches of any two tables: none missing and none too many, wherever on the sky, by every way."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from psycopg.sql import SQL

from crossmatch import Names, Positions, TableMatch, match_tables
from schema.cells import CELL_MARGIN
from schema.connection import Connection
from schema.errors import BadArgument
from schema.tables.twomass import psc
from tests.rows import put
from tests.sky import Array, hard_places, load, scattered, separations

Sky = tuple[Array, Array]
WAYS = {"cells": 50, "q3c_join": 0}  # xmatch_ratio: over so many times the rows of the left table, no cells are made


@dataclass(frozen=True)
class Row:
    """One pair of a match of all."""

    left: int
    right: int
    separation: float
    pa: float
    rank_left: int
    rank_right: int
    n_left: int
    n_right: int


def run(conn: Connection, radius: float, left: str = "left_sky", right: str = '"right sky"', **how: Any) -> TableMatch:
    names = Names(), Names(*(("number", "alpha", "delta") if right == '"right sky"' else ()))
    sides = [Positions.find(conn, name, given) for name, given in zip((left, right), names, strict=True)]
    return match_tables(conn, *sides, radius, into="public.found", replace=True, **how)


def choose_way(conn: Connection, way: str) -> None:
    conn.execute("UPDATE deepcal.setting SET value = ARRAY[%s::float8] WHERE name = 'xmatch_ratio'", [WAYS[way]])


def pairs(conn: Connection, radius: float) -> list[Row]:
    run(conn, radius, mode="all")
    return [Row(*row) for row in conn.execute("SELECT * FROM public.found ORDER BY 1, 5")]


@pytest.fixture
def sky(conn: Connection) -> Sky:
    rng = np.random.default_rng(7)
    places = hard_places(rng)
    left, right = scattered(rng, places, 6, 3.0), scattered(rng, places, 7, 3.0)
    load(conn, "left_sky", left)
    load(conn, "right sky", right, ("number", "alpha", "delta"))
    return left, right


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("radius", [0.5, 2.0, 10.0, 30.0])
def test_the_pairs_are_those_of_brute_force_everywhere(conn: Connection, sky: Sky, radius: float, way: str) -> None:
    choose_way(conn, way)
    distance = separations(*sky)
    found = pairs(conn, radius)
    assert len(found) == np.sum(distance < radius)
    assert {(pair.left, pair.right) for pair in found} == set(zip(*np.nonzero(distance < radius), strict=True))
    assert max(abs(pair.separation - distance[pair.left, pair.right]) for pair in found) < 1e-8


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("radius", [0.5, 2.0, 10.0])
def test_the_nearest_row_is_that_of_brute_force_everywhere(conn: Connection, sky: Sky, radius: float, way: str) -> None:
    choose_way(conn, way)
    distance = separations(*sky)
    assert run(conn, radius).method.startswith(way)
    found = conn.execute("SELECT * FROM public.found").fetchall()
    assert {left for left, _, _ in found} == set(np.nonzero(distance.min(axis=1) < radius)[0])
    assert len(found) == len({left for left, _, _ in found})
    for left, right, separation in found:
        assert distance[left, right] == pytest.approx(distance[left].min(), abs=2e-8)
        assert separation == pytest.approx(distance[left, right], abs=2e-8)


def test_keys_of_any_kind_tell_rows_apart(conn: Connection, sky: Sky) -> None:
    run(conn, 2.0)
    numbers = conn.execute(
        "SELECT left_key, right_key, round(separation::numeric, 6) FROM public.found ORDER BY 1"
    ).fetchall()
    conn.execute("ALTER TABLE \"right sky\" ALTER number TYPE text USING lpad(number::text, 9, '0')")
    run(conn, 2.0)
    words = "SELECT left_key, right_key::integer, round(separation::numeric, 6) FROM public.found ORDER BY 1"
    assert conn.execute(words).fetchall() == numbers


def test_ranks_and_neighbours_count_from_both_sides(conn: Connection, sky: Sky) -> None:
    distance = separations(*sky)
    for pair in pairs(conn, 2.0):
        row, column = distance[pair.left], distance[:, pair.right]
        assert pair.rank_left in possible_ranks(row, pair.separation)
        assert pair.rank_right in possible_ranks(column, pair.separation)
        assert (pair.n_left, pair.n_right) == (np.sum(row < 2.0), np.sum(column < 2.0))


def possible_ranks(distances: Array, distance: float) -> range:
    nearer, as_near = np.sum(distances < distance - 1e-8), np.sum(np.abs(distances - distance) <= 1e-8)
    return range(nearer + 1, nearer + as_near + 1)


def test_position_angles_are_those_of_astropy(conn: Connection, sky: Sky) -> None:
    left, right = sky
    found = [pair for pair in pairs(conn, 2.0) if pair.separation > 0]
    a = SkyCoord(left[[pair.left for pair in found]] * u.deg)
    b = SkyCoord(right[[pair.right for pair in found]] * u.deg)
    difference = a.position_angle(b).deg - [pair.pa for pair in found]
    assert np.abs((difference + 180) % 360 - 180).max() < 1e-5


def test_a_table_matched_with_itself_finds_its_duplicates(conn: Connection, sky: Sky) -> None:
    distance = separations(sky[0], sky[0])
    result = run(conn, 0.001, right="left_sky", mode="all")
    assert result.rows == np.sum(distance < 0.001) - len(distance) > 0


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan"), 40 * 3600.0])
def test_a_radius_that_makes_no_sense_is_refused(conn: Connection, sky: Sky, radius: float) -> None:
    with pytest.raises(BadArgument, match="expected more than 0 and at most 3600"):
        run(conn, radius)


def test_rows_without_a_position_are_left_out_and_counted(conn: Connection, sky: Sky) -> None:
    before = run(conn, 2.0).rows
    conn.execute("""INSERT INTO left_sky VALUES (9001, NULL, 1), (9002, 'NaN', 1), (9003, 10, 'NaN'), (9004, 10, 90.1),
                                               (9005, 'Infinity', 1)""")
    conn.execute("""INSERT INTO "right sky" SELECT key, ra, dec FROM left_sky WHERE key > 9000""")
    result = run(conn, 2.0)
    assert (result.left_skipped, result.right_skipped, result.rows) == (5, 5, before)


def test_right_ascensions_wrap_around(conn: Connection, sky: Sky) -> None:
    run(conn, 2.0)
    before = conn.execute("SELECT left_key, right_key FROM public.found ORDER BY 1").fetchall()
    conn.execute("UPDATE left_sky SET ra = ra - 360 WHERE ra >= 180")
    conn.execute("UPDATE left_sky SET ra = 360 WHERE ra = 0")
    run(conn, 2.0)
    assert conn.execute("SELECT left_key, right_key FROM public.found ORDER BY 1").fetchall() == before


@pytest.mark.parametrize("empty", ["left_sky", '"right sky"'])
def test_an_empty_table_has_no_matches(conn: Connection, sky: Sky, empty: str) -> None:
    conn.execute(f"TRUNCATE {empty}")
    assert run(conn, 2.0).rows == 0


@pytest.mark.parametrize("name", ["nothing_there", 'x"; DROP TABLE deepcal.source; --', "a.b.c.d", ""])
def test_a_table_that_is_not_there_is_named(conn: Connection, name: str) -> None:
    with pytest.raises(BadArgument, match="table"), conn.transaction():
        Positions.find(conn, name, Names())


def test_keys_that_do_not_tell_rows_apart_are_refused(conn: Connection, sky: Sky) -> None:
    conn.execute("ALTER TABLE left_sky DROP CONSTRAINT left_sky_pkey; UPDATE left_sky SET key = 1 WHERE key < 3")
    with pytest.raises(BadArgument, match="different keys in"):
        run(conn, 2.0)


def test_columns_are_guessed_or_given_or_listed(conn: Connection, sky: Sky) -> None:
    with pytest.raises(BadArgument, match=r"which column is the ra.*number, alpha, delta"):
        Positions.find(conn, '"right sky"', Names())
    with pytest.raises(BadArgument, match="no column x"):
        Positions.find(conn, "left_sky", Names(key="x"))


def test_a_table_that_is_there_is_replaced_only_when_asked(conn: Connection, sky: Sky) -> None:
    run(conn, 2.0)
    left, right = (Positions.find(conn, "left_sky", Names()) for _ in range(2))
    with pytest.raises(BadArgument, match="is there already"), conn.transaction():
        match_tables(conn, left, right, 2.0, into="found")


def test_a_match_says_how_it_would_be_done_and_makes_nothing(conn: Connection, sky: Sky) -> None:
    result = run(conn, 2.0, explain=True)
    assert "cells" in result.method
    assert "cell = ANY" in (result.plan or "")
    assert conn.execute("SELECT to_regclass('public.found')").fetchone() == (None,)


def test_every_match_is_written_down_with_its_choice(conn: Connection, sky: Sky) -> None:
    result = run(conn, 2.0)
    row = conn.execute(
        "SELECT kind, state, method, radius, parameters ->> 'into', pair_count FROM deepcal.xmatch_run"
    ).fetchone()
    assert row == ("table", "done", result.method, 2.0, "public.found", result.rows)


STORED = SQL("""INSERT INTO twomass.psc_cell (cell, pts_key, ra, decl)
                SELECT cell, pts_key, ra, decl
                  FROM twomass.psc CROSS JOIN LATERAL deepcal.cells_kept(ra, decl) AS cell""")


@pytest.fixture
def stars(conn: Connection, sky: Sky) -> Sky:
    """Put the right side into the PSC with its cells, and ask for several stretches even for few rows."""
    table = [{"pts_key": key, "ra": ra, "decl": decl} for key, (ra, decl) in enumerate(sky[1].tolist())]
    put(conn, psc, table)
    conn.execute(STORED)
    conn.execute(
        "CREATE TABLE public.left_table AS SELECT * FROM left_sky; ALTER TABLE left_table ADD PRIMARY KEY (key)"
    )
    conn.execute("ANALYZE twomass.psc, twomass.psc_cell, public.left_table")
    return sky


@pytest.mark.parametrize(("workers", "lookup"), [(0, 10), (3, 10), (3, 0)])
@pytest.mark.parametrize("radius", [0.5, CELL_MARGIN, CELL_MARGIN + 1e-9, 10.0])
def test_stored_cells_find_what_brute_force_does_below_at_and_above_their_margin(
    conn: Connection, stars: Sky, monkeypatch: pytest.MonkeyPatch, radius: float, workers: int, lookup: int
) -> None:
    monkeypatch.setattr("crossmatch.choice.LOOKUP", lookup)
    monkeypatch.setattr("crossmatch.stretches.FEW", 0)
    conn.execute("SELECT set_config('max_parallel_workers_per_gather', %s, true)", [str(workers)])
    distance = separations(*stars)
    result = run(conn, radius, "left_table", "twomass.psc", mode="all")
    found = conn.execute("SELECT left_key, right_key FROM public.found").fetchall()
    assert len(found) == len(set(found))
    assert set(found) == set(zip(*np.nonzero(distance < radius), strict=True))
    assert ("margin of" in result.method) is (radius <= CELL_MARGIN)
    run(conn, radius, "left_table", "twomass.psc")
    best = conn.execute("SELECT left_key, separation FROM public.found").fetchall()
    assert {left for left, _ in best} == set(np.nonzero(distance.min(axis=1) < radius)[0])
    assert max(abs(separation - distance[left].min()) for left, separation in best) < 2e-8


def test_the_plan_of_a_large_match_walks_through_both_tables_on_all_cores(
    conn: Connection, stars: Sky, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossmatch.stretches.FEW", 0)
    conn.execute("SET LOCAL max_parallel_workers_per_gather = 2; SET LOCAL enable_seqscan = off")  # few rows
    plan = run(conn, 2.0, "left_table", "twomass.psc", explain=True).plan or ""
    assert "Parallel Append" in plan
    assert plan.count("Merge Join") == 2
    assert "psc_cell_cell_idx" in plan
