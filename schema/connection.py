"""How every part of deepcal connects: psycopg, and SQLAlchemy through the same function."""

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.sql import SQL, Identifier

from schema.errors import ServerError
from sql import load

if TYPE_CHECKING:
    import sqlalchemy as sa

Connection = psycopg.Connection[TupleRow]
SEARCH_PATH = "deepcal, twomass, public"
READER = "deepcal_reader"


def connect(dsn: str, role: str | None = None) -> Connection:
    """Open a connection (autocommit off) that finds our tables without a schema name.

    Parameters
    ----------
    dsn : str
        A libpq string or URI.
    role : str, optional
        The role to act as, for example ``"deepcal_reader"``; what is set for its logins, such as a limit on the time of
        a statement, holds here too.

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
            for name, value in role_settings(conn, role).items():
                conn.execute("SELECT set_config(%s, %s, false)", (name, value))
    except psycopg.Error as error:
        conn.close()
        raise ServerError(f"cannot act as the role {role}: {str(error).strip()}; `deepcal db doctor` looks") from error
    conn.autocommit = False
    return conn


def may_act_as(conn: Connection, role: str) -> bool:
    """Tell whether the server has a role, and this session may take it."""
    return conn.execute(load("select/role.sql"), {"role": role}).fetchone() == (True,)


def role_settings(conn: Connection, role: str) -> dict[str, str]:
    """Return what is set for the logins of a role, in this database or everywhere; SET ROLE does not bring it along."""
    return dict(conn.execute(load("schema/role_settings.sql"), {"role": role}).fetchall())


def engine(dsn: str, role: str | None = None, **options: Any) -> "sa.Engine":
    """Return a SQLAlchemy engine whose connections are made by `connect`, acting as a role."""
    import sqlalchemy as sa  # here, since most commands never need it and it takes a fifth of a second

    return sa.create_engine("postgresql+psycopg://", creator=lambda: connect(dsn, role), **options)
