"""How far a database has been upgraded, and how far this installation would upgrade it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from psycopg.sql import SQL, Literal

from schema.connection import Connection
from schema.errors import NotReady
from sql import load

_MAKES_A_DATABASE = (
    ("schema", "tables"),
    ("schema", "columns"),
    ("schema", "settings"),
    ("schema", "migrations"),
    ("sql", "schema"),
    ("sql", "define"),
)
_FORM = "Migration state: revision {}, definitions {}"


@dataclass(frozen=True)
class State:
    """The revision of the tables, and a digest of everything an upgrade puts around them."""

    revision: str
    definitions: str


def of_database(conn: Connection) -> State | None:
    """Return the state a database is in, None where it was never upgraded."""
    row = conn.execute(load("schema/state.sql")).fetchone()
    found = re.fullmatch(_FORM.format(r"(\S+)", r"(\S+)"), (row and row[0]) or "")
    return State(*found.groups()) if found else None


@cache
def of_installation() -> State:
    """Return the state an upgrade by this installation leaves."""
    revisions = [entry.name[1:5] for entry in files("schema").joinpath("migrations", "versions").iterdir()]
    digest = hashlib.sha256()
    for package, folder in _MAKES_A_DATABASE:
        for name, entry in sorted(_walk(files(package).joinpath(folder), folder)):
            digest.update(name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return State(max(name for name in revisions if name.isdigit()), digest.hexdigest()[:12])


def refuse_newer(found: State | None) -> None:
    """Refuse a database whose tables are ahead of this installation.

    Raises
    ------
    NotReady
        They are.
    """
    known = of_installation().revision
    if found and found.revision > known:
        raise NotReady(f"the database is at revision {found.revision}, this deepcal knows {known}: update deepcal")


def record(conn: Connection) -> None:
    """Write down that the database is in the state of this installation."""
    state = of_installation()
    text = Literal(_FORM.format(state.revision, state.definitions))
    conn.execute(SQL("COMMENT ON TABLE deepcal.alembic_version IS {}").format(text))


def definition_files() -> list[str]:
    """Return the names of the statement files of views and functions, in the order of their numbers."""
    return sorted(entry.name for entry in files("sql").joinpath("define").iterdir() if entry.name.endswith(".sql"))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, name)
        elif entry.name.endswith((".csv", ".py", ".sql")):
            yield name, entry
