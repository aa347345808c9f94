"""The survey scans that saw a field once, for the catalogues: when, how deep, with which errors in common."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.grid import Grid
from simulate.catalogs.photometry import SHORT_ERROR
from simulate.nights.calendar import JULIAN
from simulate.nights.sites import HEMIS, SITES
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

DIVISION = 12.0  # deg; the survey was made from the north above it
SNR10 = (16.4, 15.5, 14.8)  # mag, J H Ks, of the median scan
DEPTH_SCATTER = 0.12  # mag
SHAPES = (0.96, 1.08)
COMMON_ERROR = 0.012  # mag, zero point of the field in the catalogue, per band
FRAME_ERROR = 0.010  # arcsec, of the catalogue's own tie to Tycho-2 in the field, per axis
STEP, WIDTH = 460.0, 512.0  # arcsec from one survey scan to the next, and of one
SECONDS = 480.0  # from the start of one to the next
LENGTH = 6.0  # deg
FIRST_SCAN = 30


@dataclass(frozen=True)
class Survey:
    """The survey's look at a field.

    `zero` and `short` (3,) are errors (mag) of its zero points and of its short exposures, `snr10` (3,) its depths,
    `shift` (2,) the error (arcsec, columns and rows) of its frame, `edge` the column where a scan ends and the next
    begins, `below` the distance (arcsec) of the field's middle from the southern end of the scans.
    """

    hemis: str
    date: datetime.date
    jdate: float
    scan: int
    key: int
    shape: float
    zero: Array
    short: Array
    snr10: Array
    shift: Array
    edge: float
    below: float

    def strip(self, x: Array) -> Ints:
        """Return which scan saw a column of the field: 0, 1 and so on from west."""
        return np.floor((x - self.edge) / STEP).astype(np.int64)


def survey(tile: int, seed: int, grid: Grid) -> Survey:
    """Draw when and how the survey saw a field."""
    rng = stream(tile, seed, Stream.PSC, 1)
    hemis = HEMIS[int(grid.crval[1] < DIVISION)]
    site = SITES[hemis]
    first, last = (datetime.date.fromisoformat(text).toordinal() for text in (site.first, site.last))
    day = int(rng.integers(first, last))
    return Survey(
        hemis=hemis,
        date=datetime.date.fromordinal(day),
        jdate=JULIAN + day - site.longitude / 360 + float(rng.uniform(-4, 4)) / 24,
        scan=FIRST_SCAN + int(rng.integers(0, 80)),
        key=60_000 + tile % 10_000,
        shape=float(rng.uniform(*SHAPES)),
        zero=rng.uniform(-1, 1, 3) * np.sqrt(3) * COMMON_ERROR,
        short=rng.normal(0, SHORT_ERROR, 3),
        snr10=np.array(SNR10) + rng.normal(0, DEPTH_SCATTER) + rng.normal(0, 0.05, 3),
        shift=rng.normal(0, FRAME_ERROR, 2),
        edge=float(rng.uniform(0, STEP)),
        below=float(rng.uniform(2400, LENGTH * 3600 - 2400)),
    )


def scan_columns(rng: np.random.Generator, seen: Survey, grid: Grid, x: Array, y: Array) -> dict[str, object]:
    """Return the columns that tell which survey scan saw sources at columns and rows of the field."""
    strip = seen.strip(x)
    across = x - seen.edge - STEP * (strip + 0.5)
    up = y - (grid.ny - 1) / 2
    south = seen.below + up
    north = LENGTH * 3600 - south
    return {
        "hemis": seen.hemis,
        "date": seen.date,
        "scan": seen.scan + strip,
        "x_scan": across,
        "jdate": seen.jdate + strip * SECONDS / 86400 + up / 3600 / LENGTH * SECONDS / 86400,
        "dist_edge_ns": np.maximum(11, np.minimum(south, north)),
        "dist_edge_ew": np.maximum(11, WIDTH / 2 - np.abs(across)),
        "dist_edge_flg": np.char.add(np.where(north < south, "n", "s"), np.where(across < 0, "e", "w")),
        "scan_key": seen.key + 100 * (strip + 1),
        "coadd_key": 1_000_000 + seen.key * 30 + rng.integers(0, 23, x.size),
        "coadd": rng.integers(1, 268, x.size),
    }
