"""The 35 main calibration fields: where they are, who observed them, how often."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

BOTH = 3.0  # deg; nearer the equator both observatories visit a field that nobody has listed


@dataclass(frozen=True)
class MainField:
    """A main field: tile, centre (deg; a stand-in where it is not published), observatories, scans of the survey."""

    tile: int
    ra: float
    dec: float
    hemis: str
    scans: int


@cache
def main_fields() -> dict[int, MainField]:
    """Return the main fields by tile.

    The numbers of scans are the largest numbers of detections known of one variable star, ordinary ones where
    none is known; they sum to the 73,230 of the survey.
    """
    rows = csv.DictReader(files(__package__).joinpath("fields.csv").read_text().splitlines())
    return {
        int(row["tile"]): MainField(
            int(row["tile"]), float(row["ra"]), float(row["dec"]), row["hemis"], int(row["scans"])
        )
        for row in rows
    }


def hemispheres(tile: int, dec: float) -> str:
    """Return the observatories that visit a tile: "n", "s" or "ns"."""
    known = main_fields().get(tile)
    if known is not None and abs(known.dec - dec) < 1:
        return known.hemis
    if abs(dec) < BOTH:
        return "ns"
    return "n" if dec > 0 else "s"
