"""The band that is written, and the header cards that say whose its files are and what was measured on them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from combine.products import Cards, file_name
from combine.stack.band import Part
from schema.grid import Grid
from schema.settings import Settings
from schema.tables.stack import DEPTHS

FACTS = ("coverage_median", "noise_pixel", "noise_aper", "noise_predicted", "fwhm", "m5_aper", "m5_det")
LIMITS = tuple(f"{name}_{percent}" for name in ("m5_aper", "m5_det") for percent in DEPTHS)
MEASURED = {
    "COVMED": ("coverage_median", "median coverage, scans"),
    "NOISE": ("noise_pixel", "noise of a pixel, DN"),
    "NOISEAP": ("noise_aper", "noise of an empty 4 arcsec aperture, DN"),
    "FWHM": ("fwhm", "full width at half maximum of a star, arcsec"),
    "M5APER": ("m5_aper", "5 sigma in a 4 arcsec aperture, mag"),
    "M5DET": ("m5_det", "5 sigma in the detection filter, mag"),
}
"""Cards of what is measured on a stack, at median coverage: column of the inventory and comment."""


@dataclass(frozen=True)
class BandOfRun:
    """The band that is written.

    shared : noise of N, S, NS and of the difference N-S over that of independent scans
    used : the scans of N, S and NS
    folder, final : where the files go now, and where they will be when the run is stored
    """

    run: str
    tile: int
    band: str
    grid: Grid
    settings: Settings
    shared: dict[str, float]
    used: dict[str, list[Part]]
    folder: Path
    final: Path

    @property
    def magzp(self) -> float:
        """Zero point of all images, mag."""
        return self.settings["zp_ref"]["jhk".index(self.band)]

    def ratio(self, direction: str) -> float:
        """Return the noise of an aperture over that of a pixel, under the weights of the scans."""
        parts = self.used[direction]
        if not parts:
            return 1.0
        ratio = [p.verdict.noise_aper / p.verdict.noise_pixel for p in parts]
        return float(np.average(ratio, weights=[p.weight for p in parts]))

    def factor(self, direction: str) -> float:
        """Return the noise of a stack over that of independent scans."""
        return self.shared.get(direction, 1.0)

    def exposure(self, direction: str) -> float:
        """Return the exposure of a point that every scan covers, s: six times as long for the 6x scans."""
        return float(sum(p.member.exposure for p in self.used[direction]))

    def identity(self, direction: str) -> Cards:
        """Return the cards that say whose file it is."""
        return {
            "TELESCOP": "2MASS",
            "TILE": (self.tile, "calibration field"),
            "BAND": (self.band, "j, h or k"),
            "DIRECT": (direction, "scan directions in the stack"),
            "RUN": (self.run, "run of the stack"),
        }

    def cards(self, direction: str) -> Cards:
        """Return the cards that say what an image is."""
        return self.grid.cards() | {
            "BUNIT": "DN",
            "MAGZP": (self.magzp, "zero point, mag of 1 DN"),
            "NSCAN": (len(self.used[direction]), "scans in the stack"),
            "EXPTIME": (round(self.exposure(direction), 3), "exposure at full coverage, s"),
            **self.identity(direction),
            "APRATIO": (round(self.ratio(direction), 4), "noise in 4 arcsec over noise of a pixel"),
            "VISITFAC": (round(self.factor(direction), 4), "noise over that of independent scans, in VAR"),
            "VISITDIF": (round(self.shared["difference"], 4), "the same of N - S"),
        }

    def facts(self, direction: str, coverage: int) -> Cards:
        """Return what the inventory says of every file of a stack."""
        return {
            "run": self.run,
            "band": self.band,
            "n_scans": len(self.used[direction]),
            "magzp": self.magzp,
            "exptime": self.exposure(direction),
            "coverage_max": coverage,
        }

    def write(self, facts: Cards, direction: str, kind: str, write: Callable[[Path], str]) -> Cards:
        """Write a file, and return its row of deepcal.stack; files that are no image have no depth of their own."""
        name = file_name(self.tile, self.band, direction, kind)
        sha256 = write(self.folder / name)
        empty = dict.fromkeys((*FACTS, *LIMITS))
        kept = {key: value for key, value in facts.items() if kind in ("image", "masked") or key not in empty}
        place = {"direction": direction, "kind": kind, "path": str(self.final / name), "sha256": sha256}
        return empty | kept | place | {"bytes": (self.folder / name).stat().st_size}


def measured(facts: Cards) -> Cards:
    """Return the cards of what was measured on a stack."""
    known = {card: (facts.get(name), comment) for card, (name, comment) in MEASURED.items()}
    return {card: (float(f"{value:.6g}"), comment) for card, (value, comment) in known.items() if value is not None}
