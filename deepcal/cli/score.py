"""`deepcal score`: every scan gets its quality."""

from typing import Annotated

import typer

from deepcal.cli import Json, commands, emit, open_db, progress, table

app = commands()


@app.command(epilog="Example: deepcal score")
def score(
    rules: Annotated[
        int | None, typer.Option(help="Version of the rules; the newest by default.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Give every scan its quality score, 0 to 10, from the scan table and its extractions.

    Run again, it measures and writes only what is new or changed.
    """
    import ingest

    with open_db() as conn, progress() as report:
        done = ingest.score(conn, rules, report)
    shown = table("quality", "lowered by", "scans", title=f"scores by rules {done.rules}", numbers=("scans",))
    for group in done.groups:
        span = str(group.quality) if group.quality == 10 else f"{group.quality} to {group.quality + 1}"
        shown.add_row(span, group.worst, f"{group.scans:,}")
    measured = (
        f"photometry of {done.measured.scans:,} scans in {done.measured.fields:,} fields measured; "
        if done.measured.scans
        else ""
    )
    emit(done, as_json, shown, f"{measured}{done.new:,} scans scored, {done.changed:,} scores changed")
