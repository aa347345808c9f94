"""Extract the sources of a run: read its stacks, find, measure, calibrate, flag, store."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from combine.extract.calibrate import ZeroPoint, stored
from combine.extract.completeness import completeness
from combine.extract.images import Band
from combine.extract.load import (
    store,
)
from combine.extract.photometry import radii
from combine.extract.saturated import with_short_exposures
from combine.extract.table import (
    by_declination,
    columns,
    curves,
)
from combine.extract.work import STEPS, work_out
from combine.measure.growth import curve_of_growth
from schema.code import code_digest
from schema.errors import BadArgument
from schema.progress import Progress, silent
from schema.settings import Settings, of_groups, read
from sql import load

CONFIRM = ("default", "published", "none")


@dataclass(frozen=True)
class ExtractResult:
    """What an extraction stored.

    sources, confirmed : rows, and those of them that north and south confirm
    flagged : rows by artifact flag
    calibration : as stored: zero point, its error, stars and reference by band and direction
    one_direction : True where N or S is missing, so that nothing can be confirmed
    m50, m50_noise : by band, magnitude at which half of the stars are found, and where noise alone would put it; bands
        in which that cannot be told are left out
    """

    run: str
    tile: int
    sources: int
    confirmed: int
    flagged: dict[str, int]
    calibration: dict[str, Any]
    one_direction: bool
    m50: dict[str, float]
    m50_noise: dict[str, float]


def extract_field(
    conn: psycopg.Connection[Any],
    tile: int,
    *,
    run: str | None = None,
    confirm: str = "default",
    injections: bool = False,
    home: Path,
    progress: Progress = silent,
) -> ExtractResult:
    """Extract the sources of a field's run and store them in place of those it had.

    Parameters
    ----------
    conn : connection, not in a transaction
    tile : the field
    run : of this field; its newest one by default
    confirm : which sources are stored: those that pass the default rule, the published rule, or none (all detections).
        A run with one direction only stores all of them, unconfirmed.
    injections : whether artificial stars and galaxies tell how complete the list is
    home : data folder the paths of products are relative to, where they are relative

    Raises
    ------
    BadArgument
        Unknown confirmation rule, or no such run.
    NotReady
        The field has no stack.
    BadFile
        A product is gone or broken.
    """
    if confirm not in CONFIRM:
        raise BadArgument(f"confirm {confirm!r} is unknown: use one of {', '.join(CONFIRM)}")
    work = work_out(conn, tile, run=run, confirm=confirm, home=home, progress=progress)
    chosen, bands, found, measured, settings = work.run, work.bands, work.found, work.measured, work.settings
    rows = columns(found, work.letters, measured, work.tables, work.flags, chosen.grid, settings)
    rows = with_short_exposures(rows, work.short, settings["vega_jy"], settings)
    progress("extract", 4, STEPS)
    told = completeness(bands, found, measured, work.points, settings) if injections else None
    progress("extract", 5, STEPS)
    calibration = stored(work.points)
    finish = {
        "code": extract_code(), "confirm": confirm, "density": work.density, "calibration": calibration,
        "stray": work.stray.stored(), "parameters": settings,
    }  # fmt: skip
    order = by_declination(found, chosen.grid)[2]
    growing = {letter: curves(table, order) for letter, table in zip(work.points, work.tables, strict=True)}
    depths = [d for band in bands for d in _depths(band, work.points[band.letter], settings)]
    store(conn, chosen, rows, growing, depths, told, finish, settings)
    progress("extract", STEPS, STEPS)
    return ExtractResult(
        run=chosen.run,
        tile=tile,
        sources=int(rows["id"].size),
        confirmed=int(rows["confirmed"].sum()),
        flagged={flag: n for flag in "GPDA" if (n := int((rows["cc_flg"] == flag).sum()))},
        calibration=calibration,
        one_direction=all(len(band.directions) == 1 for band in bands),
        m50=_known(told.m50 if told else {}),
        m50_noise=_known(told.m50_noise if told else {}),
    )


def extract_code() -> str:
    """Return a digest of the code that makes sources."""
    return code_digest("combine.extract", "combine.measure", "combine.shapes")


def has_sources(conn: psycopg.Connection[Any], run: str) -> bool:
    """Tell whether the sources of a run are stored as today's settings and code would make them by default."""
    with conn.transaction():
        row = conn.execute(load("combine/extract_made_with.sql"), {"run": run}).fetchone()
        wanted = of_groups(read(conn), {"common", "extract"})
    if row is None:
        return False
    code, confirm, parameters = row
    same = all(parameters.get(name) == value for name, value in wanted.items())
    return bool(same and code == extract_code() and confirm == "default")


def _known(limits: Mapping[str, float]) -> dict[str, float]:
    """Leave out the bands without a number."""
    return {band: value for band, value in limits.items() if np.isfinite(value)}


def _depths(band: Band, points: dict[str, ZeroPoint], settings: Settings) -> list[dict[str, Any]]:
    """Return width, curve of growth and detection limit (five sigma at median variance) of each stack of a band."""
    total = {letter: points[f"{letter}_psf"].value for letter in band.directions}
    both = float(np.mean(list(total.values())))
    rows = []
    for direction, layer, zero in (
        ("NS", band.both, both),
        *((letter.upper(), layer, total[letter]) for letter, layer in band.directions.items()),
    ):
        sigma = layer.filter.sigma * float(np.sqrt(np.nanmedian(layer.var)))
        growth = [float(share) for share in curve_of_growth(layer.psf, *radii(settings))]
        m5 = float(zero - 2.5 * np.log10(5 * sigma))
        rows.append(
            {"band": band.letter, "direction": direction, "fwhm": layer.psf.fwhm, "m5_det": m5, "growth": growth}
        )
    return rows
