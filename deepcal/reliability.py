"""The reliability of the list of a simulated field: which part of its sources is in the true sky, by magnitude."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from deepcal.door import query
from deepcal.truth import read_truth
from deepcal.truth.recovery import are_real
from deepcal.truth.tables import BANDS, values


@dataclass(frozen=True)
class Reliable:
    """Confirmed unflagged sources of one band and magnitude bin, and those of them that are real."""

    band: str
    low: float
    high: float
    sources: int
    real: int

    @property
    def share(self) -> float:
        """Real sources over all of them; NaN of none."""
        return self.real / self.sources if self.sources else float("nan")


def reliability(tile: int, folder: Path) -> list[Reliable]:
    """Hold the list of a field against the truth tables of the simulation in `folder`.

    A source is real when a true object lies within 1 arcsec and has 0.5 to 2 times its flux in a band that confirms it.
    """
    sources = query("completeness_sources", tile=tile)
    epoch = float(sources.epoch.iloc[0]) if len(sources) else 2000.0
    real = are_real(read_truth(folder).at(epoch), sources)
    found = []
    for band in BANDS:
        mag = np.where(values(sources, f"{band}_rule") > 0, values(sources, f"{band}_m"), np.nan)
        if not np.isfinite(mag).any():
            continue
        edges = np.arange(np.floor(2 * np.nanmin(mag)) / 2, np.nanmax(mag) + 0.5, 0.5)
        for low, high in pairwise(edges):
            here = (mag >= low) & (mag < high)
            found.append(Reliable(band, float(low), float(high), int(here.sum()), int((here & real).sum())))
    return found
