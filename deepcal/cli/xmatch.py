"""`deepcal xmatch`: sources matched with PSC and XSC and kept current, and any two tables matched."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deepcal.cli import Json, commands, console, emit, merging, open_db, progress, table
from schema.errors import BadArgument, NotReady

if TYPE_CHECKING:
    from crossmatch import Names, Positions
    from schema.connection import Connection

app = commands(group=True)
schedule_app = commands(group=True)
app.add_typer(schedule_app, name="schedule")

Mode = Literal["best", "all"]
Every = Annotated[str, typer.Option(help="How often: 10min, 1h, 6h, 1d.")]
Column = Annotated[str | None, typer.Option(help="Its column; guessed without.", show_default=False)]
Epoch = Annotated[str | None, typer.Option(help="Its column of the epoch, or one year.", show_default=False)]


@app.callback()
def xmatch() -> None:
    """Match sources with the PSC and XSC and keep the matches current; match any two tables."""


@app.command(epilog="Example: deepcal xmatch refresh")
def refresh(
    everything: Annotated[bool, typer.Option("--all", help="Match all runs again, changed or not.")] = False,
    as_json: Json = False,
) -> None:
    """Match the sources of every current run, where runs, catalogues or settings changed; safe to run at any time."""
    from crossmatch import refresh as refresh_matches

    with open_db() as conn, progress() as report:
        result = refresh_matches(conn, report, everything=everything)
    shown = table("what", "number", title=f"refresh {result.xmatch_run}", numbers=("number",))
    shown.add_row("runs matched", f"{len(result.matched):,}")
    shown.add_row("runs no longer current", f"{len(result.removed):,}")
    shown.add_row("sources matched", f"{result.sources:,}")
    shown.add_row("with a best match in the PSC", f"{result.best:,}")
    shown.add_row("pairs stored", f"{result.stored:,}")
    shown.add_row("pairs removed", f"{result.gone:,}")
    shown.add_row("seconds", f"{result.seconds:.2f}")
    emit(result, as_json, shown)


app.command(epilog="Example: deepcal xmatch merge 90330")(merging.merge)


@app.command(epilog="Example: deepcal xmatch run --left mine.csv --right twomass.psc --radius 2arcsec --into found")
def run(
    left: Annotated[str, typer.Option(help="Table, or file to upload (CSV, FITS, VOTable), whose rows look.")],
    right: Annotated[str, typer.Option(help="Table or file whose rows are found.")],
    radius: Annotated[str, typer.Option(help="Largest separation, for example 2arcsec.")],
    into: Annotated[str, typer.Option(help="Table to make; without a schema it goes to public.")] = "",
    mode: Annotated[Mode, typer.Option(help="The nearest row for each, or all pairs with ranks.")] = "best",
    moving: Annotated[
        bool, typer.Option("--proper-motion", help="Move the side with pmra, pmdec to the other's epoch.")
    ] = False,
    left_key: Column = None,
    left_ra: Column = None,
    left_dec: Column = None,
    left_epoch: Epoch = None,
    right_key: Column = None,
    right_ra: Column = None,
    right_dec: Column = None,
    right_epoch: Epoch = None,
    replace: Annotated[bool, typer.Option(help="Replace a table of that name.")] = False,
    explain: Annotated[bool, typer.Option(help="Only say how it would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Match any two tables with positions, and make a table of what was found."""
    from crossmatch import Names, match_tables

    if not (into or explain):
        raise BadArgument("--into is missing: name the table to make, or say --explain")
    with ExitStack() as stack:
        conn, report = stack.enter_context(open_db()), stack.enter_context(progress())
        sides = (
            _side(conn, left, Names(left_key, left_ra, left_dec, left_epoch)),
            _side(conn, right, Names(right_key, right_ra, right_dec, right_epoch)),
        )
        how = {"into": into, "moving": moving, "replace": replace, "explain": explain}
        result = match_tables(conn, *sides, _arcsec(radius), mode=mode, progress=report, **how)  # type: ignore[arg-type]
    if result.plan is not None:
        emit(result, as_json, f"method  {result.method}", result.plan)
        return
    shown = table("what", "number", title=f"{result.into}: {result.method}", numbers=("number",))
    for what, number in (("left rows", result.left_rows), ("right rows", result.right_rows), ("matches", result.rows)):
        shown.add_row(what, f"{number:,}")
    if skipped := result.left_skipped + result.right_skipped:
        shown.add_row("rows without a position, left out", f"{skipped:,}")
    shown.add_row("seconds", f"{result.seconds:.2f}")
    emit(result, as_json, shown)


@app.command(epilog="Example: deepcal xmatch upload mine.fits --into mine")
def upload(
    path: Annotated[Path, typer.Argument(help="CSV, FITS, VOTable, ECSV or IPAC table, by its name.")],
    into: Annotated[str, typer.Option(help="Table to make in the schema public.")],
    as_json: Json = False,
) -> None:
    """Copy a table of your own into the database; its rows are numbered in a column `row`."""
    from crossmatch.upload import upload as copy_in

    with open_db() as conn:
        rows = copy_in(conn, path, ("public", into))
    emit({"table": f"public.{into}", "rows": rows}, as_json, f"{rows:,} rows in public.{into}")


@schedule_app.callback(epilog="Example: deepcal xmatch schedule status")
def schedule() -> None:
    """Refresh the matches by the clock."""


@schedule_app.command(epilog="Example: deepcal xmatch schedule install --every 1h")
def install(every: Every = "1h", as_json: Json = False) -> None:
    """Have the matches refreshed by pg_cron in the server; else a systemd timer and a crontab line are shown."""
    from deepcal import schedule as schedules

    with open_db() as conn:
        found = schedules.install(conn, every)
    emit(found, as_json, *schedules.words(found))


@schedule_app.command(epilog="Example: deepcal xmatch schedule remove")
def remove(as_json: Json = False) -> None:
    """Have the matches refreshed no longer."""
    from deepcal import schedule as schedules

    with open_db() as conn:
        found = schedules.remove(conn)
    emit(found, as_json, *schedules.words(found))


@schedule_app.command(epilog="Example: deepcal xmatch schedule status")
def status(as_json: Json = False) -> None:
    """Tell the schedule and the last refresh; exit code 4 if that one failed."""
    from deepcal import schedule as schedules

    with open_db() as conn:
        found = schedules.status(conn)
    emit(found, as_json, *schedules.words(found))
    if found.last_state == "failed":
        console.file.flush()
        raise typer.Exit(NotReady.exit_code)


def _side(conn: "Connection", name: str, names: "Names") -> "Positions":
    from crossmatch import Positions
    from crossmatch.upload import is_file, temporary
    from crossmatch.upload import upload as copy_in

    if not is_file(name):
        return Positions.find(conn, name, names)
    copy_in(conn, Path(name))
    return Positions.find(conn, f'pg_temp."{temporary(Path(name))}"', names)


def _arcsec(text: str) -> float:
    from astropy import units

    try:
        quantity = units.Quantity(text)
        return float(quantity.value if quantity.unit.is_unity() else quantity.to_value(units.arcsec))
    except (TypeError, ValueError, units.UnitConversionError) as error:
        raise BadArgument(f"--radius {text}: expected an angle, for example 2arcsec") from error
