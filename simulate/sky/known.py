"""What is published about the calibration tiles: their mean offset to the PSC and their primary standard."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

ORDINARY_OFFSET = (0.10, 0.15)  # arcsec, where nothing is published
ORDINARY_SCATTER = (0.10, 0.10)
ORDINARY_STANDARD = (11.70, 11.40, 11.33)  # J, H, Ks of a primary without a published magnitude
ORDINARY_ERROR = (0.008, 0.007, 0.010)
ORDINARY_MOTION = (-4.0, -7.0)  # mas/yr; those of the red standards are recalled from proper-motion catalogues
H_MINUS_KS = 0.04  # of a solar-type primary without a published Ks: K of another system is not Ks


@dataclass(frozen=True)
class Known:
    """Mean offset (scan minus PSC, arcsec) with its scatter inside the tile; the primary's magnitudes, their errors and
    its motion (mas/yr, RA with cos Dec)."""

    offset: tuple[float, float]
    scatter: tuple[float, float]
    standard: tuple[float, float, float]
    error: tuple[float, float, float]
    motion: tuple[float, float]


def known(tile: int) -> Known:
    """Return what is published of a tile, ordinary values where nothing is."""
    row = dict(_rows().get(tile, {}))
    if row.get("h") and not row["ks"]:
        row["ks"] = f"{float(row['h']) - H_MINUS_KS:.3f}"

    def values(names: str, otherwise: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(float(row.get(name) or value) for name, value in zip(names.split(), otherwise, strict=True))

    return Known(
        offset=values("dra ddec", ORDINARY_OFFSET),  # type: ignore[arg-type]  # as many as the names
        scatter=values("sd_dra sd_ddec", ORDINARY_SCATTER),  # type: ignore[arg-type]  # as many as the names
        standard=values("j h ks", ORDINARY_STANDARD),  # type: ignore[arg-type]  # as many as the names
        error=values("sj sh sks", ORDINARY_ERROR),  # type: ignore[arg-type]  # as many as the names
        motion=values("pmra pmdec", ORDINARY_MOTION),  # type: ignore[arg-type]  # as many as the names
    )


@cache
def _rows() -> dict[int, dict[str, str]]:
    text = files(__package__).joinpath("known.csv").read_text()
    return {int(row["tile"]): row for row in csv.DictReader(text.splitlines())}
