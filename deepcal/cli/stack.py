"""`deepcal stack`: the deep stacks of a field."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from deepcal.cli import Json, commands, emit, open_db, progress, table
from deepcal.home import home

if TYPE_CHECKING:
    from combine import StackResult

app = commands()

Tile = Annotated[int, typer.Argument(help="Number of the field.")]
Where = Annotated[
    str | None,
    typer.Option(help="Condition in SQL on columns of scan and scan_quality; replaces the default selection."),
]


@app.command(epilog="Example: deepcal stack 90161 --where \"quality >= 8 AND date < '1999-01-01'\"")
def stack(tile: Tile, where: Where = None, as_json: Json = False) -> None:
    """Register, judge and sum the chosen scans of a field: 21 images and their inventory."""
    import combine

    with open_db() as conn, progress() as report:
        result = combine.stack_field(conn, tile, where=where, home=home(), progress=report)
    emit(result, as_json, shown(result))


def shown(result: "StackResult") -> Table:
    """Return a table of what a run used and left out."""
    state = "built" if result.built else "was there already"
    made = table("band", "scans", "left out", title=f"run {result.run} {state}", numbers=("scans", "left out"))
    for band, used in result.used.items():
        made.add_row(band, str(used), str(result.rejected[band]))
    return made
