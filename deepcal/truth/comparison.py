"""A run held against the truth of its field: every number of "how good", computed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pandas as pd

from deepcal.truth.depth import noise_ratio, sights
from deepcal.truth.errors import Errors, Residuals, errors, residuals
from deepcal.truth.recovery import Bin, Purity, completeness, purity
from deepcal.truth.spoiled import Rejections, rejections
from deepcal.truth.tables import Truth

WORKERS = 2


@dataclass(frozen=True)
class Comparison:
    """What `compare` found, by band: errors of bright stars, noise over its prediction, completeness, scans."""

    errors: dict[str, Errors]
    noise_ratio: dict[str, float]
    completeness: dict[str, list[Bin]]
    purity: Purity
    scans: dict[str, Rejections]
    residuals: dict[str, Residuals]


def compare(truth: Truth, sources: pd.DataFrame, stacks: pd.DataFrame, scans: pd.DataFrame) -> Comparison:
    """Hold sources, stacks and scans of one run against the truth.

    Parameters
    ----------
    truth : Truth
    sources : DataFrame
        Rows of deepcal.source of the run, confirmed or not.
    stacks : DataFrame
        Rows of deepcal.stack of the run; the files are read.
    scans : DataFrame
        One row a scan and band: band, used (empty where the scan was not selected), and what was planted: good, fault.
    """
    seen = sights(stacks)
    found = {band: residuals(truth, sources, band, sight) for band, sight in seen.items()}
    with ThreadPoolExecutor(WORKERS) as pool:
        noise = dict(zip(seen, pool.map(lambda band: noise_ratio(stacks, band), seen), strict=True))
    return Comparison(
        errors={band: errors(one) for band, one in found.items()},
        noise_ratio=noise,
        completeness={band: completeness(truth, sources, band, sight) for band, sight in seen.items()},
        purity=purity(truth, sources),
        scans={band: rejections(scans, band) for band in seen},
        residuals=found,
    )
