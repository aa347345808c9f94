"""The tables of cells of PSC and XSC: whether they hold the rows of their catalogue, and one of them filled anew."""

from dataclasses import dataclass

from psycopg.sql import SQL, Identifier, Literal

from schema.connection import Connection
from schema.errors import BadArgument
from sql import load

KEYS = {"psc": "pts_key", "xsc": "ext_key"}
PAGES = 200  # that are looked at; all of a small table


@dataclass(frozen=True)
class CellFaults:
    """Of the rows of a catalogue looked at, those missing from a cell, and rows of cells that are none of it."""

    kind: str
    rows: int
    missing: int
    stale: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.missing} of {self.rows} rows not in all their cells, {self.stale} cells of no row"


def faults(conn: Connection) -> list[CellFaults]:
    """Return what is wrong with the tables of cells, as far as a sample of pages tells."""
    return [found for kind in KEYS if (found := _faults(conn, kind)).missing or found.stale]


def refill(conn: Connection, kind: str) -> int:
    """Fill the table of cells of a catalogue anew and return its rows.

    Raises
    ------
    BadArgument
        Neither psc nor xsc.
    """
    if kind not in KEYS:
        raise BadArgument(f"--refill {kind}: expected psc or xsc")
    with conn.transaction():
        (rows,) = conn.execute(load("schema/fill_cells.sql"), {"kind": kind}).fetchall()[0]
    conn.autocommit = True  # VACUUM takes no transaction; scans of the index alone need it
    try:
        conn.execute(SQL("VACUUM {}").format(Identifier("twomass", f"{kind}_cell")))
    finally:
        conn.autocommit = False
    return int(rows)


def _faults(conn: Connection, kind: str) -> CellFaults:
    table, cells = f"twomass.{kind}", f"twomass.{kind}_cell"
    values = {
        "table": Identifier("twomass", kind),
        "cells": Identifier("twomass", f"{kind}_cell"),
        "key": Identifier(KEYS[kind]),
        "percent": Literal(_percent(conn, table)),
        "cells_percent": Literal(_percent(conn, cells)),
    }
    rows, missing, stale = conn.execute(SQL(load("schema/cells_faults.sql").decode()).format(**values)).fetchall()[0]
    return CellFaults(kind, rows, missing, stale)


def _percent(conn: Connection, table: str) -> float:
    (pages,) = conn.execute(load("schema/table_pages.sql"), {"table": table}).fetchall()[0]
    return min(100.0, 100.0 * PAGES / max(int(pages), 1))
