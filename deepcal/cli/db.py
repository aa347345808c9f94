"""`deepcal db`: the database server started, stopped, upgraded and examined."""

import os
from typing import TYPE_CHECKING, Annotated

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deepcal import catalog_cells, catalog_indexes, order, postgres, server
from deepcal import doctor as doctors
from deepcal.cli import Json, commands, console, emit, on_stderr, progress, table
from schema.connection import READER, SEARCH_PATH, connect, may_act_as, role_settings
from schema.errors import BadArgument, NotReady, ServerError

if TYPE_CHECKING:
    from schema.connection import Connection

app = commands(group=True)


@app.callback()
def db() -> None:
    """Start, stop, upgrade and examine the database."""


@app.command(epilog="Example: deepcal db start")
def start(as_json: Json = False) -> None:
    """Start the private server, make and upgrade its database."""
    server.ensure_dsn()
    _show(server.status(), as_json)


@app.command(epilog="Example: deepcal db stop")
def stop() -> None:
    """Stop the private server."""
    if server.foreign_dsn():
        console.print("DEEPCAL_DSN names a server that is not ours to stop")
    else:
        console.print("stopped" if server.stop() else "was not running")


@app.command(epilog="Example: deepcal db status --json")
def status(as_json: Json = False) -> None:
    """Tell whether the server runs and how to reach it; exit code 4 if it does not."""
    found = server.status()
    _show(found, as_json)
    if not found.running:
        raise typer.Exit(NotReady.exit_code)


@app.command(epilog="Example: deepcal db upgrade")
def upgrade(
    reorder: Annotated[
        str | None,
        typer.Option(metavar="TABLE", help="Write psc, xsc, detection or detection_TILE anew in the order of the sky."),
    ] = None,
    refill: Annotated[
        str | None, typer.Option(metavar="CATALOGUE", help="Fill the cells of psc or xsc anew, for large matches.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring tables, views, functions, comments, grants and settings up to date; make indexes that a load left out."""
    from schema.upgrade import upgrade as bring_up  # Alembic and SQLAlchemy: half a second no other command here needs

    with connect(server.foreign_dsn() or server.start()) as conn:
        changes = bring_up(conn)
        changes += catalog_indexes.make(conn)
        changes += [f"{catalog_cells.refill(conn, refill):,} rows in the cells of the {refill}"] if refill else []
        rewritten = _reorder(conn, reorder) if reorder else []
    told = [f"{part.table}: {part.size / 1e6:,.0f} MB written anew, locked for {part.seconds} s" for part in rewritten]
    emit({"changes": changes, "rewritten": rewritten}, as_json, *(changes + told or ["nothing to change"]))


def _reorder(conn: "Connection", table: str) -> list[order.Reordered]:
    on_stderr.print(f"{table}: nobody can read it until it is written anew")
    with progress() as report:
        return order.reorder(conn, table, report)


@app.command(epilog="Example: deepcal db doctor")
def doctor(as_json: Json = False) -> None:
    """Examine server, extensions, labels, tables, roles and disk, and say how to mend each; exit code 4 if needed."""
    report = doctors.examine()
    shown = table("", "what", "found", "how to mend")
    for check in report.checks:
        shown.add_row("[green]ok[/]" if check.ok else "[red]mend[/]", check.what, check.found, check.mend)
    emit(report, as_json, shown, *_for_administrator(report.sql))
    if not report.ok:
        raise typer.Exit(NotReady.exit_code)


@app.command(
    epilog="Example: deepcal db psql -- -c 'SELECT count(*) FROM scan'",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
def psql(
    arguments: Annotated[list[str] | None, typer.Argument(help="Handed to psql.")] = None,
    writer: Annotated[bool, typer.Option("--writer", help="As the role that may change rows.")] = False,
    owner: Annotated[bool, typer.Option("--owner", help="As the role that may change tables.")] = False,
) -> None:
    """Open psql on the database for reading; what follows -- is handed to it."""
    if writer and owner:
        raise BadArgument("--writer --owner: one role at a time")
    dsn = server.ensure_dsn()
    given = conninfo_to_dict(dsn)
    password = str(given.pop("password", None) or "")
    settings = {"search_path": SEARCH_PATH.replace(" ", "")} | _acting(dsn, writer, owner)
    words = [f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in settings.items()]
    given["options"] = " ".join([str(given.get("options") or ""), *words]).strip()
    environment = os.environ | ({"PGPASSWORD": password} if password else {})  # not where `ps` shows it
    command = ["psql", make_conninfo("", **given), *(arguments or [])]
    console.file.flush()
    try:
        os.execvpe(_psql(), command, environment)  # noqa: S606 - psql takes over this process
    except FileNotFoundError as error:
        raise ServerError("psql is not installed on this machine: install postgresql-client") from error


def _acting(dsn: str, writer: bool, owner: bool) -> dict[str, str]:
    """Return what a session is to be started with to act as a role, its limits included; nothing without our roles."""
    role = "deepcal_owner" if owner else "deepcal_writer" if writer else READER
    with connect(dsn) as conn:
        if may_act_as(conn, role):
            return {"role": role} | role_settings(conn, role)
        if writer or owner:
            raise NotReady(f"role {role}: not on this server, or you may not take it; `deepcal db doctor` looks")
        return {}


def _psql() -> str:
    found = postgres.installed()
    return found[0]["psql"] if found else "psql"


def _show(found: server.Status, as_json: bool) -> None:
    kind = "private" if found.private else "DEEPCAL_DSN"
    state = "running" if found.running else "not running"
    rows = {"server": f"{kind}, {state}", "folder": found.folder, "log": found.log, "connect with": found.dsn}
    width = max(map(len, rows))
    emit(found, as_json, *(f"{name:{width}}  {value}" for name, value in rows.items() if value))


def _for_administrator(sql: list[str]) -> list[str]:
    return ["", "SQL for the server's administrator:", *sql] if sql else []
