"""The plan: a refresh reads the catalogues cell by cell or through their sky index, and sources through theirs."""

import re

import numpy as np
import psycopg
import pytest

from crossmatch import Names, Positions, match_tables, refresh
from schema.connection import Connection
from tests.test_crossmatch_refresh import EAST, NEAR, add_catalog, add_run, around, extract


@pytest.fixture
def plans(conn: Connection) -> list[str]:
    """The plans of all statements from now on, those inside functions too, in a sky with many stars."""
    rng = np.random.default_rng(5)
    add_run(conn, 90001, NEAR)
    extract(conn, NEAR, 90001, np.vstack([around(EAST + np.array([0, 0.03 * k])) for k in range(200)]))
    add_catalog(conn, "psc", np.column_stack([rng.uniform(0, 360, 20000), rng.uniform(-80, 80, 20000)]), first=1000)
    add_catalog(conn, "xsc", np.column_stack([rng.uniform(0, 360, 5000), rng.uniform(-80, 80, 5000)]), first=1)
    conn.execute("ANALYZE twomass.psc, twomass.xsc, twomass.psc_cell, twomass.xsc_cell, deepcal.source, deepcal.xmatch")
    try:
        conn.execute("LOAD 'auto_explain'")
    except psycopg.errors.InsufficientPrivilege:
        pytest.skip("only a superuser sees the plans inside functions")
    said: list[str] = []
    conn.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
    conn.execute("SET LOCAL auto_explain.log_min_duration = 0; SET LOCAL auto_explain.log_nested_statements = on")
    conn.execute("SET LOCAL auto_explain.log_level = warning")
    return said


def plan_of(plans: list[str], words: str) -> str:
    return "\n".join(plan for plan in plans if re.search(words, plan))


@pytest.mark.parametrize("catalog", ["psc", "xsc"])
def test_a_refresh_reads_a_catalogue_by_its_stored_cells(conn: Connection, plans: list[str], catalog: str) -> None:
    refresh(conn)
    assert f"{catalog}_cell_cell_idx" in plan_of(plans, f"CREATE TEMP TABLE xmatch_found(.|\n)*{catalog}_cell")


@pytest.mark.parametrize("catalog", ["psc", "xsc"])
def test_without_cells_it_reads_the_catalogue_through_the_sky_index(
    conn: Connection, plans: list[str], catalog: str
) -> None:
    conn.execute("TRUNCATE twomass.psc_cell, twomass.xsc_cell")
    refresh(conn)
    assert f"{catalog}_q3c_idx" in plan_of(plans, f"CREATE TEMP TABLE xmatch_found(.|\n)*twomass.{catalog} ")


def test_galaxies_and_the_sources_in_them_are_found_through_sky_indexes(conn: Connection, plans: list[str]) -> None:
    refresh(conn)
    assert "xsc_q3c_idx" in plan_of(plans, "CREATE TEMP TABLE xmatch_galaxy")
    assert "source_q3c_idx" in plan_of(plans, "CREATE TEMP TABLE xmatch_within")


def test_sources_near_new_catalogue_rows_are_found_through_the_sky_index(conn: Connection, plans: list[str]) -> None:
    refresh(conn)
    add_catalog(conn, "psc", around(EAST), first=1)
    plans.clear()
    refresh(conn)
    assert "source_q3c_idx" in plan_of(plans, r"INSERT INTO pg_temp.xmatch_todo")


def test_any_table_is_found_through_its_sky_index(conn: Connection, plans: list[str]) -> None:
    conn.execute("CREATE TEMP TABLE few (id int PRIMARY KEY, ra float8, dec float8, pmra real, pmdec real, epoch real)")
    conn.execute("INSERT INTO few SELECT n, n, 20, 9, 9, 2015.5 FROM generate_series(1, 20) AS n")
    conn.execute("TRUNCATE twomass.psc_cell")
    few = Positions.find(conn, "few", Names())
    stars = Positions.find(conn, "twomass.psc", Names(epoch="2000"))
    for moving in (False, True):
        result = match_tables(conn, few, stars, 2.0, moving=moving, explain=True)
        assert result.method.startswith("q3c_join")
        assert "psc_q3c_idx" in (result.plan or "")
