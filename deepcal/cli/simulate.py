"""`deepcal simulate`: a calibration field whose truth is known."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

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
    REAL = "real"


@app.command(epilog="Example: deepcal simulate 90330 --scans 60 --seed 1 --out field90330")
def simulate(
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    tile: Annotated[int | None, typer.Argument(help="Number of a calibration tile, or any with --centre.")] = None,
    scans: Annotated[int | None, typer.Option(min=1, help="Number of scans, in visits of six; else 60.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    form: Annotated[Form, typer.Option(help="Registered strips, or four Atlas Images a scan and band.")] = Form.STRIPS,
    bands: Annotated[str, typer.Option(help="Some of j, h, k: the images to write.")] = "jhk",
    crowding: Annotated[
        Crowding, typer.Option(help="About 2,500, 7,000 or 50,000 objects, or as many as the real sky has.")
    ] = Crowding.REAL,
    centre: Annotated[str | None, typer.Option(help="RA,Dec in deg instead of the tile's own.")] = None,
    gz: Annotated[bool, typer.Option("--gz", help="Compress the images.")] = False,
    coverage: Annotated[bool, typer.Option("--coverage", help="Also maps of how many frames saw each pixel.")] = False,
    psf: Annotated[
        str, typer.Option(help="Wings of stars: model, or a folder with psf_emp_2mass_[jhk].fits.gz.")
    ] = "model",
    show: Annotated[
        bool, typer.Option("--show", help="Draw what was planted; without a tile, of the field that is in the folder.")
    ] = False,
    tables_only: Annotated[
        bool, typer.Option(help="No images: scan table and extractions of the tile, or of all 35 main fields.")
    ] = False,
    extractions: Annotated[int, typer.Option(min=1, help="With --tables-only: about how many.")] = 2_000_000,
    as_json: Json = False,
) -> None:
    """Write a calibration field whose truth is known, in the published formats."""
    from simulate import field  # compiled loops: not for --help
    from simulate.tables import tables

    if tables_only:
        with progress() as report:
            only = () if tile is None else (tile,)
            written = tables(
                out=out, only=only, scans=scans, extractions=extractions, crowding=crowding, seed=seed, progress=report
            )
        emit(written, as_json, _counts(f"tables in {out}", written.counts))
        return
    if tile is None and show:
        pictures = _drawn(out)
        emit({"pictures": pictures}, as_json, *map(str, pictures))
        return
    if tile is None:
        raise BadArgument("no tile: expected its number, --tables-only for all main fields, or --show of a field")
    with progress() as report:
        made = field(
            tile,
            scans=60 if scans is None else scans,
            seed=seed,
            out=out,
            form=form.value,
            bands=bands,
            crowding=crowding.value,
            centre=_position(centre),
            gz=gz,
            coverage=coverage,
            psf=psf,
            progress=report,
        )
    pictures = _drawn(out) if show else []
    counts = _counts(f"tile {made.tile} in {made.out}", made.counts)
    emit(vars(made) | {"pictures": pictures} if show else made, as_json, counts, *map(str, pictures))


def _drawn(out: Path) -> list[Path]:
    """Draw what was planted into the field of a folder."""
    from deepcal.planted import show_planted  # matplotlib: not for --help

    return show_planted(out)


def _counts(title: str, counts: dict[str, int]) -> Table:
    shown = table("what", "number", title=title, numbers=("number",))
    for what, number in counts.items():
        shown.add_row(what, f"{number:,}")
    return shown


def _position(text: str | None) -> tuple[float, float] | None:
    """Return RA and Dec (deg) from "RA,Dec"."""
    if text is None:
        return None
    try:
        ra, dec = (float(part) for part in text.split(","))
    except ValueError:
        raise BadArgument(f"--centre {text!r}: expected RA,Dec in deg, for example 247.89,30.15") from None
    return ra, dec
