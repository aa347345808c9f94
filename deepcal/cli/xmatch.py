"""`deepcal xmatch`: the matches of sources with PSC and XSC kept current."""

from typing import Annotated

import typer

from deepcal.cli import Json, commands, emit, open_db, progress, table

app = commands(group=True)


@app.callback()
def xmatch() -> None:
    """Keep the matches with the PSC and XSC current."""


@app.command(epilog="Example: deepcal xmatch refresh")
def refresh(as_json: Json = False) -> None:
    """Match the sources of every current run, where runs, catalogues or settings changed; safe to run at any time."""
    from crossmatch import refresh as refresh_matches

    with open_db() as conn, progress() as report:
        result = refresh_matches(conn, report)
    shown = table("what", "number", title=f"refresh {result.xmatch_run}", numbers=("number",))
    shown.add_row("runs matched", f"{len(result.matched):,}")
    shown.add_row("runs no longer current", f"{len(result.removed):,}")
    shown.add_row("sources matched", f"{result.sources:,}")
    shown.add_row("with a best match in the PSC", f"{result.best:,}")
    shown.add_row("pairs stored", f"{result.stored:,}")
    shown.add_row("pairs removed", f"{result.gone:,}")
    shown.add_row("seconds", f"{result.seconds:.2f}")
    emit(result, as_json, shown)


@app.command(epilog="Example: deepcal xmatch merge 90330")
def merge(
    tile: Annotated[int | None, typer.Argument(help="Number of a field; all of them without it.")] = None,
    as_json: Json = False,
) -> None:
    """Group the calibration extractions of a field into stars seen in many scans, with means, scatter and motion."""
    from crossmatch import merged

    results = []
    with open_db() as conn, progress() as report:
        for number in [tile] if tile is not None else merged.tiles(conn):
            results.append(merged.merge(conn, number, report))
            conn.commit()
    numbers = ("scans", "seeds", "extractions", "links", "ambiguous", "groups", "seconds")
    shown = table("tile", "run", *numbers, numbers=numbers)
    for one in results:
        counts = (f"{getattr(one, name):,}" for name in numbers[:-1])
        shown.add_row(str(one.tile), one.run or "", *counts, f"{one.seconds:.1f}")
    emit(results, as_json, shown)
