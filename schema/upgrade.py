"""A database brought up to date: roles, tables, views, functions, comments, grants, settings, in one transaction."""

from dataclasses import asdict
from pathlib import Path

import alembic.command
import alembic.config
import psycopg
import sqlalchemy as sa

from schema import rights, state
from schema.comments import write_comments
from schema.connection import Connection
from schema.errors import NotReady
from schema.settings import described
from sql import load


def upgrade(conn: Connection, again: bool = True) -> list[str]:
    """Bring a database up to date; waits for another upgrade, changes nothing where nothing is new.

    Parameters
    ----------
    conn : Connection
        An idle connection whose role is a superuser or owns the database; what it may not do (roles, parallel labels)
        is skipped and left to `deepcal db doctor`.
    again : bool
        Make views, functions, comments and grants again also where the database is said to be up to date.

    Returns
    -------
    list of str
        What was changed, in words.

    Raises
    ------
    NotReady
        The database is ahead of this installation, its role may not upgrade it, somebody's view is in the way, or a
        long transaction holds on to what must change.
    """
    # SQLAlchemy is lent the connection, so that one transaction spans Alembic's work and ours.
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: conn, poolclass=sa.StaticPool)
    try:
        with engine.begin() as lent:
            return _upgrade(conn, lent, again)
    except psycopg.errors.InsufficientPrivilege as error:
        reason = error.diag.message_primary
        raise NotReady(
            f"this role may not upgrade the database ({reason}): its owner runs `deepcal db upgrade`"
        ) from error
    except psycopg.errors.LockNotAvailable as error:
        raise NotReady("the database is in use by a long transaction: upgrade when it has ended") from error
    except psycopg.errors.DependentObjectsStillExist as error:
        reason = error.diag.message_detail
        raise NotReady(
            f"something of a user's stands on our views; drop it, upgrade, make it again:\n{reason}"
        ) from error


def _upgrade(conn: Connection, lent: sa.Connection, again: bool) -> list[str]:
    conn.execute(load("schema/lock.sql"))
    before = state.of_database(conn)
    state.refuse_newer(before)
    if before == state.of_installation() and not again:
        return []  # another upgrade was faster
    _extension(conn)
    roles_exist = _roles(conn)
    labelled = _labels(conn)
    conn.execute(load("schema/schemas.sql"))
    conn.execute(load("schema/act_as_owner.sql"))
    _revisions(lent)
    conn.execute(load("schema/drop_definitions.sql"))
    for name in state.definition_files():
        conn.execute(load(f"define/{name}"))
    commented = write_comments(conn)
    if roles_exist:
        conn.execute(load("schema/grants.sql"))
    added = _settings(conn)
    state.record(conn)
    return [*_news(before), *_counted({"q3c functions labelled": labelled, "comments": commented, "settings": added})]


def _extension(conn: Connection) -> None:
    try:
        conn.execute(load("schema/extension.sql"))
    except (psycopg.errors.UndefinedFile, psycopg.errors.FeatureNotSupported) as error:
        raise NotReady("the database server lacks q3c: install postgresql-NN-q3c on its machine") from error


def _roles(conn: Connection) -> bool:
    """Make the roles where we may; tell whether they exist now."""
    mine = rights.of(conn)
    if mine.makes_roles:
        conn.execute(load("schema/roles.sql"))
    return mine.makes_roles or mine.roles_exist


def _labels(conn: Connection) -> int:
    statements = [text for (text,) in conn.execute(load("schema/unlabelled.sql"))]
    try:
        with conn.transaction():
            for text in statements:
                conn.execute(text.encode())
    except psycopg.errors.InsufficientPrivilege:
        return 0  # `doctor` prints them for the server's administrator
    return len(statements)


def _revisions(lent: sa.Connection) -> None:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = lent
    alembic.command.upgrade(config, "head")


def _settings(conn: Connection) -> int:
    statement = load("schema/setting.sql")
    return sum(conn.execute(statement, asdict(setting)).rowcount for setting in described())


def _news(before: state.State | None) -> list[str]:
    after = state.of_installation()
    words = [] if before and before.revision == after.revision else [f"tables at revision {after.revision}"]
    return (
        words if before and before.definitions == after.definitions else [*words, f"definitions at {after.definitions}"]
    )


def _counted(numbers: dict[str, int]) -> list[str]:
    return [f"{number} {what}" for what, number in numbers.items() if number]
