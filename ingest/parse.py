"""Lines of a bar-delimited file as typed, checked columns; bad lines are named."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from ingest.faults import NULL, line_fault
from ingest.fitting import fits, trimmed
from ingest.rejects import Rejects
from ingest.text import Block
from schema.errors import BadFile
from schema.published import PublishedColumn

Columns = tuple[PublishedColumn, ...]

_ARROW = {
    "double precision": pa.float64(),
    "real": pa.float32(),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "date": pa.date32(),
}
_PLAIN = bytes([*range(0x20, 0x7F), 0x0A])
_PART = 4096  # lines looked at together when a block has a fault


def parse(path: Path, block: Block, columns: Columns) -> pa.Table:
    """Return the rows of a block as one contiguous chunk a column; text loses its trailing blanks.

    Raises
    ------
    BadRow
        A value cannot be used; it is the first such value of the block.
    """
    ((_, table),) = parse_good(block, columns, Rejects(path))
    return table


def parse_good(block: Block, columns: Columns, rejects: Rejects) -> list[tuple[int, pa.Table]]:
    """Return the usable rows of a block in pieces without a gap, each with the number of its first line.

    Raises
    ------
    BadFile
        More rows cannot be used than are tolerated.
    """
    foul = rejects.known and rejects.within(block.line, block.line + block.data.count(b"\n"))
    table = None if foul else _sound(block.data, columns)
    return [(block.line, table)] if table is not None else _search(block, columns, rejects)


def _sound(data: bytes, columns: Columns) -> pa.Table | None:
    """Read lines fast; None if anything looks wrong."""
    if data.translate(None, _PLAIN) or _hexadecimal(data):
        return None
    table = _read(data, columns)
    if table is None:
        return None
    return table if all(fits(c, table.column(n).chunk(0)) for n, c in enumerate(columns)) else None


def _hexadecimal(data: bytes) -> bool:
    """Tell whether there may be a hexadecimal number, which Arrow would read; single bytes are found much faster."""
    return (b"x" in data and b"0x" in data) or (b"X" in data and b"0X" in data)


def _search(block: Block, columns: Columns, rejects: Rejects) -> list[tuple[int, pa.Table]]:
    """Put the bad lines of a block aside, and read what lies between them."""
    bad = []
    for line, part in _parts(block):
        if not rejects.within(line, line + _PART) and _sound(part, columns) is not None:
            continue
        for number, text in enumerate(part.decode("latin-1").split("\n")[:-1], line):
            if fault := line_fault(columns, text) or rejects.known.get(number):
                rejects.add(number, text, fault)
                bad.append(number)
    found = []
    for line, part in _between(block, bad):
        table = _read(part, columns)
        if table is None:
            raise BadFile(rejects.path, f"lines from {line} on cannot be read as {len(columns)} bar-delimited columns")
        found.append((line, table))
    return found


def _between(block: Block, bad: list[int]) -> Iterator[tuple[int, bytes]]:
    """Yield what lies between bad lines, each with the number of its first line."""
    lines = block.data.split(b"\n")[:-1]
    edges = [block.line - 1, *bad, block.line + len(lines)]
    for before, after in pairwise(edges):
        if after - before > 1:
            part = lines[before + 1 - block.line : after - block.line]
            yield before + 1, b"\n".join(part) + b"\n"


def _parts(block: Block) -> Iterator[tuple[int, bytes]]:
    lines = block.data.split(b"\n")[:-1]
    for start in range(0, len(lines), _PART):
        yield block.line + start, b"\n".join(lines[start : start + _PART]) + b"\n"


def _read(data: bytes, columns: Columns) -> pa.Table | None:
    types = {column.name: _ARROW.get(column.type, pa.string()) for column in columns}
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            pyarrow.csv.ReadOptions(column_names=list(types), block_size=len(data) + 1, use_threads=False),
            pyarrow.csv.ParseOptions(delimiter="|", quote_char=False, ignore_empty_lines=False),
            pyarrow.csv.ConvertOptions(column_types=types, null_values=[NULL], strings_can_be_null=True),
        )
    except pa.ArrowInvalid:
        return None
    return pa.table([_clean(column) for column in table.combine_chunks().columns], names=list(types))


def _clean(values: pa.ChunkedArray) -> pa.Array:
    return trimmed(values.chunk(0)) if pa.types.is_string(values.type) else values.chunk(0)
