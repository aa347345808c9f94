"""Indexes that an interrupted load of the PSC or the XSC has left out: found, and made."""

from schema.connection import Connection
from sql import load

CATALOGS = ("psc", "xsc")


def lacking(conn: Connection) -> list[str]:
    """Return the catalogues that lack an index; none in a database without our functions."""
    name = {"name": "deepcal.lacks_catalog_indexes(text)"}
    with conn.transaction():
        present = conn.execute(load("schema/has_function.sql"), name).fetchone()
    if present is None or not present[0]:
        return []
    return [kind for kind in CATALOGS if _run(conn, "lacks_indexes", kind)]


def make(conn: Connection) -> list[str]:
    """Make the indexes of catalogues that lack some, unless an ingest is under way, which will; say what was made."""
    made = []
    for kind in lacking(conn):
        if _run(conn, "lock_alone", kind):
            try:
                _run(conn, "build_indexes", kind)
                made.append(f"indexes of the {kind.upper()}")
            finally:
                _run(conn, "unlock_alone", kind)
    return made


def _run(conn: Connection, name: str, kind: str) -> bool:
    with conn.transaction():
        row = conn.execute(load(f"ingest/{name}.sql"), {"kind": kind}).fetchone()
    return bool(row and row[0])
