"""Short lists in CSV files: the calibration tiles and the standard stars."""

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.errors import IntegrityError

from ingest.faults import NULL, value_fault
from ingest.text import Step, blocks
from schema.connection import Connection
from schema.errors import BadFile, BadRow
from schema.published import PublishedColumn
from schema.tables.field import field
from schema.tables.twomass import standard
from sql import load

Row = dict[str, Any]
Columns = Mapping[str, "sa.Column[Any]"]

TILES: Columns = {
    "tile": field.c.tile,
    "standard": field.c.standard,
    "ra": field.c.ra,
    "dec": field.c.dec,
    "width_arcsec": field.c.naxis1,
    "height_arcsec": field.c.naxis2,
}
STANDARDS: Columns = {column.name: column for column in standard.c if column.name != "file_id"}


def known_tiles() -> Path:
    """Return the list of calibration tiles that comes with deepcal."""
    return Path(str(files("schema").joinpath("tiles.csv")))


def load_tiles(conn: Connection, path: Path, file_id: int, step: Step, replaces: Sequence[int] = ()) -> int:
    """Load fields; a centre may change until strips or stacks stand on it, and the list of deepcal changes none.

    Raises
    ------
    BadFile
        Columns are missing, a value cannot be used, or stacks or strips stand on another grid.
    """
    rows = _read(path, TILES, ("source",), step)
    for line, row in rows:
        row |= {"source": row["source"] or path.name, "file_id": file_id, "first": path == known_tiles()}
        if (row["ra"] is None) != (row["dec"] is None):
            raise BadRow(path, line, "ra, dec", f"{row['ra']}, {row['dec']}", "both, or neither where unknown")
        in_the_way = _insert(conn, path, line, "ingest/tile.sql", row)
        if in_the_way is not None:
            raise BadRow(path, line, "ra, dec", f"{row['ra']}, {row['dec']}", str(in_the_way))
    return len(rows)


def load_standards(conn: Connection, path: Path, file_id: int, step: Step, replaces: Sequence[int] = ()) -> int:
    """Load standard stars; one that is there with other values is refused, unless it goes with what is replaced.

    Raises
    ------
    BadFile
        Columns are missing, a value cannot be used, or a star is there with other values.
    """
    rows = _read(path, STANDARDS, (), step)
    if replaces:
        conn.execute(load("ingest/remove_standards.sql"), {"file_ids": list(replaces)})
    for line, row in rows:
        there = _insert(conn, path, line, "ingest/standard.sql", row | {"file_id": file_id})
        if there is not None:
            raise BadRow(path, line, "name", row["name"], f"the values loaded before: {there}")
    return len(rows)


def _insert(conn: Connection, path: Path, line: int, statement: str, row: Row) -> object:
    """Insert one row; return what stands in its way, None if nothing does."""
    try:
        with conn.transaction():
            found = conn.execute(load(statement), row).fetchone()
    except (IntegrityError, psycopg.DataError) as error:
        name = error.diag.constraint_name or ""
        raise BadRow(path, line, name, error.diag.message_detail or "", error.diag.message_primary or "") from error
    return found[0] if found else None


def _read(path: Path, columns: Columns, more: tuple[str, ...], step: Step) -> list[tuple[int, Row]]:
    """Read and check a list: line number and values by column name; columns named in `more` may be there."""
    data = b"".join(block.data for block in blocks(path, step))
    try:
        reader = csv.DictReader(data.decode("utf-8-sig").splitlines(), strict=True)
        reader.fieldnames = [name.strip(" ") for name in reader.fieldnames or ()]
        rows = [(reader.line_num, row) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise BadFile(path, f"no CSV file in UTF-8: {error}") from error
    names = list(reader.fieldnames)
    missing, strange = [n for n in columns if n not in names], [n for n in names if n not in (*columns, *more)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadFile(path, f"column {', '.join(twice)} more than once in the first line, expected every name once")
    if missing or strange:
        words = f"column {', '.join(missing) or 'none'} missing, {', '.join(strange) or 'none'} not known"
        raise BadFile(path, f"{words}; expected {','.join(columns)}")
    return [(line, _checked(path, line, columns, more, row)) for line, row in rows]


def _checked(path: Path, line: int, columns: Columns, more: tuple[str, ...], row: Mapping[str | None, Any]) -> Row:
    if None in row or None in row.values():
        more_values = ",".join(row.get(None, []))
        raise BadRow(path, line, "the last", more_values, f"{len(columns)} columns as in the first line")
    values: Row = {name: (row.get(name) or "").strip() for name in more}
    for name, column in columns.items():
        text = str(row[name]).strip()
        described = _described(name, column)
        if expected := value_fault(described, text or NULL):
            raise BadRow(path, line, name, text, expected)
        values[name] = None if not text else text if described.type == "text" else float(text)
    return values


def _described(name: str, column: "sa.Column[Any]") -> PublishedColumn:
    kind = str(column.type).lower()
    return PublishedColumn(name, kind, bool(column.nullable), column.info["unit"], column.info["ucd"], "", "")
