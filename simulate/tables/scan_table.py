"""The scan table and its truth for many fields at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schema.grid import Grid
from schema.settings import defaults
from simulate.catalogs.bar import write_bar
from simulate.frames import VALID_COLUMNS
from simulate.nights.observed import Observed
from simulate.nights.solution import Solution
from simulate.sky.angles import galactic
from simulate.sky.field import Sky
from simulate.tables.measured import NEW_ARRAY, Numbers
from simulate.tables.spoiled import KINDS, Spoiled

Array = NDArray[np.float64]

LEVEL_1 = (15.8, 15.1, 14.3)  # mag, J H Ks: counts of SNR 10 sources go so far
GALAXY_LIMIT = 13.5  # Ks of the extended sources counted
BANDS = "jhk"
EPOCH_DAY = 719163  # ordinal of 1970-01-01


def dates(day: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Return the dates of ordinals."""
    return (day - EPOCH_DAY).astype("datetime64[D]")


def write_scans(
    observed: Observed,
    spoiled: Spoiled,
    numbers: Numbers,
    solution: Solution,
    fields: Sequence[tuple[Grid, Sky]],
    path: Path,
) -> Path:
    """Write the 64 columns of all scans; nobody has scored them yet."""
    rows = observed.key.size
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
        "hgl": spoiled.of("glitch").astype(int),
        "cld": (spoiled.of("cloud") & spoiled.noted).astype(int),
        "anom": ((spoiled.of("meteor") | spoiled.of("insects")) & spoiled.noted).astype(int),
        "xph": 0,
        "rel0": 0,
        "rel1": 0,
        "rel2": 0,
        "h_zperr_ap": np.maximum(solution.rms[observed.night, 1], 0.002),
        "k_zperr_ap": np.maximum(solution.rms[observed.night, 2], 0.002),
    }
    columns |= _corners(observed, fields) | _bands(observed, numbers, fields)
    return write_bar(path, "scan", columns, rows)


def _corners(observed: Observed, fields: Sequence[tuple[Grid, Sky]]) -> dict[str, object]:
    """Return centre and corners: 1 east and 2 west at the start of the scan, 3 east and 4 west at its end."""
    names = ["ra", "decl"] + [f"{name}_{corner}" for corner in range(1, 5) for name in ("ra", "dec")]
    found = {name: np.empty(observed.key.size) for name in names}
    half = VALID_COLUMNS / 2
    for number, (grid, _) in enumerate(fields):
        mine = observed.field == number
        middle = (grid.nx - 1) / 2 - observed.east[mine]
        start = np.where(observed.direction[mine] == "n", 0.0, grid.ny - 1.0)
        end = grid.ny - 1 - start
        found["ra"][mine], found["decl"][mine] = grid.sky(middle, np.full(middle.size, (grid.ny - 1) / 2))
        for corner, (side, row) in enumerate(((-half, start), (half, start), (-half, end), (half, end)), 1):
            found[f"ra_{corner}"][mine], found[f"dec_{corner}"][mine] = grid.sky(middle + side, row)
    glon, glat = galactic(found["ra"], found["decl"])
    return {**found, "glon": glon, "glat": glat}


def _bands(observed: Observed, numbers: Numbers, fields: Sequence[tuple[Grid, Sky]]) -> dict[str, object]:
    rows = observed.key.size
    columns: dict[str, object] = {}
    counts = np.zeros((rows, 3), int)
    extended = np.zeros(rows, int)
    for number, (grid, sky) in enumerate(fields):
        mine = observed.field == number
        seen = (np.abs(sky.x - (grid.nx - 1) / 2) < VALID_COLUMNS / 2) & (
            np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2
        )
        extended[mine] = int(np.sum(seen & sky.galaxy & (sky.mag[:, 2] < GALAXY_LIMIT)))
        for b in range(3):
            limit = np.minimum(LEVEL_1[b], numbers.msnr10[mine, b])
            counts[mine, b] = np.searchsorted(np.sort(sky.mag[seen, b]), limit)
    for b, band in enumerate(BANDS):
        columns |= {
            f"{band}_zp_ap": numbers.magzp[:, b] - defaults()["zp_ref"][b],
            f"{band}_n_snr10": counts[:, b],
            f"{band}_shape_avg": numbers.shape[:, b],
            f"{band}_shape_rms": numbers.shape_rms[:, b],
            f"{band}_2mrat": numbers.ratio[:, b],
            f"{band}_psp": numbers.psp[:, b],
            f"{band}_pts_noise": np.log10(numbers.noise[:, b]),
            f"{band}_msnr10": numbers.msnr10[:, b],
        }
    return columns | {"n_ext": extended}


def write_truth(observed: Observed, spoiled: Spoiled, numbers: Numbers, path: Path) -> Path:
    """Write one row a scan and band: what was true of it, and whether it is good."""

    def thrice(values: NDArray[Any]) -> NDArray[Any]:
        return np.repeat(values, 3)

    kind = np.array(KINDS, object)[spoiled.kind]
    bad = spoiled.bands.ravel()
    columns = {
        "scan_key": thrice(observed.key),
        "tile": thrice(observed.tile),
        "hemis": thrice(observed.hemis),
        "date": thrice(dates(observed.day)),
        "scan": thrice(observed.scan),
        "direction": thrice(observed.direction),
        "visit": thrice(observed.visit),
        "night": thrice(observed.night),
        "band": np.tile(list(BANDS), observed.key.size),
        "good": ~bad,
        "fault": pa.array(thrice(kind), pa.string(), mask=~bad),
        "strength": pa.array(thrice(spoiled.strength), mask=~bad),
        "noted": thrice(spoiled.noted) & bad,
        "clear": thrice(observed.cloud == 0),
        "cloud": thrice(observed.cloud),
        "airmass": thrice(observed.airmass),
        "c1": observed.air.c1.ravel(),
        "c2": observed.air.c2.ravel(),
        "zero_point": numbers.zero.ravel(),
        "magzp": numbers.magzp.ravel(),
        "shape": numbers.true_shape.ravel(),
        "ratio": numbers.ratio.ravel(),
        "skysig": numbers.noise.ravel(),
        "sky": numbers.sky.ravel(),
        "glow": np.where(np.arange(bad.size) % 3 == 1, thrice(observed.air.glow), np.nan),
    }
    pq.write_table(pa.table(columns), path, compression="zstd")
    return path
