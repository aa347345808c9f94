"""What an extraction works out of the stacks of a run, before anything is stored."""

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from combine.extract.artifacts import Parents, Surroundings, Suspects, density_class, flags
from combine.extract.calibrate import References, ZeroPoint, zero_point
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
)
from combine.extract.photometry import main_circle
from combine.extract.saturated import ShortExposures
from combine.extract.sources import Found, Measured, find, measure, read_bands
from combine.extract.stray import Stray, stray_light
from combine.extract.table import BandTable, calibrated, parents, suspects, widest
from combine.measure.shapes import Shapes
from combine.products import Product
from schema.progress import Progress, silent
from schema.settings import Settings, of_groups, read

STEPS = 6
MARGIN = 200.0
"""Arcsec around the field from where false light of a star can come: two frame steps."""
DENSITY_MAG = 14.0
WIDE_SNR = 50.0
"""Signal to noise from which on the light in the widest circle tells how bright a source is in all."""


@dataclass(frozen=True)
class Work:
    """The stacks of a run, their sources, and all that is known of them.

    bands, measured, tables : one for each band of the run
    points : zero points by band and direction
    short : what single scans measured on short exposures
    """

    run: Run
    settings: Settings
    bands: list[Band]
    found: Found
    measured: list[Measured]
    tables: list[BandTable]
    points: dict[str, dict[str, ZeroPoint]]
    short: ShortExposures
    bright: BrightStars
    stray: Stray
    density: str

    @property
    def letters(self) -> str:
        """The bands of the run."""
        return "".join(self.points)

    @property
    def field(self) -> Surroundings:
        """What the artifact flags need to know of the field."""
        return Surroundings(self.run.hemispheres, self.density)

    @cached_property
    def suspects(self) -> Suspects:
        """The sources as the artifact flags see them."""
        return suspects(self.found, self.letters, self.measured, self.tables, self.settings)

    @cached_property
    def parents(self) -> Parents:
        """The stars that may leave false light."""
        wide = widest(self.tables, self.letters, WIDE_SNR)
        return parents(self.suspects, wide, self.bright.x, self.bright.y, self.bright.mag, self.settings)

    @cached_property
    def flags(self) -> NDArray[np.str_]:
        """The artifact flags of the sources."""
        return flags(self.suspects, self.parents, self.stray, self.field, self.settings)


def work_out(
    conn: psycopg.Connection[Any],
    tile: int,
    *,
    run: str | None,
    confirm: str,
    home: Path,
    progress: Progress = silent,
) -> Work:
    """Read the stacks of a field's run, and find, measure and calibrate its sources.

    Parameters and errors are those of `extract_field`.
    """
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
    return Work(chosen, settings, bands, found, measured, tables, points, short, bright, stray, density)


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


def _density(bright: BrightStars, run: Run, settings: Settings) -> str:
    """Return the density class of a field from its PSC stars; the usual one without PSC."""
    if bright.x.size == 0:
        return "medium"
    nx, ny = run.grid.nx, run.grid.ny
    with np.errstate(invalid="ignore"):
        inside = (bright.x > 0) & (bright.x < nx) & (bright.y > 0) & (bright.y < ny) & (bright.mag[:, 2] < DENSITY_MAG)
    return density_class(float(inside.sum()) / (nx * ny) * 3600**2, settings)
