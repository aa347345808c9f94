"""The scan table: the 64 published columns, as the bar-delimited file or picked by name from a wider table."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from psycopg.errors import ForeignKeyViolation
from psycopg.sql import SQL, Composed, Identifier

from ingest import formats
from ingest.bulk import copy_rows
from ingest.encode import arrow
from ingest.parse import parse
from ingest.text import Step, blocks
from schema.connection import Connection
from schema.errors import BadFile, BadRow
from schema.published import published
from sql import load

COLUMNS = published("scan")
NAMES = tuple(column.name for column in COLUMNS)


def load_scans(conn: Connection, path: Path, file_id: int, step: Step, replaces: Sequence[int] = ()) -> int:
    """Load the scans of one file; a scan that an image has told of is filled, one that is there stays as it is.

    Where it replaces another content of its file, the scans of that one take the new values, or go.

    Raises
    ------
    BadFile
        Columns are missing, a value cannot be used, a scan is there with other values, or one that goes is in use.
    """
    conn.execute(load("ingest/scan_in.sql"))
    download = formats.read(path, "scan", step)
    if download is None:
        download = ((block.line, parse(path, block, COLUMNS)) for block in blocks(path, step))
    rows = ((line, _numbered(line, table)) for line, table in download)
    count = copy_rows(conn, path, ("pg_temp", "scan_in"), ("scan_key",), rows, file_id, by_position=False)
    conn.execute(load("ingest/lock_scans.sql"))
    if replaces:
        conn.execute(_over_columns("replace_scans"), {"replaces": list(replaces)})
    conflict = conn.execute(load("ingest/scan_conflict.sql")).fetchone()
    if conflict is not None:
        line, column, value, expected = conflict
        raise BadRow(path, line, column, value, expected)
    for name in ("fill_scans", "insert_scans"):
        conn.execute(_over_columns(name))
    conn.execute(load("ingest/drop_scan_in.sql"))
    if replaces:
        _remove(conn, path, replaces)
    return count


def _remove(conn: Connection, path: Path, replaces: Sequence[int]) -> None:
    try:
        conn.execute(load("ingest/remove_scans.sql"), {"file_ids": list(replaces)})
    except ForeignKeyViolation as error:
        used = error.diag.message_detail or ""
        raise BadFile(path, f"lacks a scan that it had before and that is in use: {used}") from error


def _over_columns(name: str) -> Composed:
    columns = SQL(", ").join(map(Identifier, [*NAMES, "file_id"]))
    return SQL(load(f"ingest/{name}.sql").decode()).format(columns=columns)


def _numbered(line: int, rows: pa.Table) -> pa.Table:
    return rows.append_column("line", arrow(np.arange(line, line + rows.num_rows, dtype=np.int32)))
