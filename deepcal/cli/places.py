"""`deepcal show why`: what is at a place, and why it is in the list or not."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deepcal.cli.output import emit, progress, table
from deepcal.home import home

if TYPE_CHECKING:
    from combine.extract.why import Why

Ra = Annotated[float, typer.Argument(min=0, max=360, help="Right ascension J2000, deg.")]
Dec = Annotated[float, typer.Argument(min=-90, max=90, help="Declination J2000, deg; put -- before a negative one.")]
OfTile = Annotated[int | None, typer.Option("--tile", help="The field, where several cover the place.")]
OfRun = Annotated[str | None, typer.Option("--run", help="The run; by default the current one, else the newest.")]


def explain(ra: float, dec: float, tile: int | None, run: str | None, as_json: bool) -> None:
    """Look at a place and print what is known of it."""
    from combine.extract.why import why
    from deepcal.cli import open_db

    with open_db() as conn, progress() as report:
        found = why(conn, ra, dec, tile=tile, run=run, home=home(), progress=report)
    head = f"[bold]{ra:.6f} {dec:.6f}[/]: field {found.tile}, run {found.run}, pixel {found.x:.1f}, {found.y:.1f}"
    emit(found, as_json, head, *found.verdict, _looks(found), *_beside(found))


def _looks(found: "Why") -> Any:
    """Return a table of the bands."""
    names = ("scans N+S", "N", "S", "S/N N+S", "S/N N", "S/N S")
    shown = table("band", *names, "detected", numbers=names)
    for look in found.looks:
        ratios = ("" if value is None else f"{value:.1f}" for value in (look.snr, look.snr_n, look.snr_s))
        counts = (f"{value}" for value in (look.count, look.count_n, look.count_s))
        shown.add_row(look.band, *counts, *ratios, "yes" if look.detected else "no")
    return shown


def _beside(found: "Why") -> list[str]:
    """Return lines of what else is near."""
    lists = ("source", found.listed, "name"), ("PSC", found.psc, "pts_key"), ("XSC", found.xsc, "ext_key")
    lines = [
        f"{what} {row[key]} at {row['separation']:.2f} arcsec{_light(row)}" for what, rows, key in lists for row in rows
    ]
    for star in found.shadows[:5]:
        where = f"at {star.ra:.6f} {star.dec:.6f}, {star.distance:.0f} arcsec away"
        lines.append(f"rule {star.flag}: star of {star.mag:.1f} mag {where}")
    return lines


def _light(row: dict[str, Any]) -> str:
    """Return the magnitudes of a row."""
    names = [name for name in row if name[:3] in ("j_m", "h_m", "k_m")]
    return "".join(f", {name[0].upper()} {row[name]:.2f}" for name in names if row[name] is not None)
