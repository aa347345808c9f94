"""Indexes of PSC and XSC left out while files larger than the table are loaded, and made again by whoever ends last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable, UniqueViolation
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier

from schema.connection import Connection
from sql import load

INDEXED = ("psc", "xsc")


@contextmanager
def indexes_later(conn: Connection, kind: str, mend: Callable[[UniqueViolation], None]) -> Iterator[Callable[[], None]]:
    """Load inside this context; its indexes are there when it ends, unless another ingest is still under way.

    Every ingest of PSC or XSC holds a shared lock. Whoever can take it alone makes what is missing of the indexes: the
    last of several ingests, or the first one after all of them were killed.

    Parameters
    ----------
    conn : Connection
        Inside a transaction of the caller's the indexes stay as they are.
    kind : str
    mend : callable
        Removes the file whose rows keep the primary key from being made.

    Yields
    ------
    callable
        Drops the indexes, if no reader of the table stands in the way.
    """
    if kind not in INDEXED or conn.info.transaction_status != TransactionStatus.IDLE:
        yield lambda: None
        return
    _run(conn, "lock_shared", kind)
    try:
        yield lambda: _drop(conn, kind)
    finally:
        if not conn.closed:
            _run(conn, "unlock_shared", kind)
    if _run(conn, "lock_alone", kind):
        try:
            if _run(conn, "lacks_indexes", kind):
                _build(conn, kind, mend)
        finally:
            if not conn.closed:
                _run(conn, "unlock_alone", kind)


def _drop(conn: Connection, kind: str) -> None:
    try:
        with conn.transaction():
            conn.execute(load("ingest/drop_indexes.sql"), {"kind": kind})
    except LockNotAvailable:
        return  # somebody reads for long: the indexes grow with the rows


def _build(conn: Connection, kind: str, mend: Callable[[UniqueViolation], None]) -> None:
    while True:
        try:
            _run(conn, "build_indexes", kind)
            break
        except UniqueViolation as error:
            mend(error)
    conn.autocommit = True  # VACUUM takes no transaction; scans of the cell index alone need it
    try:
        conn.execute(SQL("VACUUM {}").format(Identifier("twomass", f"{kind}_cell")))
    finally:
        conn.autocommit = False


def _run(conn: Connection, name: str, kind: str) -> bool:
    with conn.transaction():
        row = conn.execute(load(f"ingest/{name}.sql"), {"kind": kind}).fetchone()
    return bool(row and row[0])
