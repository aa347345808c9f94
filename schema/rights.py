"""What the role of a connection may do in its database."""

from dataclasses import dataclass

from psycopg.rows import class_row

from schema.connection import Connection
from sql import load


@dataclass(frozen=True)
class Rights:
    """The rights of a role that an upgrade asks about."""

    name: str
    is_superuser: bool
    makes_roles: bool
    roles_exist: bool
    schema_owner: str | None


def of(conn: Connection) -> Rights:
    """Look up the rights of the role a connection acts as."""
    with conn.cursor(row_factory=class_row(Rights)) as cursor:
        found = cursor.execute(load("schema/rights.sql")).fetchone()
    if found is None:
        raise RuntimeError("the server does not know the role of its own connection")
    return found
