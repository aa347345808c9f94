"""The Python door: a connection, and tables as pandas DataFrames that know their units."""

from typing import TYPE_CHECKING, Any

from deepcal.recipes import check_values, recipe, recipes
from deepcal.server import ensure_dsn
from schema import connection
from schema.connection import READER, Connection

if TYPE_CHECKING:
    import pandas as pd
    import sqlalchemy as sa


def connect(role: str | None = READER) -> Connection:
    """Open a connection to the database of DEEPCAL_DSN or DEEPCAL_HOME, starting the private server if need be.

    Parameters
    ----------
    role : str, optional
        The role to act as; by default one that can only read and whose statements end after a while, where the server
        has our roles. None is your own.

    Raises
    ------
    ServerError
        The server cannot be started or reached, or the role may not be taken.
    NotReady
        The database needs an upgrade that this role may not make.
    """
    return connection.connect(*_reached(role))


def engine(role: str | None = READER) -> "sa.Engine":
    """Return a SQLAlchemy engine for the same database, its connections made as by `connect`: for pandas.read_sql."""
    return connection.engine(*_reached(role))


def query(question: str, /, conn: Connection | None = None, **values: Any) -> "pd.DataFrame":
    """Ask the database: a query of the cookbook by its name, or any SQL.

    Parameters
    ----------
    question : str
        A name below sql/query, for example ``"cone"``, or a statement with placeholders ``%(name)s``.
    conn : Connection, optional
        An open connection; by default one is made for the question.
    **values
        What the placeholders stand for.

    Returns
    -------
    DataFrame
        ``attrs`` holds "units", "ucds" and "comments" of the columns that come straight from tables and views.

    Raises
    ------
    BadArgument
        The cookbook has no such query, or it needs other values.
    """
    from deepcal.frames import fetch  # here, since pandas takes a third of a second to import

    text = question if " " in question.strip() else _from_cookbook(question.strip(), values)
    if conn is not None:
        return fetch(conn, text.encode(), values or None)
    with connect() as own:
        return fetch(own, text.encode(), values or None)


def cookbook() -> "pd.DataFrame":
    """Return the names of all queries of the cookbook, the questions they answer and the values they need."""
    import pandas as pd

    rows = [(found.name, found.question, found.explained) for found in recipes().values()]
    return pd.DataFrame(rows, columns=["name", "question", "values"]).set_index("name")


def sources(tile: int | None = None) -> "pd.DataFrame":
    """Return the combined source list of a field, or of all fields: deepcal.deepcal_src."""
    return query("sources", tile=tile)


def scans(tile: int | None = None) -> "pd.DataFrame":
    """Return the scans of a field, or of all fields, with the quality that counts."""
    return query("scans", tile=tile)


def stacks(tile: int | None = None) -> "pd.DataFrame":
    """Return the products of the current run of a field, or of all fields, with their depths."""
    return query("stacks", tile=tile)


def matches(tile: int | None = None) -> "pd.DataFrame":
    """Return all pairs of the sources of a field, or of all fields, with PSC and XSC."""
    return query("matches", tile=tile)


def _from_cookbook(name: str, values: dict[str, Any]) -> str:
    asked = recipe(name)
    check_values(asked, values)
    return asked.text


def _reached(role: str | None) -> tuple[str, str | None]:
    """Return the libpq string of the running server, and the role if the session may take it."""
    dsn = ensure_dsn()
    if role == READER:
        with connection.connect(dsn) as conn:
            role = READER if connection.may_act_as(conn, READER) else None
    return dsn, role
