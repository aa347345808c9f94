"""Typed rows on their way into a table: encoded and sorted by sky cell, then sent by binary COPY."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from psycopg.sql import SQL, Composed, Identifier

from ingest.ahead import ahead
from ingest.cells import cells_around
from ingest.encode import HEADER, TRAILER, arrow, encode, numbers
from ingest.q3c import ang2ipix
from ingest.runs import MARK, Marks, Run, Sorted, merged, sorted_runs
from ingest.scratch import folder
from schema.cells import CELL_MARGIN
from schema.connection import Connection
from sql import load

Rows = tuple[int, pa.Table]
"""Number of the first line, and rows of the published columns."""

with suppress(NotImplementedError):  # not in every build of Arrow
    pa.set_memory_pool(pa.jemalloc_memory_pool())  # of Arrow's allocators the one that gives memory back soonest

Item = TypeVar("Item")

PIECE = 1 << 20  # bytes handed to the server at once
KEPT = 8 << 20  # bytes of cells that stay in memory
CELL = np.dtype(
    [
        ("count", ">i2"),
        ("size_cell", ">i4"),
        ("cell", ">i4"),
        ("size_key", ">i4"),
        ("key", ">i4"),
        ("size_ra", ">i4"),
        ("ra", ">f8"),
        ("size_decl", ">i4"),
        ("decl", ">f8"),
    ]
)
"""A row of a cell table as a tuple of binary COPY."""


@dataclass(frozen=True)
class Prepared:
    """The sorted rows of a file: names of their columns, runs, number, and the tiles they belong to."""

    names: tuple[str, ...]
    runs: list[Run]
    rows: int
    tiles: frozenset[int] = field(default=frozenset())


def prepare(
    items: Iterable[Item],
    read: Callable[[Item], Iterable[Rows]],
    key: str | None,
    *,
    by_position: bool = True,
) -> Prepared:
    """Encode and sort the rows of a file.

    Parameters
    ----------
    items : iterable
        The pieces of the file, drawn one after the other.
    read : callable
        Makes rows of a piece; several threads call it.
    key : str, optional
        Column with the number of a row, which goes into the table of cells.
    by_position : bool
        Sort by the q3c cell of columns ra and decl, otherwise keep the order of the lines.

    Raises
    ------
    BadFile
        Whatever drawing and reading raise.
    """
    names: list[tuple[str, ...]] = []
    tiles: set[int] = set()

    def make(item: Item) -> list[Sorted]:
        made = []
        for line, rows in read(item):
            names.append(tuple(rows.column_names))
            if "tile" in rows.column_names:
                tiles.update(pc.unique(rows["tile"]).to_pylist())
            numbered = rows.append_column("file_id", arrow(np.zeros(rows.num_rows, np.int32)))
            made.append((_marks(line, rows, key, by_position), encode(numbered)))
        return made

    runs = sorted_runs(block for blocks in ahead(make, items) for block in blocks)
    return Prepared((*names[0], "file_id") if names else (), runs, sum(run.rows for run in runs), frozenset(tiles))


def copy(
    conn: Connection,
    table: Sequence[str],
    files: Sequence[tuple[Prepared, int]],
    cells: Sequence[str] = (),
    step: Callable[[int], None] = lambda rows: None,
) -> None:
    """Copy the rows of files into a table, in the order of their cells over all files.

    Parameters
    ----------
    conn : Connection
        Inside a transaction.
    table : schema and name
    files : rows, each with the number of its file
    cells : schema, name and key column of the table of cells, if there is one
    step : callable
        Told how many rows were sent, again and again.
    """
    parts = [(run, file_id) for prepared, file_id in files for run in prepared.runs]
    with SpooledTemporaryFile(KEPT, dir=str(folder())) as kept, conn.cursor() as cursor:
        with cursor.copy(_statement(table, files[0][0].names)) as stream:
            stream.write(HEADER)
            for marks, rows in merged(parts):
                for start in range(0, len(rows.data), PIECE):
                    stream.write(rows.data[start : start + PIECE].data)
                if cells:
                    kept.write(_cells(marks))
                step(len(marks))
            stream.write(TRAILER)
        if cells:
            kept.seek(0)
            with cursor.copy(_statement(cells[:2], ("cell", cells[2], "ra", "decl"))) as stream:
                stream.write(HEADER)
                while piece := kept.read(PIECE):
                    stream.write(piece)
                stream.write(TRAILER)


def copy_rows(
    conn: Connection,
    path: Path,
    table: Sequence[str],
    key: Sequence[str],
    blocks: Iterable[Rows],
    file_id: int,
    *,
    by_position: bool = True,
) -> int:
    """Copy the rows of one file into a table and return their number; see `prepare` and `copy`."""
    prepared = prepare(blocks, lambda rows: [rows], key[-1] if key else None, by_position=by_position)
    if prepared.rows:
        copy(conn, table, [(prepared, file_id)])
    return prepared.rows


def _marks(line: int, rows: pa.Table, key: str | None, by_position: bool) -> Marks:
    marks = np.zeros(rows.num_rows, MARK)
    if key is not None:
        marks["key"] = numbers(rows[key])
    if by_position:
        marks["ra"], marks["decl"] = numbers(rows["ra"]), numbers(rows["decl"])
        marks["cell"] = ang2ipix(marks["ra"], marks["decl"])
    else:
        marks["cell"] = np.arange(line, line + rows.num_rows)
    return marks


def _cells(marks: Marks) -> bytes:
    rows, cells = cells_around(marks["ra"], marks["decl"], CELL_MARGIN)
    tuples = np.zeros(len(rows), CELL)
    tuples["count"], tuples["size_cell"], tuples["cell"] = 4, 4, cells
    for name, size in (("key", 4), ("ra", 8), ("decl", 8)):
        tuples[f"size_{name}"] = size
        tuples[name] = marks[name][rows]
    return tuples.tobytes()


def _statement(table: Sequence[str], columns: Sequence[str]) -> Composed:
    names = SQL(", ").join(map(Identifier, columns))
    return SQL(load("ingest/copy.sql").decode()).format(table=Identifier(*table), columns=names)
