"""A table of somebody's own (CSV, FITS, VOTable, ...) becomes a table in the database."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Table
from psycopg.sql import SQL, Composed, Identifier, Literal

from schema.connection import Connection
from schema.errors import BadArgument, BadFile

FORMATS = {
    ".csv": "ascii.csv",
    ".ecsv": "ascii.ecsv",
    ".fits": "fits",
    ".fit": "fits",
    ".vot": "votable",
    ".votable": "votable",
    ".xml": "votable",
    ".tbl": "ascii.ipac",
}
TYPES = {"b": "boolean", "i": "bigint", "u": "bigint", "f": "double precision", "U": "text", "S": "text"}
KEY = "row"


def is_file(name: str) -> bool:
    """Tell whether a name is that of a file to be uploaded rather than that of a table."""
    return form(Path(name)) is not None and Path(name).exists()


def form(path: Path) -> str | None:
    """Return astropy's name for the format of a file, by the end of its name."""
    return FORMATS.get(path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix)


def upload(conn: Connection, path: Path, into: tuple[str, str] | None = None) -> int:
    """Copy a file into a new table: its columns under their own names, and `row`, the number of the row from 1.

    Parameters
    ----------
    conn : Connection
    path : Path
        CSV, FITS, VOTable, ECSV or IPAC table, by its name.
    into : schema and name, optional
        Without one, a temporary table `upload_` and the name of the file, which ends with the connection.

    Returns
    -------
    int
        Rows.

    Raises
    ------
    BadFile
        It cannot be read, or holds no rows of plain columns.
    """
    table = _read(path)
    target = Identifier(*into) if into else Identifier("pg_temp", temporary(path))
    columns = [name for name in table.colnames if table[name].ndim == 1 and table[name].dtype.kind in TYPES]
    if not columns:
        raise BadFile(path, "expected a table with columns of numbers or text")
    if KEY in columns:
        raise BadArgument(f"{path.name}: a column is called {KEY}, as the one that numbers the rows: rename it")
    kinds = [SQL("{} {}").format(Identifier(name), SQL(TYPES[table[name].dtype.kind])) for name in columns]
    create = SQL("CREATE TABLE {} ({} bigint PRIMARY KEY, {})")
    conn.execute(create.format(target, Identifier(KEY), SQL(", ").join(kinds)))
    names = SQL(", ").join(map(Identifier, (KEY, *columns)))
    with conn.cursor() as cursor, cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(target, names)) as copy:
        for row in _rows(table, columns):
            copy.write_row(row)
    for name in columns:
        if table[name].unit is not None:
            conn.execute(_comment(target, name, str(table[name].unit)))
    conn.execute(SQL("ANALYZE {}").format(target))
    return len(table)


def temporary(path: Path) -> str:
    """Return the name of the temporary table a file goes to."""
    return f"upload_{path.name.split('.')[0]}"


def _read(path: Path) -> Table:
    kind = form(path)
    if kind is None:
        raise BadArgument(f"{path}: expected a name that ends in {', '.join(FORMATS)}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # units and dates of foreign tables are their own affair
            return Table.read(path, format=kind)
    except FileNotFoundError as error:
        raise BadArgument(f"{path}: there is no such file") from error
    except Exception as error:  # astropy raises whatever its readers raise
        raise BadFile(path, f"cannot be read as {kind}: {error}") from error


def _rows(table: Table, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    lists = [_values(table[name]) for name in columns]
    yield from ((number, *row) for number, row in enumerate(zip(*lists, strict=True), start=1))


def _values(column: Any) -> list[Any]:
    values = [item.decode() if isinstance(item, bytes) else item for item in np.asarray(column).tolist()]
    mask = getattr(column, "mask", None)
    if mask is None or not np.any(mask):
        return values
    return [None if hidden else value for value, hidden in zip(values, np.broadcast_to(mask, len(values)), strict=True)]


def _comment(target: Identifier, name: str, unit: str) -> Composed:
    return SQL("COMMENT ON COLUMN {}.{} IS {}").format(target, Identifier(name), Literal(f"[{unit}]"))
