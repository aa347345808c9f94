"""The plan guard: every query on the sky goes through a sky index, inside functions too."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import psycopg
import pytest
from psycopg.sql import SQL, Composable, Identifier

import sql
from schema.connection import Connection, connect
from schema.tables.twomass import psc
from tests.rows import put
from tests.world import CENTRE, RUN, TILE, make_world

ROOT = Path(sql.__file__).parent
ON_THE_SKY = re.compile(rb"q3c_(join|radial|ellipse|poly|nearby)")

MANY_SOURCES = """
    INSERT INTO deepcal.source (run, id, tile, name, ra, dec, pos_err, x, y, j_rule, h_rule, k_rule, confirmed)
    SELECT run, 1000 + n, tile, 'DC many ' || n, ra, dec + n / 36000.0, pos_err, x, y, j_rule, h_rule, k_rule, confirmed
      FROM deepcal.source, generate_series(1, 5000) AS n
     WHERE run = %s AND id = 1
"""
CIRCLE = {"ra": CENTRE[0], "dec": CENTRE[1], "radius": 0.6}
NEAR = {"ra": CENTRE[0], "dec": CENTRE[1], "radius": 10 / 3600}
STATEMENTS: dict[str, tuple[str, dict[str, object]]] = {
    "combine/extract_psc.sql": ("psc_q3c_idx", CIRCLE | {"faint": 16.0}),
    "combine/psc_tie.sql": ("psc_q3c_idx", CIRCLE | {"bright": 10.0, "faint": 14.0, "hold_out": True}),
    "demo/strangers.sql": ("psc_q3c_idx", {"tile": TILE, "folder": "/"}),
    "combine/why_psc.sql": ("psc_q3c_idx", NEAR),
    "combine/why_xsc.sql": ("xsc_q3c_idx", NEAR),
    "report/catalogue.sql": ("psc_q3c_idx", {"tile": TILE, "radius": 0.6}),
}
"""Statements of their own: the index they must use, and values for them."""

LOOKED_AFTER = {
    "combine/why_sources.sql": "test_the_sources_of_a_run_are_found_through_the_sky_index",
    "crossmatch/merged/reference_psc.sql": "test_a_merge_reads_the_psc_through_its_sky_index",
    "crossmatch/near_join.sql": "tests/test_crossmatch_plan.py",
    "crossmatch/near_moving.sql": "tests/test_crossmatch_plan.py",
    "crossmatch/table_sky_index.sql": "no query on the sky: it looks for an index",
    "define/20_cells_near.sql": "no query: the cells of a circle",
    "define/51_xmatch_todo.sql": "tests/test_crossmatch_plan.py",
    "define/52_xmatch_pairs.sql": "tests/test_crossmatch_plan.py",
    "define/53_xmatch_inside.sql": "tests/test_crossmatch_plan.py",
    "define/40_cones.sql": "test_a_cone_goes_through_the_sky_index",
    "define/42_scans_at.sql": "test_scans_are_found_through_the_sky_index",
    "ingest/download_known_psc.sql": "test_a_download_is_held_against_the_psc_through_the_sky_index",
    "ingest/supersede_psc.sql": "test_keys_made_for_downloads_are_looked_up_through_the_sky_index",
    "schema/unlabelled.sql": "no query on the sky: it labels q3c's functions",
    "select/images.sql": "the images of chosen scans, found by their scan_key",
}
"""All other files that speak of q3c, and where their plans are tested."""


@pytest.fixture(scope="module")
def world(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Connection]:
    """A small world on a connection that tells the plan of every statement, those inside functions too."""
    with fresh_database() as dsn, connect(dsn) as conn:
        make_world(conn)
        rng = np.random.default_rng(1)
        keys, ra, dec = np.arange(1000, 31000), rng.uniform(0, 360, 30000), rng.uniform(-80, 80, 30000)
        put(conn, psc, [{"pts_key": int(k), "ra": a, "decl": d} for k, a, d in zip(keys, ra, dec, strict=True)])
        conn.execute("ANALYZE twomass.psc")  # as the planner sees a large catalogue
        conn.commit()
        conn.autocommit = True
        try:
            conn.execute("LOAD 'auto_explain'")
        except psycopg.errors.InsufficientPrivilege:
            pytest.skip("only a superuser sees the plans inside functions")
        conn.execute("SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on")
        conn.execute("SET client_min_messages = log")
        yield conn


def plans(conn: Connection, statement: Composable, *values: object) -> str:
    """Run a statement and return the plans of everything that ran."""
    told: list[str] = []

    def listen(notice: psycopg.errors.Diagnostic) -> None:
        told.append(notice.message_primary or "")

    conn.add_notice_handler(listen)
    try:
        conn.execute(statement, values).fetchall()
    finally:
        conn.remove_notice_handler(listen)
    return "\n".join(told)


def test_every_query_on_the_sky_is_looked_after() -> None:
    found = {str(path.relative_to(ROOT)) for path in ROOT.rglob("*.sql") if ON_THE_SKY.search(path.read_bytes())}
    assert found <= set(LOOKED_AFTER) | set(STATEMENTS), "a query on the sky needs a test of its plan, named here"


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_goes_through_the_sky_index(world: Connection, name: str) -> None:
    index, values = STATEMENTS[name]
    told = world.execute(b"EXPLAIN " + sql.load(name), values).fetchall()
    assert index in "\n".join(line for (line,) in told)


def test_the_sources_of_a_run_are_found_through_the_sky_index(world: Connection) -> None:
    with world.transaction(force_rollback=True):
        world.execute(MANY_SOURCES, [RUN])
        world.execute("ANALYZE deepcal.source")
        told = world.execute(b"EXPLAIN " + sql.load("combine/why_sources.sql"), NEAR | {"run": RUN}).fetchall()
        assert "source_q3c_idx" in "\n".join(line for (line,) in told)


@pytest.mark.parametrize(
    ("function", "index", "radius"),
    [
        ("cone", "source_q3c_idx", 10.0),
        ("nearest", "source_q3c_idx", 10.0),
        ("psc_cone", "psc_q3c_idx", 10.0),
        ("psc_cone", "psc_q3c_idx", 3600.0),  # another query: see the function
        ("xsc_cone", "xsc_q3c_idx", 10.0),
        ("merged_cone", "merged_source_q3c_idx", 10.0),
    ],
)
def test_a_cone_goes_through_the_sky_index(world: Connection, function: str, index: str, radius: float) -> None:
    asked = SQL("SELECT * FROM {}(%s, %s, %s)").format(Identifier(function))
    assert index in plans(world, asked, *CENTRE, radius)


def test_scans_are_found_through_the_sky_index(world: Connection) -> None:
    plan = plans(world, SQL("SELECT * FROM scans_at(%s, %s)"), *CENTRE)
    assert "image_q3c_idx" in plan
    assert "scan_q3c_idx" in plan


def test_a_merge_reads_the_psc_through_its_sky_index(world: Connection) -> None:
    values = {"ra0": CENTRE[0], "dec0": CENTRE[1], "naxis1": 540, "naxis2": 3600}
    statement = sql.load("crossmatch/merged/reference_psc.sql").partition(b" AS\n")[2]
    told = world.execute(b"EXPLAIN " + statement, values).fetchall()
    assert "psc_q3c_idx" in "\n".join(line for (line,) in told)


def test_the_stars_of_a_field_are_read_through_the_sky_index(world: Connection) -> None:
    plan = plans(world, SQL("SELECT * FROM field_psc WHERE tile = %s"), TILE)
    assert "psc_q3c_idx" in plan
    assert "Seq Scan on psc" not in plan


def test_a_download_is_held_against_the_psc_through_the_sky_index(world: Connection) -> None:
    names = {"table": Identifier("twomass", "psc")}
    world.execute(SQL(sql.load("ingest/download_in.sql").decode()).format(**names))
    assert "psc_q3c_idx" in explained(world, "ingest/download_known_psc.sql")
    world.execute(sql.load("ingest/download_drop.sql"))


def test_keys_made_for_downloads_are_looked_up_through_the_sky_index(world: Connection) -> None:
    plan = explained(world, "ingest/supersede_psc.sql", first=2_000_000_000)
    assert "psc_q3c_idx" in plan
    assert "Seq Scan on psc " not in plan


def test_files_of_a_watched_folder_are_looked_up_by_their_paths(world: Connection) -> None:
    world.execute(
        "INSERT INTO ingest_file (kind, sha256, path, bytes, state) "
        "SELECT 'psc', md5(n::text), n, 1, 'loaded' FROM generate_series(1, 5000) AS n"
    )
    world.execute("ANALYZE ingest_file")
    assert "ingest_file_path_idx" in explained(world, "ingest/loaded_from.sql", paths=["/a", "/b"])
    assert "ingest_file_content_sha256_idx" in explained(world, "ingest/twin.sql", kind="psc", content="a")


def explained(conn: Connection, name: str, **values: object) -> str:
    """Return the plan of a statement of ours."""
    return "\n".join(line for (line,) in conn.execute(b"EXPLAIN " + sql.load(name), values).fetchall())
