"""The known calibration tiles: number, primary standard, centre, and where the centre comes from."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Tile:
    """One calibration tile; `ra` and `dec` (deg) are None where the centre is not known."""

    tile: int
    standard: str
    ra: float | None
    dec: float | None
    width_arcsec: int
    height_arcsec: int
    source: str


def _number(text: str) -> float | None:
    return float(text) if text else None


@cache
def tiles() -> dict[int, Tile]:
    """Return every known tile by its number."""
    text = files(__package__).joinpath("tiles.csv").read_text()
    return {
        int(row["tile"]): Tile(
            tile=int(row["tile"]),
            standard=row["standard"],
            ra=_number(row["ra"]),
            dec=_number(row["dec"]),
            width_arcsec=int(row["width_arcsec"]),
            height_arcsec=int(row["height_arcsec"]),
            source=row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    }
