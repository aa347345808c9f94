"""Planted bad scans: which were left out, by their score or by their residuals, and which good ones with them."""

from dataclasses import dataclass

import pandas as pd

NOISE_ALONE = ("airglow",)
"""Faults that add noise and move no star: the weight of a scan is measured from that noise."""


@dataclass(frozen=True)
class Rejections:
    """Scans of one band.

    bad, good : as planted
    by_score, by_residuals, missed : the bad ones, left out before or after the first pass, or used
    good_by_score, good_by_residuals : good ones left out that have no fault at all
    slight : good ones with a fault below harm that were left out: nothing gained, nothing lost
    spoiled_elsewhere : good in this band, left out by the score of a scan that is bad in another
    missed_kinds : what was planted in those that were missed
    weighed : bad ones that only add noise, airglow, used at the weight of their measured noise: such a scan does harm
        at its ordinary weight alone, and is not counted as missed
    """

    bad: int
    by_score: int
    by_residuals: int
    missed: int
    good: int
    good_by_score: int
    good_by_residuals: int
    spoiled_elsewhere: int
    slight: int = 0
    missed_kinds: tuple[str, ...] = ()
    weighed: int = 0


def rejections(scans: pd.DataFrame, band: str) -> Rejections:
    """Count the fates of good and bad scans of one band; one row a scan and band: used, good, fault."""
    mine = scans[scans.band == band]
    good = mine.good.astype(bool)
    wholly = mine.scan_key.map(scans.groupby("scan_key").good.all()).astype(bool)
    clean = mine.slight.isna() if "slight" in mine else pd.Series(True, index=mine.index)
    noise_alone = mine.fault.isin(NOISE_ALONE).fillna(False).astype(bool)
    used, judged = mine.used.eq(True).fillna(False).astype(bool), mine.used.notna()

    def count(which: "pd.Series[bool]") -> int:
        return int(which.sum())

    return Rejections(
        bad=count(~good),
        by_score=count(~good & ~judged),
        by_residuals=count(~good & judged & ~used),
        missed=count(~good & used & ~noise_alone),
        good=count(good),
        good_by_score=count(good & clean & ~judged & wholly),
        good_by_residuals=count(good & clean & judged & ~used),
        slight=count(good & ~clean & ~used & (judged | wholly)),
        spoiled_elsewhere=count(good & ~judged & ~wholly),
        missed_kinds=tuple(sorted(mine.fault[~good & used & ~noise_alone].astype(str))),
        weighed=count(~good & used & noise_alone),
    )
