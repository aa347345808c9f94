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


Resampler = Annotated[str, typer.Option(help="Interpolation between pixels: lagrange, lanczos3, cubic or bilinear.")]
Weights = Annotated[str, typer.Option(help="Weigh scans by their noise, or for point-source work also by sharpness.")]
Clip = Annotated[
    float | None, typer.Option(metavar="K", help="Clip single pixels beyond K deviations instead of masking regions.")
]
Median = Annotated[bool, typer.Option("--median", help="Median of the scans instead of their weighted mean.")]
Grow = Annotated[bool, typer.Option("--grow", help="Mask nothing; keep the sums, and add later scans to them.")]
Scale = Annotated[bool, typer.Option("--solve-scale", help="Solve the relative scales of the scans from their stars.")]


@app.command(epilog="Example: deepcal stack 90161 --where \"quality >= 8 AND date < '1999-01-01'\"")
def stack(
    tile: Tile,
    where: Where = None,
    resampler: Resampler = "lagrange",
    weights: Weights = "noise",
    clip: Clip = None,
    median: Median = False,
    grow: Grow = False,
    solve_scale: Scale = False,
    as_json: Json = False,
) -> None:
    """Register, judge and sum the chosen scans of a field: 21 images and their inventory."""
    import combine

    options = combine.Options(resampler, weights, clip, median, grow, solve_scale)
    with open_db() as conn, progress() as report:
        result = combine.stack_field(conn, tile, where=where, options=options, home=home(), progress=report)
    emit(result, as_json, shown(result))


def shown(result: "StackResult") -> Table:
    """Return a table of what a run used and left out."""
    state = "built" if result.built else "was there already"
    made = table("band", "scans", "left out", title=f"run {result.run} {state}", numbers=("scans", "left out"))
    if result.rescaled:
        made.add_column("scales by stars", justify="right")
    for band, used in result.used.items():
        changed = [f"{result.rescaled.get(band, 0):.3f} mag rms"] if result.rescaled else []
        made.add_row(band, str(used), str(result.rejected[band]), *changed)
    return made
