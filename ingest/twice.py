"""Keys that may be there only once: on which lines of a file do they stand, and which file came last with one?"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg.errors import UniqueViolation
from psycopg.sql import SQL, Composed, Identifier

from ingest.bulk import Rows, copy_rows
from ingest.catalogs import Catalog, rows_of
from ingest.encode import arrow
from ingest.faults import Fault
from ingest.rejects import Rejects
from schema.connection import Connection
from schema.errors import BadRow
from sql import load


def key_of(error: UniqueViolation) -> tuple[str, ...]:
    """Return the key that the server found twice."""
    match = re.search(r"=\((.*)\) (already exists|is duplicated)", error.diag.message_detail or "")
    return tuple(match.group(1).split(", ")) if match else ()


def taken(path: Path, names: tuple[str, ...], key: tuple[str, ...], blocks: Iterable[Rows]) -> BadRow | None:
    """Read a file again and name the line whose key was refused; None if it does not have the key.

    Parameters
    ----------
    path : Path
    names : columns of the key, whole numbers
    key : its values
    blocks : the rows of the file
    """
    lines = list(_lines(names, key, blocks))
    if not lines:
        return None
    twice = len(lines) > 1
    expected = expectation(lines[0] if twice else None)
    return BadRow(path, lines[1 if twice else 0], ", ".join(names), ", ".join(key), expected)


def brought_last(conn: Connection, catalog: Catalog, key: tuple[str, ...]) -> tuple[int, Path]:
    """Return number and path of the file that came last of those with a key."""
    row = conn.execute(_statement("file_twice", catalog), {"key": int(key[0])}).fetchone()
    assert row is not None, "the server found the key twice"
    return row[0], Path(row[1])


def faults_of_keys(
    conn: Connection, path: Path, catalog: Catalog, replaces: int | None, tolerated: int
) -> dict[int, Fault]:
    """Return the lines of a file whose keys an earlier line or another file has, one more than are tolerated at most.

    Parameters
    ----------
    replaces : int, optional
        A file whose rows will be gone.
    """
    with conn.transaction():
        conn.execute(_statement("key_in", catalog))
        rows = rows_of(path, catalog, Rejects(path, tolerated))
        copy_rows(conn, path, ("pg_temp", "key_in"), (), _keys(catalog.key, rows), 0, by_position=False)
        values = {"replaces": replaces, "most": tolerated + 1}
        found = conn.execute(_statement("keys_twice", catalog), values).fetchall()
    names = ", ".join(catalog.key)
    return {line: Fault(names, value, expectation(earlier)) for line, earlier, value in found}


def expectation(earlier: int | None) -> str:
    """Return what was expected of a key: that no earlier line of its file has it, and no other file."""
    return f"a key used once; line {earlier} has it too" if earlier else "a key that no other file has brought"


def _keys(names: tuple[str, ...], blocks: Iterable[Rows]) -> Iterator[Rows]:
    for line, rows in blocks:
        lines = arrow(np.arange(line, line + rows.num_rows, dtype=np.int64))
        yield line, pa.table([*(rows[name] for name in names), lines], names=[*names, "line"])


def _statement(name: str, catalog: Catalog) -> Composed:
    return SQL(load(f"ingest/{name}.sql").decode()).format(
        table=Identifier(*catalog.table),
        key=Identifier(catalog.key[0]),
        keys=SQL(", ").join(map(Identifier, catalog.key)),
    )


def _lines(names: tuple[str, ...], key: tuple[str, ...], blocks: Iterable[Rows]) -> Iterator[int]:
    for line, rows in blocks:
        same = np.ones(rows.num_rows, bool)
        for name, value in zip(names, key, strict=True):
            same &= pc.equal(rows[name], int(value)).to_numpy()
        yield from (np.flatnonzero(same) + line).tolist()
