"""Typed rows on their way into a table: in q3c order, through binary COPY, a key that is taken named with its line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg.errors import UniqueViolation
from psycopg.sql import SQL, Identifier

from ingest.ahead import ahead
from ingest.encode import HEADER, TRAILER, encode
from ingest.q3c import ang2ipix
from schema.connection import Connection
from schema.errors import BadRow
from sql import load

ROWS = 8192  # encoded together: their bytes stay in the cache


@dataclass
class _Keys:
    """The keys of the rows that were sent, so that one that is taken leads back to its line."""

    names: tuple[str, ...]
    lines: list[int] = field(default_factory=list)
    seen: list[pa.Table] = field(default_factory=list)

    def remember(self, line: int, rows: pa.Table) -> None:
        self.lines.append(line)
        self.seen.append(rows.select(self.names))

    def find(self, key: tuple[str, ...]) -> list[int]:
        """Return the numbers of the lines that hold a key."""
        found: list[int] = []
        for line, rows in zip(self.lines, self.seen, strict=True):
            same = [pc.equal(rows[name], int(value)) for name, value in zip(self.names, key, strict=True)]
            hit = same[0] if len(same) == 1 else pc.and_(*same)
            found += (np.flatnonzero(hit.to_numpy()) + line).tolist()
        return found


def copy_rows(
    conn: Connection,
    path: Path,
    table: tuple[str, ...],
    key: tuple[str, ...],
    blocks: Iterable[tuple[int, pa.Table]],
    file_id: int,
    *,
    by_position: bool = True,
) -> int:
    """Copy the rows of a file into a table and return their number.

    Parameters
    ----------
    conn : Connection
        Inside a transaction.
    path : Path
        The file, for messages.
    table : schema and name, or the name of a temporary table
    key : the columns of the primary key, whole numbers
    blocks : number of the first line, and rows
        Each block is sorted by itself.
    file_id : int
        Goes into the column of that name.
    by_position : bool
        Sort by the q3c cell of columns ra and decl.

    Raises
    ------
    BadRow
        The key of a line is in the table, or twice in the file.
    """
    keys, count = _Keys(key), 0
    ready = ahead((line, rows, _encoded(rows, file_id, by_position)) for line, rows in blocks)
    first = next(ready)  # the first block is checked before the server hears of anything
    names = SQL(", ").join(map(Identifier, [*first[1].column_names, "file_id"]))
    statement = SQL(load("ingest/copy.sql").decode()).format(table=Identifier(*table), columns=names)
    try:
        with conn.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(HEADER)
            for line, rows, encoded in chain([first], ready):
                keys.remember(line, rows)
                count += rows.num_rows
                copy.write(encoded)
            copy.write(TRAILER)
    except UniqueViolation as error:
        raise _taken(path, keys, error) from error
    return count


def _encoded(rows: pa.Table, file_id: int, by_position: bool) -> memoryview:
    """Return the bytes of rows, sorted."""
    numbered = rows.append_column("file_id", pa.array(np.full(rows.num_rows, file_id, np.int32)))
    parts = [encode(numbered.slice(start, ROWS)) for start in range(0, rows.num_rows, ROWS)]
    lines = pa.concat_arrays(parts)
    if by_position:
        order = np.argsort(ang2ipix(rows["ra"].to_numpy(), rows["decl"].to_numpy()), kind="stable")
        lines = lines.take(pa.array(order))
    return memoryview(lines.buffers()[2])


def _taken(path: Path, keys: _Keys, error: UniqueViolation) -> BadRow:
    """Name the line whose key the server refused."""
    found = re.search(r"=\((.*)\)", error.diag.message_detail or "")
    values = tuple(found.group(1).split(", ")) if found else ()
    lines = keys.find(values) if len(values) == len(keys.names) else []
    if not lines:
        raise error
    twice = len(lines) > 1
    expected = f"a key used once; line {lines[0]} has it too" if twice else "a key that no other file has brought"
    return BadRow(path, lines[-1 if not twice else 1], ", ".join(keys.names), ", ".join(values), expected)
