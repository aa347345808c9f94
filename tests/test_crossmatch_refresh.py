"""The refresh: right against brute force, and only where something changed."""

from dataclasses import replace

import numpy as np
import pytest
from psycopg.sql import SQL, Identifier

from crossmatch import RefreshResult, refresh
from schema.connection import Connection
from schema.tables.field import field
from schema.tables.source import source
from schema.tables.stack import stack_run
from schema.tables.twomass import psc, xsc
from tests.rows import put
from tests.sky import Array, hard_places, scattered, separations

NEAR, FAR = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
NEW_FILE = """INSERT INTO deepcal.ingest_file (kind, sha256, path, bytes, state, row_count)
              VALUES (%s, md5(random()::text), 'f', 1, 'loaded', %s) RETURNING file_id"""
CELLS = SQL("""INSERT INTO {0} (cell, {1}, ra, decl)
               SELECT cell, {1}, ra, decl FROM {2} CROSS JOIN LATERAL deepcal.cells_kept(ra, decl) AS cell
                WHERE file_id = %s""")
EAST = np.array([100.0, 20.0])


def add_run(conn: Connection, tile: int, run: str) -> None:
    put(conn, field, [{"tile": tile}])
    put(conn, stack_run, [{"run": run, "tile": tile, "state": "stacked"}])
    conn.execute("UPDATE deepcal.field SET current_run = %s WHERE tile = %s", (run, tile))


def extract(conn: Connection, run: str, tile: int, places: Array, **columns: Array) -> None:
    """Replace the sources of a run, as an extraction does."""
    conn.execute("DELETE FROM deepcal.source WHERE run = %s", (run,))
    known = {"run": run, "tile": tile, "pos_err": 0.1, "confirmed": True}
    rows = named(places, "dec", columns)
    put(conn, source, [known | row | {"id": number, "name": str(number)} for number, row in enumerate(rows)])
    extracted = "UPDATE deepcal.stack_run SET state = 'extracted', extracted_at = clock_timestamp() WHERE run = %s"
    conn.execute(extracted, (run,))


def add_catalog(conn: Connection, kind: str, places: Array, first: int = 1, **columns: Array) -> None:
    """Load rows of PSC or XSC as one file."""
    (file_id,) = conn.execute(NEW_FILE, (kind, len(places))).fetchall()[0]
    table, key = (psc, "pts_key") if kind == "psc" else (xsc, "ext_key")
    rows = named(places, "decl", columns)
    put(conn, table, [row | {key: first + number, "file_id": file_id} for number, row in enumerate(rows)])
    cells = CELLS.format(Identifier("twomass", f"{kind}_cell"), Identifier(key), Identifier("twomass", kind))
    conn.execute(cells, (file_id,))


def named(places: Array, dec: str, columns: dict[str, Array]) -> list[dict[str, object]]:
    table = {"ra": places[:, 0], dec: places[:, 1], **columns}
    rows = zip(*(column.tolist() for column in table.values()), strict=True)
    return [dict(zip(table, row, strict=True)) for row in rows]


def matches(conn: Connection, catalog: str = "psc") -> list[tuple[object, ...]]:
    query = "SELECT run, id, cat_key, best, xmatch_run FROM deepcal.xmatch WHERE catalog = %s ORDER BY 1, 2, 3"
    return conn.execute(query, (catalog,)).fetchall()


def pairs(conn: Connection, catalog: str) -> set[tuple[object, object]]:
    return {(source_id, key) for _, source_id, key, _, _ in matches(conn, catalog)}


@pytest.fixture
def two_fields(conn: Connection) -> Connection:
    """Two fields with three sources each, a PSC star on each of the first two of them."""
    for tile, run, places, first in ((90001, NEAR, around(EAST), 10), (90002, FAR, around(-EAST), 20)):
        add_run(conn, tile, run)
        extract(conn, run, tile, places)
        add_catalog(conn, "psc", places[:2], first)
    return conn


