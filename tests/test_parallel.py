"""The labels of q3c: sky joins get workers, and find with them what they find without."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from psycopg.sql import SQL, Identifier

from schema.connection import Connection, connect

POINTS = SQL("""
    CREATE TABLE public.{} AS
    SELECT i, 360 * (random() ^ 3) AS ra,
           CASE i % 3 WHEN 0 THEN 90 - random() / 9 WHEN 1 THEN random() / 9 ELSE random() / 9 - 90 END AS dec
    FROM generate_series(1, 3000) AS i
""")
JOIN = """
    SELECT count(*), sum(a.i::bigint * b.i), round(sum(q3c_dist(a.ra, a.dec, b.ra, b.dec))::numeric, 9)
    FROM pair_a AS a JOIN pair_b AS b ON q3c_join(a.ra, a.dec, b.ra, b.dec, 0.05)
"""


@pytest.fixture(scope="module")
def sky(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Connection]:
    """A database with two tables of points, poles and the seam at 0 h included."""
    with fresh_database() as dsn, connect(dsn) as conn:
        for name, seed in (("pair_a", 0.1), ("pair_b", 0.2)):
            conn.execute("SELECT setseed(%s)", [seed])
            conn.execute(POINTS.format(Identifier(name)))
        conn.execute("CREATE INDEX ON pair_b (q3c_ang2ipix(ra, dec))")
        conn.execute("SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0")
        yield conn


def workers(conn: Connection, number: int) -> str:
    conn.execute("SELECT set_config('max_parallel_workers_per_gather', %s, false)", [str(number)])
    return "\n".join(line for (line,) in conn.execute(b"EXPLAIN " + JOIN.encode()))


def test_a_sky_join_gets_workers_and_keeps_its_index(sky: Connection) -> None:
    assert "Gather" not in workers(sky, 0)
    assert "Gather" in workers(sky, 2)
    assert "Bitmap Index Scan on pair_b_q3c_ang2ipix_idx" in workers(sky, 2)


def test_a_sky_join_finds_the_same_with_and_without_workers(sky: Connection) -> None:
    answers = []
    for number in (0, 2):
        workers(sky, number)
        answers.append(sky.execute(JOIN.encode()).fetchone())
    assert answers[0] == answers[1]
    assert answers[0] is not None
    assert answers[0][0] > 1000
