"""A condition in SQL that a user wrote, judged by the server and asked where it can change nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from schema.connection import READER, may_act_as, role_settings
from schema.errors import BadArgument
from sql import load

Cursor = psycopg.Cursor[tuple[Any, ...]]


def scans_where(conn: psycopg.Connection[Any], condition: str) -> list[int]:
    """Return the keys of the scans that fulfil a condition on the columns of scan and scan_quality.

    It is judged before it is asked: neither queries nor functions that do something, or whose answer depends on the
    time or the session. Then it is asked as the reader, read-only and within the reader's time.

    Raises
    ------
    BadArgument
        It is no such condition; nothing was changed.
    """
    try:
        with _as_reader(conn) as cursor:
            cursor.execute(load("select/candidates.sql"))
            cursor.execute(_with("select/condition.sql", condition), prepare=True)
        with _as_reader(conn) as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            rows = cursor.execute(_with("select/where.sql", condition), prepare=True).fetchall()
    except (psycopg.Error, UnicodeEncodeError) as error:
        raise BadArgument(
            f"--where {condition!r}: not a condition on the columns of scan and scan_quality ({_said(error)}); "
            "docs/tables.md lists the columns"
        ) from error
    return [key for (key,) in rows]


def _with(name: str, condition: str) -> bytes:
    """Compose a condition into a statement; prepared, a statement is one statement only."""
    if "\0" in condition:
        raise UnicodeEncodeError("utf-8", condition, condition.index("\0"), len(condition), "a NUL character")
    return load(name).replace(b"{condition}", condition.encode())


@contextmanager
def _as_reader(conn: psycopg.Connection[Any]) -> Iterator[Cursor]:
    """Hand out a cursor that acts as the reader, under its limits, where there is that role; undo all that it does."""
    with conn.transaction(force_rollback=True), conn.cursor() as cursor:
        if may_act_as(conn, READER):
            for name, value in role_settings(conn, READER).items():
                cursor.execute("SELECT set_config(%s, %s, true)", (name, value))
            cursor.execute("SET LOCAL ROLE deepcal_reader")
        yield cursor


def _said(error: psycopg.Error | UnicodeEncodeError) -> str:
    """Return what the server says of a condition, in words that fit it."""
    if isinstance(error, UnicodeEncodeError):
        return f"{error.reason} at character {error.start + 1}"
    said = error.diag.message_primary or str(error)
    if isinstance(error, psycopg.errors.InvalidObjectDefinition):
        return "a function in it does something, or may answer otherwise at another time: only immutable ones will do"
    if isinstance(error, psycopg.errors.QueryCanceled):
        return f"it takes too long: {said}"
    hint = f". {error.diag.message_hint}" if error.diag.message_hint else ""
    return said.replace("index predicate", "a condition").replace("index predicates", "conditions") + hint
