"""Extractions of many scans at once, without pixels: a sample of each field's stars as every scan measured them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.grid import Grid
from simulate.catalogs.extraction import Origin, detected, extraction_columns, select
from simulate.catalogs.photometry import SHORT_ERROR, measure_fluxes, profile_noise
from simulate.catalogs.scan_table import dates
from simulate.frames import VALID_COLUMNS
from simulate.nights.observed import Observed, part
from simulate.offsets import basis_at, scan_offsets
from simulate.seeds import Stream, stream
from simulate.sky.field import Sky
from simulate.sky.galaxies import REFERENCE
from simulate.tables.measured import Numbers

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 400_000  # stars times scans worked on together
EDGE = 8.0  # arcsec; nothing is extracted nearer to the edge of the data
HOPELESS = 2.0  # signal-to-noise ratio below which nothing is looked at
FALSE_SHARE = 0.003  # of the stars looked at, so many sources that are not there
FALSE = (5.0, 9.0)  # their signal-to-noise ratios
YEAR_2000 = 2451544.5
DAYS = 365.25
ISOLATED = 5.5  # arcsec; nearer neighbours would be measured together


@dataclass(frozen=True)
class Field:
    """One field of the tables: its grid and sky, the stars that are measured (indices), its scans and their numbers."""

    tile: int
    seed: int
    grid: Grid
    sky: Sky
    stars: Ints
    observed: Observed
    numbers: Numbers


def choose(tile: int, seed: int, grid: Grid, sky: Sky, numbers: Numbers, wanted: float) -> Ints:
    """Choose the stars whose extractions number about `wanted` a scan: standards and variables first, others by chance.

    A field with fewer stars in reach of a single scan gives fewer.
    """
    rng = stream(tile, seed, Stream.TABLES, 1)
    depth = np.median(numbers.msnr10, axis=0) + 0.75  # 5 sigma
    inside = (np.abs(sky.x - (grid.nx - 1) / 2) < VALID_COLUMNS / 2) & (np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2)
    fit = np.flatnonzero(inside & ~sky.galaxy & (sky.neighbour > ISOLATED) & (sky.mag < depth + 0.7).any(axis=1))
    rank = np.select([sky.standard[fit] > 0, sky.vary.kind[fit] > 0], [0, 1], 2)
    order = np.lexsort((rng.random(fit.size), rank))
    share = np.clip(0.5 + (depth - sky.mag[fit[order]]).max(axis=1) / 0.8, 0.05, 0.97)
    number = max(int(np.searchsorted(np.cumsum(share), wanted)) + 1, int(np.sum(rank == 0)))
    return np.sort(fit[order[:number]])


def blocks(field: Field) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield rows and columns of the extractions of a field, some scans at a time."""
    offsets = scan_offsets(field.tile, field.seed, field.observed.key.size)
    step = max(1, BLOCK // max(1, field.stars.size))
    for number, first in enumerate(range(0, field.observed.key.size, step)):
        mine = slice(first, first + step)
        rng = stream(field.tile, field.seed, Stream.TABLES, 2, number)
        yield _block(rng, field, part(field.observed, mine), offsets[mine], mine)


def _block(
    rng: np.random.Generator, field: Field, observed: Observed, offsets: Array, mine: slice
) -> tuple[int, dict[str, Any]]:
    magzp, zero = field.numbers.magzp[mine], field.numbers.zero[mine]
    noise = profile_noise(field.numbers.noise[mine], field.numbers.true_shape[mine]) * 10 ** (-0.4 * magzp)
    scan, x, y, mag = _seen(field, observed, offsets, magzp - zero, noise)
    scan, x, y, mag = _with_false(rng, field, observed.key.size, noise, (scan, x, y, mag))
    short = rng.normal(0, SHORT_ERROR, (observed.key.size, 3))
    seen = measure_fluxes(rng, mag, noise[scan], field.numbers.true_shape[mine][scan], short[scan])
    kept = detected(seen)
    kept = kept[np.argsort(scan[kept], kind="stable")]
    scan = scan[kept]
    origin = Origin(
        tile=field.tile,
        hemis=observed.hemis[scan],
        date=dates(observed.day)[scan],
        scan=observed.scan[scan],
        jdate=observed.jdate[scan],
        scan_key=observed.key[scan],
        east=observed.east[scan],
        shape=field.numbers.true_shape[mine][scan, 0],
    )
    nothing = np.zeros(kept.size, bool)
    columns = extraction_columns(rng, field.grid, x[kept], y[kept], select(seen, kept), nothing, nothing, origin)
    number = np.arange(kept.size) - np.searchsorted(scan, scan)
    return kept.size, columns | {"cntr": observed.key[scan] * 100_000 + 1 + number}


def _seen(
    field: Field, observed: Observed, offsets: Array, shift: Array, noise: Array
) -> tuple[Ints, Array, Array, Array]:
    """Return what the scans could see: number of the scan, position on its grid, magnitude on the header's scale."""
    sky, stars = field.sky, field.stars
    years = (observed.jdate - YEAR_2000)[:, None] / DAYS
    x = sky.x[stars] - sky.motion[stars, 0] / 1000 * years
    y = sky.y[stars] + sky.motion[stars, 1] / 1000 * years
    east, north = np.einsum("sat,tn->asn", offsets, basis_at(sky.x[stars], sky.y[stars]))
    x, y = x - east, y + north
    left = ((field.grid.nx - VALID_COLUMNS) / 2 - observed.east)[:, None]
    inside = (x > left + EDGE) & (x < left + VALID_COLUMNS - EDGE) & (y > EDGE) & (y < field.grid.ny - 1 - EDGE)
    correction = 2.5 * np.log10(REFERENCE.fraction(4.0))
    mag = sky.ap4[stars] + correction + sky.vary.part(stars).light(observed.jdate) + shift[:, None]
    inside &= (10 ** (-0.4 * mag) > HOPELESS * noise[:, None]).any(axis=2)
    scan, star = np.nonzero(inside)
    return scan, x[scan, star], y[scan, star], mag[scan, star]


def _with_false(
    rng: np.random.Generator, field: Field, scans: int, noise: Array, real: tuple[Ints, Array, Array, Array]
) -> tuple[Ints, Array, Array, Array]:
    """Append sources that are not there, each in one band."""
    number = rng.poisson(FALSE_SHARE * field.stars.size * scans)
    scan, band = rng.integers(0, scans, number), rng.integers(0, 3, number)
    mag = np.full((number, 3), 40.0)
    mag[np.arange(number), band] = -2.5 * np.log10(noise[scan, band] * rng.uniform(*FALSE, number))
    x = (field.grid.nx - VALID_COLUMNS) / 2 + rng.uniform(EDGE, VALID_COLUMNS - EDGE, number)
    y = rng.uniform(EDGE, field.grid.ny - EDGE, number)
    return np.append(real[0], scan), np.append(real[1], x), np.append(real[2], y), np.vstack((real[3], mag))
