"""Spoiled scans of the tables: which ones, by what, how much, and what of it the pipeline's numbers show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.nights.observed import Observed
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

KINDS = (
    "",
    "meteor",
    "airglow",
    "cloud",
    "seeing",
    "defocus",
    "untracked",
    "insects",
    "tracking",
    "zeropoint",
    "mispointed",
    "glitch",
)
PLANTED = (1, 2, 5, 6, 7, 8, 9, 10, 11)
"""Kinds that strike single scans; cloud and bad seeing come with the night."""
SHARE = 0.06  # of the scans are struck
STRONGEST = 4.0  # times the smallest size that does harm
NOTED = 0.5  # of trails and insects are noted by the pipeline, and of cloudy scans
HARMFUL_CLOUD = 0.10  # mag
HARMFUL_SEEING = 1.25  # J shape
HARMFUL_ZERO = 0.05  # mag
SMEAR, DEFOCUS, WAVE = 0.08, 0.06, 0.10  # growth of the shape for strength 1


@dataclass(frozen=True)
class Spoiled:
    """What is wrong with every scan; arrays (n,), per band (n, 3).

    `kind` is the number of the fault in KINDS, 0 for good ones; `strength` counts in smallest harmful sizes. `bands`
    tells which bands are spoiled, `noted` whether the pipeline's flags tell. `zero` is the error (mag) of the header's
    zero point.
    """

    kind: Ints
    strength: Array
    bands: NDArray[np.bool_]
    noted: NDArray[np.bool_]
    zero: Array

    def of(self, name: str) -> NDArray[np.bool_]:
        """Return which scans have a fault of one kind."""
        mine: NDArray[np.bool_] = self.kind == KINDS.index(name)
        return mine


def spoil(seed: int, observed: Observed) -> Spoiled:
    """Draw the faults of all scans; half of each kind are within 1.5 times the smallest harmful size."""
    n = observed.key.size
    rng = stream(int(observed.tile.min()), seed, Stream.SPOILED)
    kind = np.where(rng.random(n) < SHARE, rng.choice(PLANTED, n), 0)
    low = rng.random(n) < 0.5
    strength = np.where(low, rng.uniform(1, 1.5, n), rng.uniform(1.5, STRONGEST, n))
    for name, size in (
        ("cloud", observed.cloud / HARMFUL_CLOUD),
        ("seeing", observed.air.shape / HARMFUL_SEEING),
    ):
        mine = (kind == 0) & (size >= 1)
        kind[mine], strength[mine] = KINDS.index(name), size[mine]
    bands = np.ones((n, 3), bool)
    bands[np.isin(kind, [KINDS.index("airglow"), KINDS.index("glitch")])] = (False, True, False)
    wrong = kind == KINDS.index("zeropoint")
    some = rng.random((n, 3)) < 0.6
    some[np.arange(n), rng.integers(0, 3, n)] = True
    bands[wrong] = some[wrong]
    sign = rng.choice([-1.0, 1.0], n)
    noted = np.isin(kind, [KINDS.index(name) for name in ("meteor", "insects", "cloud")]) & (rng.random(n) < NOTED)
    noted |= kind == KINDS.index("glitch")
    zero = np.where(wrong[:, None] & bands, (sign * strength * HARMFUL_ZERO)[:, None], 0.0)
    return Spoiled(kind, np.where(kind > 0, strength, np.nan), bands & (kind > 0)[:, None], noted, zero)
