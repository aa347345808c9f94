"""A large match in several stretches of cells, so that each core finds and groups the pairs of its part of the sky."""

from itertools import pairwise

from psycopg.sql import SQL, Composable, Composed, Literal

from crossmatch.positions import Positions
from schema.connection import Connection
from sql import load

CELLS = 6 << 26  # on the whole sky
FEW = 20_000  # left rows that one core matches before others have started
MOST = 4  # each reads the left table once
SAMPLE = 20_000  # rows that tell where stretches end

Stretch = tuple[int, int]


def stretches(conn: Connection, left: Positions) -> list[Stretch]:
    """Return first and last (not included) cells of stretches that hold about as many rows of a table each.

    As many as a query may have workers. PostgreSQL gives whole parts of a UNION ALL to its workers; a grouping of all
    pairs would be done a second time by the one that gathers them.
    """
    (workers,) = conn.execute(b"SELECT current_setting('max_parallel_workers_per_gather')::integer").fetchall()[0]
    count = min(workers, MOST) if left.is_shared and left.rows >= FEW else 1
    ends = _ends(conn, left, count) if count > 1 else []
    return list(pairwise([0, *sorted({end for end in ends if end > 0}), CELLS]))


def in_stretches(conn: Connection, left: Positions, text: str, /, **values: Composable) -> list[Composed]:
    """Return the statement of each stretch, and let workers have one each."""
    parts = stretches(conn, left)
    if len(parts) > 1:
        conn.execute(load("crossmatch/workers.sql"))
    return [SQL(text).format(first=Literal(first), last=Literal(last), **values) for first, last in parts]


def _ends(conn: Connection, left: Positions, count: int) -> list[int]:
    percent = min(100.0, 100.0 * SAMPLE / left.rows)
    sample = SQL(" TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(Literal(percent))
    shares = Literal([part / count for part in range(1, count)])
    text = SQL(load("crossmatch/stretches.sql").decode())
    (ends,) = conn.execute(text.format(shares=shares, positions=left.query(sample=sample))).fetchall()[0]
    return list(ends or [])
