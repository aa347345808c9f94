"""The order of rows on disk is reported, and made."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from psycopg.sql import SQL, Identifier

import ingest
from deepcal import order
from deepcal.doctor import examine
from schema.connection import Connection, connect
from schema.errors import BadArgument
from tests.bars import write
from tests.conftest import Command


@pytest.fixture
def mixed(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    """A database with a PSC and extractions out of order: each row came by a file of its own, so to speak."""
    rng = np.random.default_rng(8)
    places = [{"ra": round(ra, 6), "decl": round(dec, 6)} for ra, dec in rng.uniform((0, -90), (359, 90), (400, 2))]
    with fresh_database() as dsn, connect(dsn) as conn:
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        ingest.psc(conn, [write(tmp_path / "psc.bar", "psc", [{"pts_key": n} | p for n, p in enumerate(places)])])
        rows = [{"cntr": n, "tile": 90004 + n % 2} | p for n, p in enumerate(places)]
        ingest.detections(conn, [write(tmp_path / "cal.bar", "detection", rows)])
        for table in (Identifier("twomass", "psc"), Identifier("deepcal", "detection_90004")):
            conn.execute(SQL("CREATE TEMP TABLE mixed AS SELECT * FROM {} ORDER BY md5(ra::text)").format(table))
            conn.execute(SQL("TRUNCATE {0}; INSERT INTO {0} SELECT * FROM mixed; DROP TABLE mixed").format(table))
        conn.commit()
        yield conn


def shares(conn: Connection) -> dict[str, float]:
    with conn.transaction():
        found = {table.name: order.neighbours_in_order(conn, table) for table in order.sky_tables(conn)}
    return {name: share for name, share in found.items() if share is not None}


def test_the_doctor_tells_how_rows_lie_on_disk(mixed: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {check.what: check for check in examine().checks}
    assert found["order of detection_90005"].found.startswith("100.0% of neighbouring rows in q3c order")
    assert found["order of psc"].ok  # few rows
    monkeypatch.setattr("deepcal.doctor.SMALL", 0)
    found = {check.what: check for check in examine().checks}
    assert not found["order of psc"].ok
    assert "db upgrade --reorder psc" in found["order of psc"].mend


@pytest.mark.parametrize(("name", "tables"), [("psc", {"psc"}), ("detection", {"detection_90004", "detection_90005"})])
def test_a_table_is_written_anew_in_order(mixed: Connection, name: str, tables: set[str]) -> None:
    query = "SELECT md5(string_agg(p::text, ' ' ORDER BY p::text)) FROM deepcal.detection AS p"
    before = mixed.execute(query.encode()).fetchall(), shares(mixed)
    mixed.commit()
    assert {part.table for part in order.reorder(mixed, name)} - {"psc_cell"} == tables
    after = shares(mixed)
    assert before[1]["psc"] < 0.6
    assert {after[table] for table in tables} == {1.0}
    assert mixed.execute(query.encode()).fetchall() == before[0]


def test_the_command_says_what_it_did(mixed: Connection, command: Command) -> None:
    done = command("db", "upgrade", "--reorder", "psc", "--json")
    assert [part["table"] for part in json.loads(done.stdout)["rewritten"]] == ["psc", "psc_cell"]
    assert "nobody can read it" in done.stderr
    assert command("db", "upgrade", "--reorder", "scan").returncode == 2


def test_a_table_that_is_no_sky_table_is_named(mixed: Connection) -> None:
    with pytest.raises(BadArgument, match="table field: expected psc"):
        order.reorder(mixed, "field")


def test_indexes_that_a_load_left_out_are_found_and_made(mixed: Connection, command: Command) -> None:
    mixed.execute("SELECT deepcal.drop_catalog_indexes('psc')")
    mixed.commit()
    found = {check.what: check for check in examine().checks}
    assert found["catalogue indexes"].found == "an interrupted load has left out those of psc"
    assert "indexes of the PSC" in command("db", "upgrade").stdout
    assert {check.what: check.ok for check in examine().checks}["catalogue indexes"] is True
