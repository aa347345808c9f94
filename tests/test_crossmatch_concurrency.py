"""Refreshes beside readers, extractions and each other."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest

from crossmatch import RefreshResult, refresh
from schema.connection import Connection, connect
from tests.test_crossmatch_refresh import EAST, NEAR, add_catalog, add_run, around, extract

Two = tuple[Connection, Connection]


@pytest.fixture
def two(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Two]:
    """Two connections to a database with one field that waits for its first refresh."""
    with fresh_database() as dsn, connect(dsn) as one, connect(dsn) as other:
        add_run(one, 90001, NEAR)
        extract(one, NEAR, 90001, around(EAST))
        add_catalog(one, "psc", around(EAST))
        one.commit()
        other.autocommit = True
        yield one, other


def best_matches(conn: Connection) -> list[int]:
    return [key for (key,) in conn.execute("SELECT cntr_psc FROM deepcal.deepcal_src ORDER BY id")]


def test_a_reader_sees_all_old_or_all_new_matches(two: Two) -> None:
    writer, reader = two
    with writer.transaction():
        refresh(writer)
        assert best_matches(reader) == [None, None, None]
    assert best_matches(reader) == [1, 2, 3]


def test_an_unfinished_refresh_leaves_everything_as_before(two: Two) -> None:
    writer, reader = two
    with writer.transaction(force_rollback=True):
        refresh(writer)
    assert best_matches(reader) == [None, None, None]
    assert reader.execute("SELECT count(*) FROM deepcal.xmatch_run").fetchone() == (0,)
    assert refresh(writer).matched == [NEAR]


def test_a_second_refresh_waits_for_the_first_and_finds_nothing_left(two: Two) -> None:
    first, second = two
    results: list[RefreshResult] = []
    thread = threading.Thread(target=lambda: results.append(refresh(second)))
    with first.transaction():
        refresh(first)
        thread.start()
        while first.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").rowcount == 0:
            assert thread.is_alive()
    thread.join()
    assert results[0].matched == []


def test_an_extraction_waits_until_the_matches_are_stored(two: Two) -> None:
    matcher, extractor = two
    extractor.execute("SET lock_timeout = '20ms'")
    with matcher.transaction():
        refresh(matcher)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            extractor.execute("DELETE FROM deepcal.source")
    assert extractor.execute("DELETE FROM deepcal.source").rowcount == 3


def test_a_refresh_that_finds_nothing_changed_stops_no_extraction(two: Two) -> None:
    matcher, extractor = two
    refresh(matcher)
    extractor.execute("SET lock_timeout = '20ms'")
    with matcher.transaction():
        refresh(matcher)
        assert extractor.execute("DELETE FROM deepcal.source").rowcount == 3


FAILS = """CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
           CREATE TRIGGER refuse BEFORE INSERT ON deepcal.xmatch EXECUTE FUNCTION public.refuse()"""
HANGS = """CREATE FUNCTION public.hang() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
           CREATE TRIGGER hang BEFORE INSERT ON deepcal.xmatch EXECUTE FUNCTION public.hang()"""


def states(conn: Connection) -> list[tuple[str, str | None]]:
    return [
        (state, error)
        for state, error in conn.execute("SELECT state, error FROM deepcal.xmatch_run ORDER BY xmatch_run")
    ]


def test_a_failed_refresh_stays_on_record_and_the_next_one_tries_again(two: Two) -> None:
    writer, reader = two
    reader.execute(FAILS.encode())
    with pytest.raises(psycopg.errors.RaiseException, match="failed, nothing was changed: no room"):
        refresh(writer)
    assert states(reader) == [("failed", "no room")]
    assert best_matches(reader) == [None, None, None]
    reader.execute("DROP TRIGGER refuse ON deepcal.xmatch")
    assert refresh(writer).matched == [NEAR]
    assert [state for state, _ in states(reader)] == ["failed", "done"]


def test_a_killed_refresh_leaves_everything_as_before_and_is_found_by_the_next(two: Two) -> None:
    writer, reader = two
    reader.execute(HANGS.encode())
    errors: list[Exception] = []
    thread = threading.Thread(target=lambda: catch(errors, writer))
    thread.start()
    wait_for(reader, "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
    assert states(reader) == [("running", None)]
    reader.execute("SELECT pg_terminate_backend(%s)", [writer.info.backend_pid])
    thread.join()
    assert len(errors) == 1
    reader.execute("DROP TRIGGER hang ON deepcal.xmatch")
    assert best_matches(reader) == [None, None, None]
    assert refresh(reader).matched == [NEAR]
    assert states(reader) == [("failed", "ended before it was done: killed, or the server stopped"), ("done", None)]


def test_a_cancelled_refresh_stays_on_record(two: Two) -> None:
    writer, reader = two
    reader.execute(HANGS.encode())
    writer.execute("SET statement_timeout = '300ms'")
    writer.commit()
    with pytest.raises(psycopg.errors.QueryCanceled):
        refresh(writer)
    assert states(reader) == [("failed", "canceling statement due to statement timeout")]


def test_sql_and_command_are_the_same_refresh(two: Two) -> None:
    writer, reader = two
    (number,) = reader.execute("CALL deepcal.refresh_xmatch()").fetchall()[0]
    assert best_matches(reader) == [1, 2, 3]
    assert refresh(writer).xmatch_run == number + 1


def test_a_refresh_that_waits_says_so(two: Two) -> None:
    first, second = two
    said: list[str] = []
    thread = threading.Thread(target=lambda: refresh(second, lambda stage, done, total: said.append(stage)))
    with first.transaction():
        refresh(first)
        thread.start()
        wait_for(first, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    thread.join()
    assert said == ["another refresh of the matches is at work: waiting for it"]


def catch(errors: list[Exception], conn: Connection) -> None:
    try:
        refresh(conn)
    except psycopg.Error as error:
        errors.append(error)


def wait_for(conn: Connection, question: str) -> None:
    patience = time.monotonic() + 60
    while conn.execute(question.encode()).rowcount == 0:
        assert time.monotonic() < patience
        time.sleep(0.02)
