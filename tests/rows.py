"""Rows for tests: what a test says of them, and something harmless in every other column that must not be empty."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from psycopg.sql import SQL, Identifier, Placeholder

from schema.connection import Connection

HARMLESS = {str: "n", int: 0, float: 1.0, bool: False, date: date(1999, 1, 1)}


def put(conn: Connection, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows; columns that a test does not name and that must not be empty get a harmless value."""
    filler = {column.name: _harmless(column) for column in table.columns if _needed(column)}
    complete = [filler | dict(row) for row in rows]
    names = list(complete[0])
    statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
        Identifier(str(table.schema), table.name),
        SQL(", ").join(map(Identifier, names)),
        SQL(", ").join(map(Placeholder, names)),
    )
    with conn.cursor() as cursor:
        cursor.executemany(statement, complete)


def _needed(column: "sa.Column[Any]") -> bool:
    return not column.nullable and column.server_default is None and column.identity is None


def _harmless(column: "sa.Column[Any]") -> Any:
    if isinstance(column.type, sa.ARRAY):
        return [0.0]
    if isinstance(column.type, sa.JSON):
        return "{}"
    return HARMLESS[column.type.python_type]
