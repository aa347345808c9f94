"""Results of queries as pandas DataFrames whose attributes tell unit, UCD and meaning of every column."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
from psycopg import Column
from psycopg.pq.abc import PGresult

from schema.connection import Connection
from sql import load

UNIT = re.compile(r"(?P<meaning>.*) \[(?P<unit>[^][]+)\]")
SINGLE = 700
INTEGERS, BOOLEAN, FLOATS = {20, 21, 23}, 16, {SINGLE, 701, 1700}  # oids of PostgreSQL's own types, the same everywhere


def fetch(conn: Connection, statement: bytes, values: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Run a query and return its rows.

    Parameters
    ----------
    conn : Connection
    statement : bytes
        One query; without `values`, percent signs are just that.
    values : mapping, optional
        What its placeholders ``%(name)s`` stand for.

    Returns
    -------
    DataFrame
        Numbers are float64 or int64, and Int64 or boolean where integers or truth values are missing. ``attrs`` holds
        "units", "ucds" and "comments": unit, UCD and meaning, as described in schema/, of every column that comes
        straight from a table or view; computed columns have none. "single" lists the columns of single precision.
    """
    with conn.cursor() as cursor:
        cursor.execute(statement, values)
        columns, result, rows = cursor.description or [], cursor.pgresult, cursor.fetchall()
    by_column = zip(*rows, strict=True) if rows else [()] * len(columns)
    series = [_series(column, data) for column, data in zip(columns, by_column, strict=True)]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame()
    frame.attrs |= _attributes(conn, columns, result)
    frame.attrs["single"] = [column.name for column in columns if column.type_code == SINGLE]
    return frame


def _series(column: Column, data: Sequence[Any]) -> "pd.Series[Any]":
    if column.type_code in FLOATS:
        return pd.Series(list(data), name=column.name, dtype="float64")
    if column.type_code in INTEGERS:
        return pd.Series(list(data), name=column.name, dtype="Int64" if None in data else "int64")
    if column.type_code == BOOLEAN:
        return pd.Series(list(data), name=column.name, dtype="boolean" if None in data else "bool")
    return pd.Series(list(data), name=column.name)


def _attributes(conn: Connection, columns: Sequence[Column], result: PGresult | None) -> dict[str, dict[str, str]]:
    if result is None:
        return {}
    numbers = range(len(columns))
    places = {"relations": [result.ftable(i) for i in numbers], "attributes": [result.ftablecol(i) for i in numbers]}
    found = conn.execute(load("select/column_comments.sql"), places).fetchall()
    names = [column.name for column in columns]
    told = {name: _meaning(name, comment) for name, (comment,) in zip(names, found, strict=True) if comment}
    kinds = zip(("units", "ucds", "comments"), zip(*told.values(), strict=True), strict=True) if told else ()
    return {"units": {}, "ucds": {}, "comments": {}} | {
        kind: dict(zip(told, words, strict=True)) for kind, words in kinds
    }


def _meaning(name: str, comment: str) -> tuple[str, str, str]:
    """Return unit, UCD and meaning; columns that only views have tell no UCD."""
    found = UNIT.fullmatch(comment)
    meaning, unit = (found["meaning"], found["unit"]) if found else (comment, "")
    return unit, _ucds().get((name, comment), ""), meaning


@cache
def _ucds() -> dict[tuple[str, str], str]:
    """Return the UCD of every column described in schema/, by its name and its comment in the database."""
    from schema.tables import metadata  # here, since SQLAlchemy takes a fifth of a second to import

    columns = (column for table in metadata.tables.values() for column in table.columns)
    return {(column.name, str(column.comment)): column.info["ucd"] for column in columns}