def around(place: Array) -> Array:
    return np.array([place[0] % 360, place[1]]) + np.array([[0, 0], [0, 0.01], [0, 0.02]])


def test_the_matches_are_those_of_brute_force(conn: Connection) -> None:
    rng = np.random.default_rng(3)
    places = hard_places(rng)
    sources, stars, galaxies = (scattered(rng, places, count, 2.0) for count in (5, 6, 3))
    error, major = rng.uniform(0.02, 0.3, len(sources)), rng.uniform(0.06, 0.4, len(stars))
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, sources, pos_err=error)
    add_catalog(conn, "psc", stars, first=0, err_maj=major, err_min=major)
    add_catalog(conn, "xsc", galaxies, first=0)
    result = refresh(conn)
    distance = separations(sources, stars)
    near = (distance < 2) & (distance < np.maximum(1.5, 5 * np.hypot(error[:, None], major)))
    assert {(i, key) for _, i, key, _, _ in matches(conn)} == set(zip(*np.nonzero(near), strict=True))
    assert {(i, key) for _, i, key, _, _ in matches(conn, "xsc")} == set(
        zip(*np.nonzero(separations(sources, galaxies) < 3), strict=True)
    )
    assert result.best == sum(best for _, _, _, best, _ in matches(conn)) > 0


def test_a_best_match_is_unique_on_both_sides(conn: Connection) -> None:
    rng = np.random.default_rng(4)
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, scattered(rng, EAST[None], 90, 10.0))
    add_catalog(conn, "psc", scattered(rng, EAST[None], 70, 10.0))
    refresh(conn)
    best = [(i, key) for _, i, key, best, _ in matches(conn) if best]
    assert len({i for i, _ in best}) == len({key for _, key in best}) == len(best) > 10


def test_an_unconfirmed_source_takes_no_star_from_a_confirmed_one(conn: Connection) -> None:
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, EAST + np.array([[0, 0], [0, 1e-4]]), confirmed=np.array([False, True]))
    add_catalog(conn, "psc", EAST[None])
    refresh(conn)
    assert [best for _, _, _, best, _ in matches(conn)] == [False, True]


def test_the_view_shows_the_best_matches_of_confirmed_sources(two_fields: Connection) -> None:
    refresh(two_fields)
    rows = two_fields.execute(
        "SELECT id, cntr_psc, cntr_xsc FROM deepcal.deepcal_src WHERE tile = 90001 ORDER BY id"
    ).fetchall()
    assert rows == [(0, 10, None), (1, 11, None), (2, None, None)]


def test_a_second_refresh_finds_nothing_changed(two_fields: Connection) -> None:
    first, before = refresh(two_fields), matches(two_fields)
    second = refresh(two_fields)
    assert (first.matched, first.sources, first.stored, first.best) == ([NEAR, FAR], 6, 4, 4)
    assert second == replace(nothing_done(second), xmatch_run=first.xmatch_run + 1)
    assert matches(two_fields) == before


def nothing_done(result: RefreshResult) -> RefreshResult:
    return replace(result, matched=[], removed=[], in_part=[], changes={}, sources=0, stored=0, gone=0, best=0)


def test_every_refresh_is_a_row_that_says_what_it_did(two_fields: Connection) -> None:
    add_catalog(two_fields, "xsc", EAST[None])
    result = refresh(two_fields)
    query = """SELECT runs_changed, source_count, pair_count, best_count, psc_rows, xsc_rows, radius
                 FROM deepcal.xmatch_run WHERE xmatch_run = %s"""
    row = two_fields.execute(query, (result.xmatch_run,)).fetchone()
    assert row == ({"matched": [NEAR, FAR], "removed": [], "in part": []}, 6, 5, 4, 4, 1, 2.0)


