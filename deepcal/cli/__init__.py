"""The `deepcal` command: its name list, its error boundary, and what its modules share."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from deepcal.cli.lazy import LazyGroup
from deepcal.cli.output import Json, console, emit, on_stderr, progress, table, tell_error
from schema.errors import DeepcalError, ServerError

if TYPE_CHECKING:
    from schema.connection import Connection

__all__ = ["Json", "app", "commands", "console", "emit", "main", "on_stderr", "open_db", "progress", "table"]

app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback(epilog="Example: deepcal demo")
def deepcal() -> None:
    """From the 2MASS calibration scans to deep stacks, source lists and matches, in PostgreSQL."""


def commands(*, group: bool = False) -> typer.Typer:
    """Return the Typer object of a command module, to be called `app` there; `group` if it has commands of its own."""
    return typer.Typer(add_completion=False, no_args_is_help=group)


@contextmanager
def open_db(role: str | None = None) -> Iterator["Connection"]:
    """Open a connection to the upgraded database, starting the private server if need be; commits in the end.

    Raises
    ------
    ServerError
        The server cannot be started or reached, or stopped answering.
    NotReady
        The database needs an upgrade that this role may not make.
    """
    import psycopg  # here, since `deepcal --help` needs no database

    from deepcal.server import ensure_dsn
    from schema.connection import connect

    try:
        with connect(ensure_dsn(), role) as conn:
            yield conn
    except psycopg.OperationalError as error:
        raise ServerError(f"the database gave up: {str(error).strip()}") from error


def main() -> None:
    """Run the command; an error that a user can mend is one message and its exit code, any other a traceback."""
    try:
        app()
    except DeepcalError as error:
        tell_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
