"""The truth of the scans of the tables: one row a scan and band."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulate.catalogs.scan_table import BANDS, dates
from simulate.nights.observed import Observed
from simulate.tables.measured import Numbers
from simulate.tables.spoiled import KINDS, Spoiled


def write_truth(observed: Observed, spoiled: Spoiled, numbers: Numbers, path: Path) -> Path:
    """Write what was true of every scan and band, whether it is good, and the air it was seen through."""

    def thrice(values: NDArray[Any]) -> NDArray[Any]:
        return np.repeat(values, 3)

    reached = spoiled.bands.ravel()
    bad = reached & (thrice(np.nan_to_num(spoiled.harm)) >= 1)
    kind = thrice(np.array(KINDS, object)[spoiled.kind])
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
        "fault": pa.array(kind, pa.string(), mask=~bad),
        "slight": pa.array(kind, pa.string(), mask=~reached | bad),
        "strength": pa.array(thrice(spoiled.strength), mask=~reached),
        "harm": pa.array(thrice(spoiled.harm), mask=~reached),
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
