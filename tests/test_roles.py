"""What readers and writers may do."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from schema.connection import connect, role_settings

DENIED = psycopg.errors.InsufficientPrivilege
FIELD = "INSERT INTO field (tile) VALUES (90001)"
SCAN = "INSERT INTO scan (scan_key, hemis, date, scan, tile, sd) VALUES (1, 'n', '2000-01-01', 1, 90001, 'n')"
REVIEW = "INSERT INTO scan_review (scan_key, quality, reviewer, reason) VALUES (1, 0, 'me', 'clouds')"


@pytest.fixture(scope="module")
def dsn(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """A database of this module's own."""
    with fresh_database() as made:
        yield made


def test_a_reader_reads_and_cannot_write(dsn: str) -> None:
    with connect(dsn, role="deepcal_reader") as conn:
        assert conn.execute("SELECT count(*) FROM twomass.psc").fetchone() == (0,)
        conn.execute("SELECT * FROM scan WHERE q3c_join(1, 1, ra, decl, 0.1)")
        with pytest.raises(DENIED):
            conn.execute(FIELD)


def test_the_time_of_a_reader_is_limited_also_when_another_role_acts_as_one(dsn: str) -> None:
    with connect(dsn, role="deepcal_reader") as conn:
        assert conn.execute("SHOW statement_timeout").fetchone() == ("5min",)
        conn.execute("SET statement_timeout = '50ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            conn.execute("SELECT pg_sleep(5)")
    with connect(dsn, role="deepcal_writer") as conn:
        assert conn.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_what_is_set_for_a_role_in_one_database_counts(dsn: str) -> None:
    with connect(dsn) as conn, conn.transaction(force_rollback=True):
        name = Identifier(conn.info.dbname)
        conn.execute(SQL("ALTER ROLE deepcal_reader IN DATABASE {} SET statement_timeout = '7s'").format(name))
        assert role_settings(conn, "deepcal_reader")["statement_timeout"] == "7s"


def test_a_reader_cannot_add_a_partition(dsn: str) -> None:
    with connect(dsn, role="deepcal_reader") as conn, pytest.raises(DENIED):
        conn.execute("SELECT add_tile_partition(90001)")


def test_a_writer_fills_the_partition_it_asked_for(dsn: str) -> None:
    with connect(dsn, role="deepcal_writer") as conn:
        conn.execute("SELECT add_tile_partition(90001), add_tile_partition(90001)")
        conn.execute("SELECT count(*) FROM detection_90001")
        conn.execute(FIELD)


def test_a_writer_makes_no_tables_and_forges_no_migration(dsn: str) -> None:
    for statement in ("CREATE TABLE mine (i integer)", "UPDATE alembic_version SET version_num = '9999'"):
        with connect(dsn, role="deepcal_writer") as conn, pytest.raises(DENIED):
            conn.execute(statement.encode())


def test_a_review_is_appended_and_never_edited(dsn: str) -> None:
    with connect(dsn, role="deepcal_writer") as conn:
        conn.execute(SCAN)
        conn.execute(REVIEW)
        with pytest.raises(DENIED):
            conn.execute("UPDATE scan_review SET quality = 10")


def test_a_tile_number_below_zero_gets_no_partition(dsn: str) -> None:
    with connect(dsn) as conn, pytest.raises(psycopg.errors.InvalidParameterValue):
        conn.execute("SELECT add_tile_partition(-1)")


def test_a_role_that_does_not_exist_is_named(dsn: str) -> None:
    from schema.errors import ServerError

    with pytest.raises(ServerError, match="nobody_at_all"):
        connect(dsn, role="nobody_at_all")
