"""The Python door: DataFrames that know their units, read as somebody who can only read."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest

import deepcal
from schema.connection import connect
from schema.errors import BadArgument
from tests.world import CENTRE, SOURCES, TILE, make_world


@pytest.fixture(scope="module")
def world(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The libpq string of a small world that no test changes."""
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            make_world(conn)
        yield dsn


@pytest.fixture(autouse=True)
def use_world(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCAL_DSN", world)


def test_importing_deepcal_imports_neither_pandas_nor_the_database() -> None:
    heavy = "print([name for name in ('pandas', 'numpy', 'psycopg', 'sqlalchemy', 'typer') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", f"import deepcal, sys; {heavy}"], capture_output=True, check=True)
    assert done.stdout == b"[]\n"


def test_every_public_name_is_there() -> None:
    assert [name for name in deepcal.__all__ if not callable(getattr(deepcal, name))] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = deepcal.nothing


def test_sources_know_unit_ucd_and_meaning_of_their_columns() -> None:
    found = deepcal.sources(TILE)
    assert len(found) == SOURCES
    assert (found.attrs["units"]["ra"], found.attrs["ucds"]["ra"]) == ("deg", "pos.eq.ra;meta.main")
    assert (found.attrs["units"]["j_msig"], found.attrs["comments"]["j_msig"]) == ("mag", "Uncertainty of j_m")
    assert set(found.attrs["units"]) == set(found.columns)


def test_whole_numbers_stay_whole_where_some_are_missing() -> None:
    found = deepcal.sources(TILE)
    assert {name: str(found[name].dtype) for name in ("id", "cntr_psc", "j_m")} == {
        "id": "int64",
        "cntr_psc": "Int64",
        "j_m": "float64",
    }


def test_scans_stacks_and_matches_of_one_field_are_those_of_all() -> None:
    assert [len(table(TILE)) for table in (deepcal.scans, deepcal.stacks, deepcal.matches)] == [12, 21, SOURCES / 2 + 1]
    assert [len(table()) for table in (deepcal.scans, deepcal.stacks, deepcal.matches)] == [12, 21, SOURCES / 2 + 1]
    assert len(deepcal.scans(90004)) == 0


def test_a_query_of_the_cookbook_is_asked_by_its_name() -> None:
    found = deepcal.query("cone", ra=CENTRE[0], dec=CENTRE[1], radius=200)
    assert len(found) == 4
    assert "separation" not in found.attrs["units"]


def test_any_statement_can_be_asked() -> None:
    found = deepcal.query("SELECT name, j_m - k_m AS j_k FROM source WHERE tile = %(tile)s ORDER BY id", tile=TILE)
    assert found["j_k"].iloc[0] == pytest.approx(0.6, abs=1e-6)
    assert deepcal.query("SELECT count(*) AS n FROM source WHERE name LIKE 'DC%'")["n"].iloc[0] == SOURCES


def test_one_connection_serves_many_questions() -> None:
    with deepcal.connect() as conn:
        assert len(deepcal.query("sources", conn, tile=TILE)) == len(deepcal.query("sources", conn, tile=None))


def test_an_unknown_query_is_named_with_those_there_are() -> None:
    with pytest.raises(BadArgument, match=r"no query .cones. in the cookbook; there are best_scans, .*, cone, "):
        deepcal.query("cones")


def test_missing_and_unknown_values_are_named_with_those_needed() -> None:
    with pytest.raises(BadArgument, match=r"given ra, r; it needs ra, dec \(deg\), radius \(arcsec"):
        deepcal.query("cone", ra=1, r=2)


def test_the_cookbook_lists_its_questions() -> None:
    assert deepcal.cookbook().loc["cone", "question"] == "Which sources lie around a position, nearest first?"


def test_the_door_opens_for_reading_only() -> None:
    with deepcal.connect() as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("DELETE FROM deepcal.source")


def test_ones_own_role_may_write() -> None:
    with deepcal.connect(role=None) as conn:
        assert conn.execute("DELETE FROM deepcal.source WHERE FALSE").rowcount == 0
