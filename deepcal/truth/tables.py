"""The truth tables of a simulated field, and the sources that are held against them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from schema.errors import BadFile

BANDS = "jhk"
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
EPOCH = 2000.0
NAMES = ("objects", "scans", "artifacts")


@dataclass(frozen=True)
class Truth:
    """The truth: one row an object, a scan and band, an artifact. Positions are in the frame of the PSC."""

    objects: pd.DataFrame
    scans: pd.DataFrame
    artifacts: pd.DataFrame

    def at(self, epoch: float) -> "Truth":
        """Return the truth with its objects where they are at an epoch (Julian year); the tables hold 2000.0."""
        if "pmra" not in self.objects:
            return self
        years = (epoch - EPOCH) / 1000
        east = np.nan_to_num(values(self.objects, "pmra")) * years
        north = np.nan_to_num(values(self.objects, "pmdec")) * years
        cosine = np.cos(np.radians(values(self.objects, "dec")))
        moved = self.objects.assign(
            ra=self.objects.ra + east / cosine / 3600,
            dec=self.objects.dec + north / 3600,
            x=self.objects.x - east,
            y=self.objects.y + north,
        )
        return replace(self, objects=moved)

    def magnitudes(self) -> Floats:
        """Return (objects, bands) total magnitudes of stars; of galaxies the one a star of equal 4" flux would have."""
        return self.objects[[f"{band}_m_std" for band in BANDS]].to_numpy(float)

    def positions(self) -> Floats:
        """Return (objects, 2) columns and rows on the field's grid, pixels of 1 arcsec."""
        return self.objects[["x", "y"]].to_numpy(float)


def read_truth(folder: Path) -> Truth:
    """Read the truth tables of a simulated field.

    Parameters
    ----------
    folder : Path
        The folder ``truth`` that `deepcal simulate` wrote.

    Raises
    ------
    BadFile
        A table is missing.
    """
    for name in NAMES:
        if not (folder / f"{name}.parquet").is_file():
            raise BadFile(folder / f"{name}.parquet", "not there; `deepcal simulate` writes it")
    return Truth(*(pd.read_parquet(folder / f"{name}.parquet") for name in NAMES))


def values(table: pd.DataFrame, column: str) -> Floats:
    """Return a column as floats, NaN where it is null."""
    return table[column].to_numpy(dtype=float, na_value=np.nan)


def band_columns(table: pd.DataFrame, pattern: str) -> Floats:
    """Return (rows, bands) of the columns that `pattern` names with {} for the band's letter."""
    return np.column_stack([values(table, pattern.format(band)) for band in BANDS])