def test_a_run_extracted_again_is_matched_again_and_no_other(two_fields: Connection) -> None:
    before = refresh(two_fields).xmatch_run
    extract(two_fields, NEAR, 90001, around(EAST + 1e-5)[:2])
    result = refresh(two_fields)
    assert (result.matched, result.sources) == ([NEAR], 2)
    assert [(run, number) for run, *_, number in matches(two_fields)] == [(NEAR, before + 1)] * 2 + [(FAR, before)] * 2


def test_a_new_current_run_replaces_the_matches_of_the_last(two_fields: Connection) -> None:
    refresh(two_fields)
    put(two_fields, stack_run, [{"run": "cccccccccccc", "tile": 90001, "state": "stacked"}])
    extract(two_fields, "cccccccccccc", 90001, around(EAST))
    assert refresh(two_fields).matched == []
    two_fields.execute("UPDATE deepcal.field SET current_run = 'cccccccccccc' WHERE tile = 90001")
    result = refresh(two_fields)
    assert (result.matched, result.removed, result.stored, result.gone) == (["cccccccccccc"], [NEAR], 2, 2)
    assert {run for run, *_ in matches(two_fields)} == {"cccccccccccc", FAR}


def test_a_run_that_is_only_stacked_waits_for_its_sources(conn: Connection) -> None:
    add_run(conn, 90001, NEAR)
    assert refresh(conn).matched == []


def test_new_catalogue_rows_change_only_the_sources_near_them(two_fields: Connection) -> None:
    before = refresh(two_fields).xmatch_run
    add_catalog(two_fields, "psc", around(EAST)[2:], first=1)
    result = refresh(two_fields)
    assert (result.matched, result.in_part, result.sources, result.stored) == ([], [NEAR, FAR], 1, 1)
    assert [number for *_, number in matches(two_fields)] == [before, before, before + 1, before, before]


def test_a_new_star_that_is_nearer_takes_the_match(two_fields: Connection) -> None:
    refresh(two_fields)
    two_fields.execute("UPDATE twomass.psc SET decl = decl + 1e-4 WHERE pts_key = 10")
    add_catalog(two_fields, "psc", EAST[None], first=1)
    refresh(two_fields)
    assert [(key, best) for run, i, key, best, _ in matches(two_fields) if (run, i) == (NEAR, 0)] == [
        (1, True),
        (10, False),
    ]


def test_a_catalogue_file_that_was_begun_earlier_and_loaded_later_is_not_forgotten(two_fields: Connection) -> None:
    add_catalog(two_fields, "psc", around(EAST)[2:], first=1)
    two_fields.execute(
        "UPDATE deepcal.ingest_file SET kind = 'scans' WHERE file_id = (SELECT min(file_id) FROM deepcal.ingest_file)"
    )
    refresh(two_fields)
    two_fields.execute("UPDATE deepcal.ingest_file SET kind = 'psc'")
    assert refresh(two_fields).sources == 2


def test_catalogue_rows_far_from_every_source_change_nothing(two_fields: Connection) -> None:
    refresh(two_fields)
    add_catalog(two_fields, "psc", np.array([[200.0, -70.0]]), first=1)
    result = refresh(two_fields)
    assert (result.sources, result.stored, result.gone) == (0, 0, 0)


def test_a_changed_setting_makes_all_matches_again_and_leaves_equal_ones(two_fields: Connection) -> None:
    before = refresh(two_fields).xmatch_run
    two_fields.execute("UPDATE deepcal.setting SET value = '{1.0}' WHERE name = 'xmatch_psc_cap'")
    result = refresh(two_fields)
    assert (result.matched, result.stored, result.gone, result.best) == ([NEAR, FAR], 0, 0, 4)
    assert {number for *_, number in matches(two_fields)} == {before}


def test_pairs_that_no_longer_exist_are_removed(two_fields: Connection) -> None:
    refresh(two_fields)
    two_fields.execute("DELETE FROM twomass.psc WHERE pts_key = 10")
    two_fields.execute("UPDATE deepcal.setting SET value = '{1.0}' WHERE name = 'xmatch_psc_cap'")
    assert refresh(two_fields).gone == 1
