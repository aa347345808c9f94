"""The lines of the scan table: what the survey knew of each scan, good or spoiled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schema.grid import Grid
from schema.settings import defaults
from simulate.catalogs.bar import write_bar
from simulate.catalogs.measured import Measured
from simulate.frames import VALID_COLUMNS
from simulate.nights.observed import Observed
from simulate.sky.angles import galactic
from simulate.sky.field import Sky

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL_1 = (15.8, 15.1, 14.3)  # mag, J H Ks: counts of SNR 10 sources go so far
GALAXY_LIMIT = 13.5  # Ks of the extended sources counted
BANDS = "jhk"
EPOCH_DAY = 719163  # ordinal of 1970-01-01
NEW_ARRAY = 730000  # ordinal of the first night of the second northern H array, in late 1999
FLAGS = {"meteor": "anom", "insects": "anom", "cloud": "cld", "glitch": "hgl"}
"""Columns of the scan table that tell of faults the pipeline noted."""


@dataclass(frozen=True)
class Place:
    """A field: its grid and its sky."""

    grid: Grid
    sky: Sky


def dates(day: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return the dates of ordinals."""
    return (day - EPOCH_DAY).astype("datetime64[D]")


def write_scans(
    path: Path, observed: Observed, measured: Measured, noted: Mapping[str, Flags], fields: Sequence[Place]
) -> Path:
    """Write the 64 columns of scans; the quality score is null: nobody has scored them yet.

    Parameters
    ----------
    path : Path
    observed : Observed
    measured : Measured
        Of the same scans.
    noted : mapping
        Scans that the columns of FLAGS tell of.
    fields : sequence
        The fields that `observed` counts.
    """
    columns: dict[str, object] = {
        "scan_key": observed.key,
        "hemis": observed.hemis,
        "date": dates(observed.day),
        "scan": observed.scan,
        "tile": observed.tile,
        "sd": observed.direction,
        "ut": (observed.jdate + 0.5) % 1 * 24,
        "jdate": observed.jdate,
        "airm": observed.airmass,
        "zd": observed.zenith,
        "ha": observed.hour_angle,
        "rh": observed.air.humidity,
        "air_temp": observed.air.air,
        "tel_temp": observed.air.air - 0.8,
        "focus": observed.air.focus,
        "hry": ((observed.hemis == "n") & (observed.day >= NEW_ARRAY)).astype(int),
        "c_strat": 1,
        "xph": 0,
        "rel0": 0,
        "rel1": 0,
        "rel2": 0,
        "h_zperr_ap": observed.rms[:, 1],
        "k_zperr_ap": observed.rms[:, 2],
    }
    columns |= {name: noted[name].astype(int) for name in set(FLAGS.values())}
    columns |= _corners(observed, fields) | _bands(observed, measured, fields)
    return write_bar(path, "scan", columns, observed.key.size)


def _corners(observed: Observed, fields: Sequence[Place]) -> dict[str, object]:
    """Return centre and corners: 1 east and 2 west at the start of the scan, 3 east and 4 west at its end."""
    names = ["ra", "decl"] + [f"{name}_{corner}" for corner in range(1, 5) for name in ("ra", "dec")]
    found = {name: np.empty(observed.key.size) for name in names}
    half = VALID_COLUMNS / 2
    for number, field in enumerate(fields):
        grid, mine = field.grid, observed.field == number
        middle = (grid.nx - 1) / 2 - observed.east[mine]
        start = np.where(observed.direction[mine] == "n", 0.0, grid.ny - 1.0)
        end = grid.ny - 1 - start
        found["ra"][mine], found["decl"][mine] = grid.sky(middle, np.full(middle.size, (grid.ny - 1) / 2))
        for corner, (side, row) in enumerate(((-half, start), (half, start), (-half, end), (half, end)), 1):
            found[f"ra_{corner}"][mine], found[f"dec_{corner}"][mine] = grid.sky(middle + side, row)
    glon, glat = galactic(found["ra"], found["decl"])
    return {**found, "glon": glon, "glat": glat}


def _bands(observed: Observed, measured: Measured, fields: Sequence[Place]) -> dict[str, object]:
    counts, extended = _counts(observed, measured, fields)
    columns: dict[str, object] = {"n_ext": extended}
    for b, band in enumerate(BANDS):
        columns |= {
            f"{band}_zp_ap": measured.magzp[:, b] - defaults()["zp_ref"][b],
            f"{band}_n_snr10": counts[:, b],
            f"{band}_shape_avg": measured.shape[:, b],
            f"{band}_shape_rms": measured.shape_rms[:, b],
            f"{band}_2mrat": measured.ratio[:, b],
            f"{band}_psp": measured.psp[:, b],
            f"{band}_pts_noise": np.log10(measured.noise[:, b]),
            f"{band}_msnr10": measured.msnr10[:, b],
        }
    return columns


def _counts(
    observed: Observed, measured: Measured, fields: Sequence[Place]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many point sources have a signal-to-noise ratio over 10 in each band, and extended ones."""
    counts = np.zeros((observed.key.size, 3), np.int64)
    extended = np.zeros(observed.key.size, np.int64)
    for number, field in enumerate(fields):
        sky, grid, mine = field.sky, field.grid, observed.field == number
        seen = np.abs(sky.x - (grid.nx - 1) / 2) < VALID_COLUMNS / 2
        seen &= np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2
        extended[mine] = int(np.sum(seen & sky.galaxy & (sky.mag[:, 2] < GALAXY_LIMIT)))
        for b in range(3):
            limit = np.minimum(LEVEL_1[b], measured.msnr10[mine, b])
            counts[mine, b] = np.searchsorted(np.sort(sky.mag[seen, b]), limit)
    return counts, extended
