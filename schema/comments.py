"""The comments of tables and columns, written from the metadata where the database says something else."""

from psycopg.sql import SQL, Composed, Identifier, Literal

from schema.connection import Connection
from schema.tables import metadata
from sql import load

Name = tuple[str, str, str | None]


def described() -> dict[Name, str | None]:
    """Return the comment of every table (column None) and column of the metadata."""
    found: dict[Name, str | None] = {("deepcal", "alembic_version", "version_num"): "Number of the last revision"}
    for table in metadata.tables.values():
        found[str(table.schema), table.name, None] = table.comment
        found |= {(str(table.schema), table.name, column.name): column.comment for column in table.columns}
    return found


def write_comments(conn: Connection) -> int:
    """Write the comments that differ, and those of the views' columns; return how many tables and columns changed."""
    present = {(row[0], row[1], row[2]): row[3] for row in conn.execute(load("schema/comments.sql"))}
    changed = [(name, text) for name, text in described().items() if present.get(name) != text]
    for name, text in changed:
        conn.execute(_statement(name, text))
    conn.execute(load("schema/view_comments.sql"))
    return len(changed)


def _statement(name: Name, text: str | None) -> Composed:
    schema, table, column = name
    if column is None:
        return SQL("COMMENT ON TABLE {} IS {}").format(Identifier(schema, table), Literal(text))
    return SQL("COMMENT ON COLUMN {} IS {}").format(Identifier(schema, table, column), Literal(text))
