"""Downloads of PSC and XSC on their way into the tables: known rows are left out, keys are given where none came."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from psycopg.sql import SQL, Composed, Identifier

from ingest.bulk import copy_rows
from ingest.encode import arrow
from schema.connection import Connection
from schema.errors import BadRow
from schema.published import published
from schema.settings import defaults
from sql import load

KEYS = {"psc": "pts_key", "xsc": "ext_key"}


def load_download(conn: Connection, path: Path, kind: str, rows: Iterator[tuple[int, pa.Table]], file_id: int) -> int:
    """Load the rows of a download and return how many were new.

    Cones of neighbouring fields overlap: a row whose key is in the table is left out. Sources of a PSC download without
    `pts_key` get keys from 2,000,000,000 on; those that are there by name and place are left out.

    Raises
    ------
    BadRow
        A key or a name is twice in the file, or another source has the key.
    """
    conn.execute(_statement("download_in", kind))
    copy_rows(conn, path, ("pg_temp", "download_in"), (), _numbered(rows), file_id, by_position=False)
    _refuse(conn, path, kind)
    conn.execute(_statement("download_known", kind))
    if kind == "psc":
        conn.execute(load("ingest/lock_psc.sql"))
        conn.execute(load("ingest/download_known_psc.sql"))
        conn.execute(load("ingest/download_keys_psc.sql"), {"first": first_made_key()})
    count = conn.execute(_statement("download_insert", kind)).rowcount
    conn.execute(_statement("download_cells", kind))
    conn.execute(load("ingest/download_drop.sql"))
    if kind == "psc":
        supersede(conn)
    return count


def supersede(conn: Connection) -> None:
    """Remove the sources with keys of deepcal's own that are now there with their keys of the PSC."""
    first = {"first": first_made_key()}
    row = conn.execute(load("ingest/made_keys.sql"), first).fetchone()
    if row is not None and row[0]:
        conn.execute(load("ingest/supersede_psc.sql"), first)


def first_made_key() -> int:
    """Return the first of the keys that deepcal gives."""
    return int(defaults()["keyless_from"][0])


def _numbered(rows: Iterator[tuple[int, pa.Table]]) -> Iterator[tuple[int, pa.Table]]:
    for line, table in rows:
        numbers = np.arange(line, line + table.num_rows, dtype=np.int64)
        yield line, table.append_column("line", arrow(numbers)).combine_chunks()


def _statement(name: str, kind: str) -> Composed:
    columns = [*(column.name for column in published(kind)), "file_id"]
    return SQL(load(f"ingest/{name}.sql").decode()).format(
        table=Identifier("twomass", kind),
        cells=Identifier("twomass", f"{kind}_cell"),
        key=Identifier(KEYS[kind]),
        columns=SQL(", ").join(map(Identifier, columns)),
    )


def _refuse(conn: Connection, path: Path, kind: str) -> None:
    by_name = [("download_twice_psc", "designation")] if kind == "psc" else []
    for name, column in [("download_twice", KEYS[kind]), *by_name]:
        twice = conn.execute(_statement(name, kind)).fetchone()
        if twice is not None:
            line, earlier, value = twice
            raise BadRow(path, line, column, value, f"a source once; line {earlier} has it too")
    other = conn.execute(_statement("download_conflict", kind)).fetchone()
    if other is not None:
        line, value, ra, decl = other
        raise BadRow(path, line, KEYS[kind], value, f"the source with this key, which lies at {ra}, {decl}")
