"""The plan: catalogues are read through their sky index, also while the planner knows nothing of the tables."""

import pytest
from psycopg.sql import SQL, Composable

from crossmatch.catalogs import CATALOGS, source_pairs, touched_runs, values
from schema.connection import Connection
from schema.settings import defaults
from sql import load

RUNS = ["aaaaaaaaaaaa"]


def plan(conn: Connection, statement: Composable, catalog: str) -> str:
    bound = values(catalog, defaults()) | {"runs": RUNS, "catalog": catalog, "xmatch_run": 1, "files": [1]}
    return "\n".join(line for (line,) in conn.execute(SQL("EXPLAIN {}").format(statement), bound))


@pytest.mark.parametrize("catalog", CATALOGS)
def test_a_refresh_reads_a_catalogue_through_its_sky_index(conn: Connection, catalog: str) -> None:
    statement = SQL(load("crossmatch/store.sql").decode()).format(pairs=source_pairs(catalog))
    assert f"{catalog}_q3c_idx" in plan(conn, statement, catalog)


@pytest.mark.parametrize("catalog", CATALOGS)
def test_new_catalogue_rows_are_compared_through_the_sky_index(conn: Connection, catalog: str) -> None:
    assert f"{catalog}_q3c_idx" in plan(conn, touched_runs(catalog), catalog)
