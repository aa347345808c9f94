"""The scan table: the 64 published columns, as the bar-delimited file or picked by name from a wider table."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from psycopg.sql import SQL, Composed, Identifier

from ingest import ipac
from ingest.bulk import copy_rows
from ingest.parse import parse
from ingest.text import Block, Step, blocks, head
from schema.connection import Connection
from schema.errors import BadFile, BadRow
from schema.published import published
from sql import load

COLUMNS = published("scan")
NAMES = tuple(column.name for column in COLUMNS)


def load_scans(conn: Connection, path: Path, file_id: int, step: Step) -> int:
    """Load the scans of one file; a scan that an image has told of is filled, one that is there stays as it is.

    Raises
    ------
    BadFile
        Columns are missing, a value cannot be used, or a scan is there with other values.
    """
    conn.execute(load("ingest/scan_in.sql"))
    rows = ((block.line, _numbered(block.line, parse(path, block, COLUMNS))) for block in _blocks(path, step))
    count = copy_rows(conn, path, ("pg_temp", "scan_in"), ("scan_key",), rows, file_id, by_position=False)
    conn.execute(load("ingest/lock_scans.sql"))
    conflict = conn.execute(load("ingest/scan_conflict.sql")).fetchone()
    if conflict is not None:
        line, column, value, expected = conflict
        raise BadRow(path, line, column, value, expected)
    for name in ("fill_scans", "insert_scans"):
        conn.execute(_over_columns(name))
    conn.execute(load("ingest/drop_scan_in.sql"))
    return count


def _over_columns(name: str) -> Composed:
    columns = SQL(", ").join(map(Identifier, [*NAMES, "file_id"]))
    return SQL(load(f"ingest/{name}.sql").decode()).format(columns=columns)


def _numbered(line: int, rows: pa.Table) -> pa.Table:
    return rows.append_column("line", pa.array(np.arange(line, line + rows.num_rows, dtype=np.int32)))


def _blocks(path: Path, step: Step) -> Iterator[Block]:
    """Read any of the forms as blocks of the 64 columns in order."""
    first = head(path)
    if ipac.is_ipac(first):
        ipac.check_rows(path)
        lines = _lines(path, step)
        header = ipac.read_header(path, lines)
        yield _picked(path, header.names, list(ipac.rows(header, lines)))
    elif _is_names(first):
        lines = _lines(path, step)
        names = tuple(name.strip().lower() for name in lines[0].split("|"))
        yield _picked(path, names, [(number, line.split("|")) for number, line in enumerate(lines[1:], 2)])
    else:
        yield from blocks(path, step)


def _is_names(first: bytes) -> bool:
    return b"scan_key" in first.partition(b"\n")[0].lower()


def _lines(path: Path, step: Step) -> list[str]:
    text = b"".join(block.data for block in blocks(path, step))
    return text.decode("latin-1").rstrip("\n").split("\n")


def _picked(path: Path, names: tuple[str, ...], rows: list[tuple[int, list[str]]]) -> Block:
    """Write the rows of a wider table as the 64 columns in order."""
    missing = [name for name in NAMES if name not in names]
    if missing:
        raise BadFile(path, f"column {', '.join(missing)} missing; expected the 64 columns of the scan table by name")
    if not rows:
        raise BadFile(path, "no rows below the header")
    for number, values in rows:
        if len(values) != len(names):
            raise BadRow(path, number, names[-1], values[-1], f"{len(names)} columns, this line has {len(values)}")
    order = [names.index(name) for name in NAMES]
    text = "".join("|".join(values[place].strip() for place in order) + "\n" for _, values in rows)
    return Block(rows[0][0], text.encode("latin-1"))
