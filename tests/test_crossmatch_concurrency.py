"""Refreshes beside readers, extractions and each other."""

import threading
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
