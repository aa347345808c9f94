"""How the rows of the large tables lie on disk, and one of them written anew in the order of the sky."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.errors import InsufficientPrivilege, LockNotAvailable
from psycopg.sql import SQL, Identifier, Literal

from schema.connection import Connection
from schema.errors import BadArgument, NotReady
from schema.progress import Progress, silent
from sql import load

PAGES = 200  # that are looked at
PATIENCE = "60s"  # how long we wait for those who read a table
CELLS = {"psc": "psc_cell", "xsc": "xsc_cell"}


@dataclass(frozen=True)
class SkyTable:
    """A table with a sky index: pages, bytes, and how far its order on disk follows the index (None: not known)."""

    schema: str
    name: str
    index: str
    pages: int
    size: int
    correlation: float | None


@dataclass(frozen=True)
class Reordered:
    """A table that was written anew: its bytes, and the seconds for which nobody could read it."""

    table: str
    size: int
    seconds: float


def sky_tables(conn: Connection) -> list[SkyTable]:
    """Return the tables whose rows should lie in q3c order: PSC, XSC, and the extractions of each tile."""
    return [SkyTable(*row) for row in conn.execute(load("schema/sky_tables.sql"))]


def neighbours_in_order(conn: Connection, table: SkyTable) -> float | None:
    """Return the share of neighbouring rows on disk in q3c order, from a sample of pages; None for an empty table."""
    percent = Literal(min(100.0, 100.0 * PAGES / max(table.pages, 1)))
    query = SQL(load("schema/neighbours_in_order.sql").decode())
    row = conn.execute(query.format(table=Identifier(table.schema, table.name), percent=percent)).fetchone()
    return None if row is None or row[0] is None else float(row[0])


def reorder(conn: Connection, name: str, progress: Progress = silent) -> list[Reordered]:
    """Write a table anew in q3c order, with its indexes and statistics; one transaction a table.

    While it is written, the table is locked: readers wait. The disk needs room for it a second time.

    Parameters
    ----------
    conn : Connection
        An idle connection of the owner.
    name : str
        psc, xsc, detection (all tiles) or detection_TILE.
    progress : Progress
        Told of tables done.

    Raises
    ------
    BadArgument
        There is no such table.
    NotReady
        The role may not, or somebody has been reading the table for long.
    """
    with conn.transaction():
        tables = [table for table in sky_tables(conn) if table.name == name or table.name.startswith(f"{name}_")]
    if not tables:
        raise BadArgument(f"table {name}: expected psc, xsc, detection or detection_TILE, with rows loaded")
    wanted = [part for table in tables for part in _with_cells(table)]
    done = []
    for number, (schema, table_name, index, size) in enumerate(wanted):
        progress("rewrite tables", number, len(wanted))
        start = time.monotonic()
        _cluster(conn, schema, table_name, index)
        done.append(Reordered(table_name, size, round(time.monotonic() - start, 1)))
    progress("rewrite tables", len(wanted), len(wanted))
    return done


def _with_cells(table: SkyTable) -> Iterator[tuple[str, str, str, int]]:
    yield table.schema, table.name, table.index, table.size
    if table.name in CELLS:
        yield table.schema, CELLS[table.name], f"{CELLS[table.name]}_cell_idx", table.size // 6


def _cluster(conn: Connection, schema: str, table: str, index: str) -> None:
    try:
        with conn.transaction():
            conn.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(PATIENCE)))
            conn.execute(SQL("CLUSTER {} USING {}").format(Identifier(schema, table), Identifier(index)))
            conn.execute(SQL("ANALYZE {}").format(Identifier(schema, table)))
    except InsufficientPrivilege as error:
        raise NotReady(f"this role may not rewrite {table}: its owner runs `deepcal db upgrade --reorder`") from error
    except LockNotAvailable as error:
        raise NotReady(f"{table} has been in use for {PATIENCE}: rewrite it when nobody reads") from error
