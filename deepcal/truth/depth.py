"""What the stacks of a run can see: depth and coverage, and the signal to noise that a magnitude means there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from astropy.io import fits
from numpy.typing import NDArray

from combine.products import read_product
from combine.stack.depth import difference_scatter, source_mask
from deepcal.truth.tables import BANDS, Floats

UNMEASURED = 0.6  # mag from m5_aper to m5_det, where the run has no m5_det
MASKED = 0.3  # of the scans of a direction: below that its masked stack is blank


@dataclass(frozen=True)
class Sight:
    """What the N+S stack of one band sees.

    m5_det : magnitude of 5 sigma in the detection filter at the median coverage
    share : coverage over its median; 0 where the masked stack of a direction is blank
    """

    m5_det: float
    share: NDArray[np.float32]

    def snr(self, mag: Floats, x: Floats, y: Floats) -> Floats:
        """Return the signal to noise in the detection filter at pixel positions; 0 where the extraction cannot look."""
        column, row = np.rint(x).astype(int), np.rint(y).astype(int)
        inside = (column >= 0) & (column < self.share.shape[1]) & (row >= 0) & (row < self.share.shape[0])
        share = np.zeros(x.shape)
        share[inside] = self.share[row[inside], column[inside]]
        return np.asarray(5 * 10 ** (0.4 * (self.m5_det - mag)) * np.sqrt(share))


def sights(stacks: pd.DataFrame) -> dict[str, Sight]:
    """Return the sight of every band from the rows of the inventory of one run."""
    found = {}
    for band in BANDS:
        if band not in set(stacks.band):
            continue
        image = inventory(stacks, band, "NS")
        depth = image.m5_det if np.isfinite(image.m5_det) else image.m5_aper - UNMEASURED
        with fits.open(inventory(stacks, band, "NS", "coverage").path, memmap=False) as hdus:
            count = {way: hdus[way].data.astype(np.float32) for way in ("NS", "N", "S")}
        share = count["NS"] / float(image.coverage_median)
        for way in ("N", "S"):
            share[count[way] < MASKED * inventory(stacks, band, way).n_scans] = 0
        found[band] = Sight(float(depth), share)
    return found


def noise_ratio(stacks: pd.DataFrame, band: str) -> float:
    """Return the scatter of empty 4 arcsec apertures on the weighted N - S image over its prediction.

    The prediction is made of the noises of the single scans, their weights and what the scans of a visit share. Where
    a direction is missing, NaN.
    """
    directions = [inventory(stacks, band, way) for way in ("NS", "N", "S")]
    if min(row.n_scans for row in directions) == 0:
        return float("nan")
    both, north, south = (read_product(Path(row.path)) for row in directions)
    # VAR holds what visits share in each direction, which is not what they share in the difference.
    alone = [one.var / float(one.header["VISITFAC"]) ** 2 for one in (north, south)]
    ratio = float(both.header["APRATIO"]) * float(both.header["VISITDIF"])
    planes = (north.image, alone[0]), (south.image, alone[1])
    return difference_scatter(*planes, ratio, source_mask(both.image, both.var))


def inventory(stacks: pd.DataFrame, band: str, direction: str, kind: str = "image") -> Any:
    """Return one row of the inventory."""
    return stacks[(stacks.band == band) & (stacks.direction == direction) & (stacks.kind == kind)].iloc[0]
