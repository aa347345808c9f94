"""Tables held against figures that the user knows: rows, least, largest, sums of columns, rows per file."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL, Composable, Identifier

from schema.connection import Connection
from schema.errors import BadArgument, BadFile
from sql import load

if TYPE_CHECKING:
    import sqlalchemy as sa

TABLES = {
    "tiles": "deepcal.field",
    "standards": "twomass.standard",
    "psc": "twomass.psc",
    "xsc": "twomass.xsc",
    "scans": "deepcal.scan",
    "detections": "deepcal.detection",
    "images": "deepcal.image",
}
BY_FILE = ("psc", "xsc", "detections")  # kinds each of whose rows is of one file for ever
FIGURES = ("min", "max", "sum", "nulls")
ROUNDING = Decimal("1e-12")  # of a sum that was made in floating point


@dataclass(frozen=True)
class Expected:
    """One figure of a column ("" of the table, a file's name for `file_rows`), and how far off it may be."""

    column: str
    figure: str
    value: Decimal | str
    tolerance: Decimal | None = None


@dataclass(frozen=True)
class Check:
    """One figure held against the table."""

    column: str
    figure: str
    expected: str
    found: str
    agrees: bool


def read_expected(path: Path) -> list[Expected]:
    """Read the figures that a table should have.

    Parameters
    ----------
    path : Path
        JSON: ``{"rows": 5014, "files": {"psc_aaa.gz": 5014}, "columns": {"j_m": {"min": 4.1, "sum": 76543.21}}}``, or
        CSV with a first line ``column,figure,value`` and, if you like, ``tolerance``: figures rows, file_rows, min,
        max, sum and nulls.

    Raises
    ------
    BadFile
        The file is neither, or names an unknown figure or a value that is none.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(path, f"cannot be read as text: {error}") from error
    found = list(_from_json(path, text) if text.lstrip().startswith("{") else _from_csv(path, text))
    if not found:
        raise BadFile(path, "no figures in it, expected JSON or CSV with rows, file_rows, min, max, sum or nulls")
    return found


def verify(conn: Connection, kind: str, expected: Iterable[Expected] = ()) -> list[Check]:
    """Hold the table of a kind against figures; rows of the files it was loaded from are compared in any case.

    Sums are exact: of the decimal numbers that the published files have.

    Raises
    ------
    BadArgument
        There is no such kind, or the table has no such column.
    """
    if kind not in TABLES:
        raise BadArgument(f"{kind}: expected one of {', '.join(TABLES)}")
    from schema.tables import metadata  # here, since a load has no use for it

    table = metadata.tables[TABLES[kind]]
    wanted = list(expected)
    with conn.transaction():
        found = _figures(conn, table, [e for e in wanted if e.figure in FIGURES])
        files = {Path(path).name: rows for path, rows in conn.execute(load("ingest/file_rows.sql"), {"kind": kind})}
        found |= {(name, "file_rows"): rows for name, rows in files.items()}
        checks = [_check(e, found.get((e.column, e.figure))) for e in wanted]
        if kind in BY_FILE:
            brought, there = _by_file(conn, table, kind)
            checks.append(Check("", "rows of the loaded files", str(brought), str(there), brought == there))
    return checks


def _by_file(conn: Connection, table: "sa.Table", kind: str) -> tuple[int, int]:
    """Return the rows that the loaded files brought, and those that are there from files."""
    statement = SQL(load("ingest/rows_of_files.sql").decode()).format(table=_name(table))
    row = conn.execute(statement, {"kind": kind}).fetchone()
    assert row is not None, "counts always come back"
    return row[0], row[1]


def _figures(conn: Connection, table: "sa.Table", wanted: list[Expected]) -> dict[tuple[str, str], Any]:
    parts = [SQL("count(*)"), *(_figure(table, e.column, e.figure) for e in wanted)]
    statement = SQL(load("ingest/figures.sql").decode()).format(figures=SQL(", ").join(parts), table=_name(table))
    row = conn.execute(statement).fetchone()
    assert row is not None, "an aggregate always comes back"
    return {("", "rows"): row[0]} | {(e.column, e.figure): value for e, value in zip(wanted, row[1:], strict=True)}


def _figure(table: "sa.Table", name: str, figure: str) -> Composable:
    if name not in table.columns:
        raise BadArgument(f"{table.fullname} has no column {name!r}: its columns are in docs/tables.md")
    column = Identifier(name)
    is_number = issubclass(table.columns[name].type.python_type, int | float | Decimal)
    if figure == "nulls":
        return SQL("count(*) - count({})").format(column)
    if figure == "sum" and not is_number:
        raise BadArgument(f"column {name} of {table.fullname} is no number: it has no sum")
    value = SQL("{}::text::numeric" if is_number else "{}::text").format(column)  # decimal, as published
    return {"min": SQL("min({})"), "max": SQL("max({})"), "sum": SQL("sum({})")}[figure].format(value)


def _name(table: "sa.Table") -> Identifier:
    return Identifier(str(table.schema), table.name)


def _check(expected: Expected, found: Any) -> Check:
    agrees = found is not None and _same(expected, found)
    shown = "nothing" if found is None else str(found)
    return Check(expected.column, expected.figure, str(expected.value), shown, agrees)


def _same(expected: Expected, found: Any) -> bool:
    if isinstance(expected.value, str) or isinstance(found, str):
        return str(expected.value) == str(found)
    exponent = expected.value.as_tuple().exponent
    last = Decimal(5).scaleb(int(exponent) - 1)  # half of the last digit that was given
    allowed = max(last, ROUNDING * abs(expected.value)) if exponent else Decimal(0)
    return abs(Decimal(found) - expected.value) <= (allowed if expected.tolerance is None else expected.tolerance)


def _from_json(path: Path, text: str) -> Iterator[Expected]:
    try:
        given = json.loads(text, parse_float=Decimal)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadFile(path, f"no JSON: {error}") from error
    if strange := set(given) - {"rows", "files", "columns"}:
        raise BadFile(path, f"{', '.join(sorted(strange))} not known, expected rows, files and columns")
    if "rows" in given:
        yield _expected(path, "", "rows", given["rows"])
    for name, rows in _mapping(path, "files", given.get("files", {})).items():
        yield _expected(path, name, "file_rows", rows)
    for column, figures in _mapping(path, "columns", given.get("columns", {})).items():
        for figure, value in _mapping(path, column, figures).items():
            if figure != "tolerance":
                yield _expected(path, column, figure, value, figures.get("tolerance") if figure == "sum" else None)


def _mapping(path: Path, name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadFile(path, f"{name} is {value!r}, expected an object in braces")
    return value


def _from_csv(path: Path, text: str) -> Iterator[Expected]:
    try:
        reader = csv.DictReader(text.splitlines(), strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise BadFile(path, f"no CSV file: {error}") from error
    if not {"column", "figure", "value"} <= set(reader.fieldnames or ()):
        raise BadFile(path, "expected JSON, or CSV with a first line column,figure,value")
    for row in rows:
        tolerance = row.get("tolerance") or None
        yield _expected(path, row["column"] or "", row["figure"] or "", row["value"] or "", tolerance)


def _expected(path: Path, column: str, figure: str, value: Any, tolerance: Any = None) -> Expected:
    if figure not in (*FIGURES, "rows", "file_rows"):
        raise BadFile(path, f"figure {figure!r}, expected rows, file_rows, min, max, sum or nulls")
    number = _number(value)
    if number is None and (figure not in ("min", "max") or not isinstance(value, str) or not value):
        raise BadFile(path, f"{column or 'table'}, {figure}: {value!r}, expected a number")
    allowed = None if tolerance is None else _number(tolerance)
    if tolerance is not None and allowed is None:
        raise BadFile(path, f"{column}, tolerance: {tolerance!r}, expected a number")
    return Expected(column, figure, str(value) if number is None else number, allowed)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and not isinstance(value, bool) else None
