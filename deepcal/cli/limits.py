"""`deepcal show completeness`: its picture, and what the truth of a simulated field says of the same."""

from pathlib import Path
from typing import Annotated

import typer

from deepcal.cli.output import emit, table
from schema.errors import BadArgument

Plot = Annotated[Path | None, typer.Option("--plot", help="Draw a field to this file (PNG).", show_default=False)]
Folder = Annotated[
    Path | None,
    typer.Option("--truth", help="Folder `truth` of a simulated field, to hold its list against.", show_default=False),
]


def draw(tile: int | None, plot: Path, truth: Path | None, as_json: bool) -> None:
    """Draw the completeness of a field."""
    from deepcal.door import query
    from deepcal.reliability import reliability
    from deepcal.report.completeness import plot_completeness

    field = _one(tile)
    rows = query("completeness", tile=field)
    if rows.empty:
        raise BadArgument(f"field {field} has no completeness: `deepcal extract {field}` measures it")
    told = None if truth is None else reliability(field, truth)
    drawn = plot_completeness(field, rows, query("stacks", tile=field), told, plot)
    emit({"plot": drawn}, as_json, f"drawn to {drawn}")


def against_truth(tile: int | None, truth: Path, as_json: bool) -> None:
    """Show the reliability of a list by magnitude."""
    from deepcal.reliability import reliability

    found = reliability(_one(tile), truth)
    shown = table("band", "from", "to", "sources", "real", "reliability", numbers=("from", "to", "sources", "real"))
    for row in found:
        shown.add_row(
            row.band, f"{row.low:.2f}", f"{row.high:.2f}", f"{row.sources}", f"{row.real}", f"{row.share:.4f}"
        )
    emit(found, as_json, shown)


def _one(tile: int | None) -> int:
    """Return the field, which must be named."""
    if tile is None:
        raise BadArgument("--plot and --truth are of one field: name it, as in `deepcal show completeness 90161`")
    return tile
