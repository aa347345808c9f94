"""`deepcal simulate`: a calibration field whose truth is known."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deepcal.cli import Json, commands, emit, progress, table
from schema.errors import BadArgument

app = commands()


class Form(StrEnum):
    """How the images come."""

    STRIPS = "strips"
    ATLAS = "atlas"


class Crowding(StrEnum):
    """How many objects a field has."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@app.command(epilog="Example: deepcal simulate 90330 --scans 60 --seed 1 --out field90330")
def simulate(
    tile: Annotated[int, typer.Argument(help="Number of a calibration tile, or any with --centre.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    scans: Annotated[int, typer.Option(min=1, help="Number of scans, in visits of six.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    form: Annotated[Form, typer.Option(help="Registered strips, or four Atlas Images a scan and band.")] = Form.STRIPS,
    bands: Annotated[str, typer.Option(help="Some of j, h, k: the images to write.")] = "jhk",
    crowding: Annotated[Crowding, typer.Option(help="About 2,500, 7,000 or 50,000 objects.")] = Crowding.MEDIUM,
    centre: Annotated[str | None, typer.Option(help="RA,Dec in deg instead of the tile's own.")] = None,
    as_json: Json = False,
) -> None:
    """Write a calibration field whose truth is known, in the published formats."""
    from simulate import field  # compiled loops: not for --help

    with progress() as report:
        made = field(
            tile,
            scans=scans,
            seed=seed,
            out=out,
            form=form.value,
            bands=bands,
            crowding=crowding.value,
            centre=_position(centre),
            progress=report,
        )
    shown = table("what", "number", title=f"tile {made.tile} in {made.out}", numbers=("number",))
    for what, number in made.counts.items():
        shown.add_row(what, f"{number:,}")
    emit(made, as_json, shown)


def _position(text: str | None) -> tuple[float, float] | None:
    """Return RA and Dec (deg) from "RA,Dec"."""
    if text is None:
        return None
    try:
        ra, dec = (float(part) for part in text.split(","))
    except ValueError:
        raise BadArgument(f"--centre {text!r}: expected RA,Dec in deg, for example 247.89,30.15") from None
    return ra, dec
