"""How every part of deepcal connects: psycopg, and SQLAlchemy through the same function."""

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from schema.errors import ServerError

if TYPE_CHECKING:
    import sqlalchemy as sa

Connection = psycopg.Connection[TupleRow]
SEARCH_PATH = "deepcal, twomass, public"


def connect(dsn: str, role: str | None = None) -> Connection:
    """Open a connection (autocommit off) that finds our tables without a schema name.

    Parameters
    ----------
    dsn : str
        A libpq string or URI.
    role : str, optional
        The role to act as, for example ``"deepcal_reader"``.

    Raises
    ------
    ServerError
        The server refuses or cannot be reached, or the role may not be taken.
    """
    try:
        conn = psycopg.connect(dsn, autocommit=True, application_name="deepcal")
    except psycopg.OperationalError as error:
        raise ServerError(f"cannot connect to the database: {str(error).strip()}") from error
    try:
        conn.execute(b"SET search_path = " + SEARCH_PATH.encode())
        if role is not None:
            conn.execute(SQL("SET ROLE {}").format(Identifier(role)))
    except psycopg.Error as error:
        conn.close()
        raise ServerError(f"cannot act as the role {role}: {str(error).strip()}; `deepcal db doctor` looks") from error
    conn.autocommit = False
    return conn


def engine(dsn: str, **options: Any) -> "sa.Engine":
    """Return a SQLAlchemy engine whose connections are made by `connect`."""
    import sqlalchemy as sa  # here, since most commands never need it and it takes a fifth of a second

    return sa.create_engine("postgresql+psycopg://", creator=lambda: connect(dsn), **options)
