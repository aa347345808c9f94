"""`deepcal show score`: the scores of a field, one scan explained in words, a field or a night as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deepcal.cli.output import emit, table
from schema.errors import BadArgument

if TYPE_CHECKING:
    from deepcal.quality import Why

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[SCAN|TILE]", help="A scan (990412n025 or its key) to explain, or a field.", show_default=False
    ),
]
OfTile = Annotated[int | None, typer.Option("--tile", help="Number of a field.", show_default=False)]
OfNight = Annotated[
    str | None, typer.Option("--night", help="A night, as 990412n: year, month, day, n or s.", show_default=False)
]
Plot = Annotated[Path | None, typer.Option(help="Draw the field or the night to this file (PNG).", show_default=False)]


def asked_field(what: str | None, tile: int | None) -> int | None:
    """Return the field that is asked for, by place or by option; None for all.

    Raises
    ------
    BadArgument
        Two fields are named.
    """
    if what is not None and tile is not None:
        raise BadArgument(f"{what} --tile {tile}: name one field or one scan")
    return int(what) if what is not None else tile


def draw(tile: int | None, night: str | None, plot: Path | None, as_json: bool) -> None:
    """Draw a field or a night."""
    from deepcal.cli import open_db
    from deepcal.quality import draw_night, draw_tile

    if plot is None or (tile is None) == (night is None):
        raise BadArgument("a picture needs --plot FILE.png and either --tile T or --night YYMMDDh")
    with open_db() as conn:
        drawn = draw_tile(conn, tile, plot) if tile is not None else draw_night(conn, str(night), plot)
    told = f"{drawn['good']:,} of {drawn['scans']:,} scans have quality 2 or more; drawn to {plot}"
    emit({"plot": plot, **drawn}, as_json, told)


def explain(scan: str, as_json: bool) -> None:
    """Print why a scan has its score."""
    from deepcal.cli import open_db
    from deepcal.quality import why

    with open_db() as conn:
        found = why(conn, scan)
    quality = "no score" if found.quality is None else f"quality {found.quality:.3g}"
    bands = ", ".join(
        f"{name} {score:.3g}" for name, score in zip(("J", "H", "Ks"), found.bands, strict=True) if score is not None
    )
    lines: list[Any] = [
        f"[bold]scan {found.scan}[/] (key {found.scan_key}, field {found.tile}): {quality}{bands and f' ({bands})'}"
    ]
    lines += [text.replace("[", r"\[") for text in found.sentences]
    emit(found, as_json, *lines, *_details(found))


def _details(found: "Why") -> list[Any]:
    shown = table("measured", "J", "H", "Ks", "good")
    for part in found.parts:
        words = part.words + (f", {part.unit}" if part.unit else "")
        if any(value is not None for value in part.values):
            shown.add_row(words, *(part.text(band) for band in range(3)), part.limit)
    details: list[Any] = [shown] if found.parts else []
    if found.missing:
        details.append(f"not known, and lowered nothing: {', '.join(found.missing)}")
    return details + [
        f"review of {said.reviewed_at:%Y-%m-%d} by {said.reviewer}: {said.quality:g}, {said.reason}"
        for said in found.reviews
    ]


def is_scan(what: str) -> bool:
    """Tell whether a word names a scan rather than a field."""
    from deepcal.cli import open_db
    from deepcal.quality import is_field

    with open_db() as conn:
        return not is_field(conn, what)
