"""The doctor: finds what is wrong, says how to mend it, and is believed by scripts."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from psycopg.conninfo import make_conninfo

from deepcal.doctor import Report, examine
from schema.connection import Connection, connect
from schema.tables.twomass import psc
from tests.conftest import Command
from tests.rows import put


@pytest.fixture
def sick(
    fresh_database: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    """A connection to the database the doctor looks at, to make it ill."""
    with fresh_database() as dsn, connect(dsn) as conn:
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        conn.autocommit = True
        yield conn


def faults(report: Report) -> dict[str, str]:
    return {check.what: check.mend for check in report.checks if not check.ok and check.what != "durability"}


def test_a_healthy_database_needs_nothing(sick: Connection) -> None:
    assert faults(examine()) == {}


def test_a_server_that_does_not_flush_is_named(sick: Connection) -> None:
    durable = sick.execute("SELECT current_setting('fsync')").fetchone() == ("on",)
    assert {check.what: check.ok for check in examine().checks}["durability"] is durable


@pytest.mark.parametrize(
    ("illness", "what"),
    [
        ("ALTER FUNCTION q3c_join(float8, float8, float8, float8, float8) PARALLEL UNSAFE", "q3c labels"),
        ("COMMENT ON TABLE alembic_version IS NULL", "tables"),
        ("REVOKE SELECT ON scan FROM deepcal_reader", "roles"),
        ("GRANT INSERT ON scan TO deepcal_reader", "roles"),
    ],
)
def test_each_illness_is_found_and_mended_by_an_upgrade(
    sick: Connection, command: Command, illness: str, what: str
) -> None:
    sick.execute(illness.encode())
    assert faults(examine()) == {what: faults(examine())[what]}
    assert "deepcal db upgrade" in faults(examine())[what]
    assert command("db", "upgrade").returncode == 0
    assert faults(examine()) == {}


STARS = [(1, 10.0, 20.0), (2, 10.0, 20.1), (3, 10.0, -1 / 3600)]  # the last stands in two cells


@pytest.mark.parametrize(
    ("illness", "found"),
    [
        ("TRUNCATE psc_cell", "psc: 3 of 3 rows not in all their cells, 0 cells of no row"),
        ("DELETE FROM psc_cell WHERE pts_key = 2", "psc: 1 of 3 rows not in all their cells, 0 cells of no row"),
        ("UPDATE psc SET decl = decl + 1 WHERE pts_key = 1", "psc: 1 of 3 rows not in all their cells"),
        ("DELETE FROM psc WHERE pts_key = 1", "psc: 0 of 2 rows not in all their cells"),
        (
            "DELETE FROM psc_cell WHERE cell <> (q3c_ang2ipix(ra, decl) >> 34)::integer",
            "of 3 rows not in all their cells, 0 cells of no row",
        ),
    ],
)
def test_cells_that_are_not_those_of_the_catalogue_are_found_and_filled_anew(
    sick: Connection, command: Command, illness: str, found: str
) -> None:
    put(sick, psc, [{"pts_key": key, "ra": ra, "decl": dec} for key, ra, dec in STARS])
    sick.execute("SELECT fill_cells('psc')")
    assert faults(examine()) == {}
    sick.execute(illness.encode())
    (check,) = [check for check in examine().checks if check.what == "catalogue cells"]
    assert found in check.found
    assert check.mend == "`deepcal db upgrade --refill psc`"
    assert command("db", "upgrade", "--refill", "psc").returncode == 0
    assert faults(examine()) == {}
    assert command("db", "upgrade", "--refill", "scan").returncode == 2


def test_a_missing_extension_is_found(sick: Connection) -> None:
    sick.execute("DROP EXTENSION q3c CASCADE")
    assert "install" in faults(examine())["q3c"]


def test_without_a_superuser_the_administrator_gets_the_sql(sick: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    sick.execute("ALTER FUNCTION q3c_dist PARALLEL UNSAFE")
    monkeypatch.setenv("DEEPCAL_DSN", make_conninfo(sick.info.dsn, user="deepcal_reader"))
    report = examine()
    assert "administrator" in faults(report)["q3c labels"]
    assert [line for line in report.sql if "q3c_dist" in line and line.endswith("PARALLEL SAFE;")]


def test_the_exit_code_tells_scripts(sick: Connection, command: Command) -> None:
    sick.execute("REVOKE SELECT ON scan FROM deepcal_reader")
    done = command("db", "doctor", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["ok"] is False
    assert "how to mend" in command("db", "doctor").stdout


def test_a_server_that_is_down_is_the_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCAL_DSN", "host=/nowhere")
    assert "server" in faults(examine())
