"""`deepcal extract`: the sources of a field."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from deepcal.cli import Json, commands, emit, open_db, progress, table
from deepcal.cli.stack import Tile
from deepcal.home import home

if TYPE_CHECKING:
    from combine import ExtractResult

app = commands()

CROWDED = 0.2
"""Magnitudes by which crowding must lift the limit above that of noise to be told of."""

Run = Annotated[str | None, typer.Option(help="The run; by default the newest of the field.")]
Confirm = Annotated[str, typer.Option(help="Which sources are stored: default, published (rules) or none (all).")]
Injections = Annotated[
    bool, typer.Option("--injections/--no-injections", help="Measure with artificial stars how complete the list is.")
]


@app.command(epilog="Example: deepcal extract 90161")
def extract(
    tile: Tile, run: Run = None, confirm: Confirm = "default", injections: Injections = True, as_json: Json = False
) -> None:
    """Find, measure, calibrate and flag the sources of a run; replaces those it had."""
    import combine

    with open_db() as conn, progress() as report:
        result = combine.extract_field(
            conn, tile, run=run, confirm=confirm, injections=injections, home=home(), progress=report
        )
    emit(result, as_json, shown(result))


def shown(result: "ExtractResult") -> Table:
    """Return a table of what an extraction stored."""
    from schema.tables.column import BANDS
    from schema.tables.source import ARTIFACTS

    made = table("what", "number", title=f"sources of run {result.run}", numbers=("number",))
    made.add_row("stored", f"{result.sources:,}")
    made.add_row("confirmed in north and south", f"{result.confirmed:,}")
    for letter, count in sorted(result.flagged.items()):
        made.add_row(f"flagged {letter}: {ARTIFACTS[letter]}", f"{count:,}")
    for band, limit in result.m50.items():
        alone = result.m50_noise.get(band, limit)
        crowded = f"; confusion sets this limit, noise alone {alone:.2f}" if alone - limit > CROWDED else ""
        made.add_row(f"half of the stars found at {BANDS[band]}", f"{limit:.2f} mag{crowded}")
    if result.one_direction:
        made.caption = "one scan direction only: nothing can be confirmed"
    return made
