"""Extract the sources of a run: read its stacks, find, measure, calibrate, flag, store."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from combine.extract.artifacts import Surroundings, density_class, flags
from combine.extract.calibrate import References, ZeroPoint, stored, zero_point
from combine.extract.completeness import completeness
from combine.extract.images import Band
from combine.extract.load import (
    BrightStars,
    Run,
    read_band,
    read_bright,
    read_measured,
    read_run,
    read_short,
    read_standards,
    store,
)
from combine.extract.photometry import main_circle, radii
from combine.extract.saturated import with_short_exposures
from combine.extract.sources import Found, Measured, find, measure, read_bands
from combine.extract.stray import Stray, stray_light
from combine.extract.table import (
    BandTable,
    Columns,
    by_declination,
    calibrated,
    columns,
    curves,
    parents,
    suspects,
)
from combine.measure.growth import curve_of_growth
from combine.measure.shapes import Shapes
from combine.products import Product
from schema.code import code_digest
from schema.errors import BadArgument
from schema.progress import Progress, silent
from schema.settings import Settings, of_groups, read
from sql import load

CONFIRM = ("default", "published", "none")
STEPS = 6
MARGIN = 200.0
"""Arcsec around the field from where false light of a star can come: two frame steps."""
DENSITY_MAG = 14.0


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
    with conn.transaction():
        settings = of_groups(read(conn), {"common", "extract"})
        chosen = read_run(conn, tile, run, home)
        bright = read_bright(conn, chosen, MARGIN, settings["zp_mag"][1] + 1)
        lists = [read_standards(conn, chosen, settings), bright.references(settings)]
        short = read_short(conn, chosen)
    progress("extract", 0, STEPS)
    bands = read_bands([partial(_read, letter, chosen) for letter in chosen.paths], settings)
    progress("extract", 1, STEPS)
    found = find(bands, confirm, settings)
    progress("extract", 2, STEPS)
    measured = measure(bands, found, settings)
    progress("extract", 3, STEPS)
    points = {b.letter: _tie(b, found, m, lists, settings) for b, m in zip(bands, measured, strict=True)}
    density = chosen.density or _density(bright, chosen, settings)
    stray = stray_light(bands, chosen.hemispheres, bright.x, bright.y, bright.mag, settings)
    tables = [
        calibrated(values, points[letter], settings["vega_jy"]["jhk".index(letter)], settings)
        for letter, values in zip(points, measured, strict=True)
    ]
    rows = _rows(chosen, found, measured, tables, "".join(points), bright, stray, density, settings)
    rows = with_short_exposures(rows, short, settings["vega_jy"], settings)
    progress("extract", 4, STEPS)
    told = completeness(bands, found, measured, points, settings) if injections else None
    progress("extract", 5, STEPS)
    calibration = stored(points)
    finish = {
        "code": extract_code(), "confirm": confirm, "density": density, "calibration": calibration,
        "stray": stray.stored(), "parameters": settings,
    }  # fmt: skip
    order = by_declination(found, chosen.grid)[2]
    growing = {letter: curves(table, order) for letter, table in zip(points, tables, strict=True)}
    depths = [d for band in bands for d in _depths(band, points[band.letter], settings)]
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


def _read(letter: str, run: Run) -> tuple[str, dict[str, Product], Shapes | None]:
    """Read the products of one band."""
    return letter, read_band(run.paths[letter]), read_measured(run, letter)


def _tie(
    band: Band, found: Found, measured: Measured, lists: list[References], settings: Settings
) -> dict[str, ZeroPoint]:
    """Tie both directions of a band: aperture fluxes (n, s), and those of fits (n_psf, s_psf)."""
    number, main = "jhk".index(band.letter), main_circle(settings)
    points = {}
    for letter, stack in measured.stacks.items():
        growth = float(stack.growth[main])
        for name, part, share in ((letter, stack.circles.column(main), growth), (f"{letter}_psf", stack.psf, 1.0)):
            otherwise = band.magzp + 2.5 * float(np.log10(share))
            points[name] = zero_point(number, found.x, found.y, *part.pair, lists, otherwise, settings)
    return points


def _rows(
    run: Run,
    found: Found,
    measured: list[Measured],
    tables: list[BandTable],
    letters: str,
    bright: BrightStars,
    stray: Stray,
    density: str,
    settings: Settings,
) -> Columns:
    """Flag and arrange the sources of the bands `letters`."""
    them = suspects(found, letters, measured, tables, settings)
    stars = parents(them, bright.x, bright.y, bright.mag, settings["zp_radius"][0])
    flag = flags(them, stars, stray, Surroundings(run.hemispheres, density), settings)
    return columns(found, letters, measured, tables, flag, run.grid, settings)


def _known(limits: Mapping[str, float]) -> dict[str, float]:
    """Leave out the bands without a number."""
    return {band: value for band, value in limits.items() if np.isfinite(value)}


def _density(bright: BrightStars, run: Run, settings: Settings) -> str:
    """Return the density class of a field from its PSC stars; the usual one without PSC."""
    if bright.x.size == 0:
        return "medium"
    nx, ny = run.grid.nx, run.grid.ny
    with np.errstate(invalid="ignore"):
        inside = (bright.x > 0) & (bright.x < nx) & (bright.y > 0) & (bright.y < ny) & (bright.mag[:, 2] < DENSITY_MAG)
    return density_class(float(inside.sum()) / (nx * ny) * 3600**2, settings)


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
