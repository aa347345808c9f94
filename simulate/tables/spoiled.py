"""Spoiled scans of the tables: which ones, by what, how much, and whether the pipeline noted it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.faults.harm import HARM, NEAR, SLIGHT
from simulate.nights.observed import Observed
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

KINDS = ("", *HARM)
SMALLEST = np.array([0.0, *(harm.smallest for harm in HARM.values())])
LARGEST = np.array([0.0, *(harm.largest for harm in HARM.values())])
COME_WITH_THE_NIGHT = ("cloud", "seeing")
PLANTED = tuple(number for number, kind in enumerate(KINDS) if kind and kind not in COME_WITH_THE_NIGHT)
SHARE, SLIGHT_SHARE = 0.06, 0.02  # of the scans are struck by other faults, by harmful and by harmless ones
NOTED = ("meteor", "insects", "cloud")
KNOWN = 0.5  # of these are noted by the pipeline
ORDINARY_SHAPE = 1.05  # what bad seeing adds to


@dataclass(frozen=True)
class Spoiled:
    """What is wrong with every scan; arrays (n,), per band (n, 3).

    `kind` is the number of the fault in KINDS, 0 for none; `strength` is in the unit of its kind and `harm` over the
    smallest harmful one, see simulate.faults.harm. `bands` tells which bands it reaches, `noted` whether the pipeline's
    flags tell. `zero` is the error (mag) of the header's zero point.
    """

    kind: Ints
    strength: Array
    harm: Array
    bands: Flags
    noted: Flags
    zero: Array

    def of(self, name: str) -> Array:
        """Return the strengths of the faults of one kind, 0 for scans without it."""
        strength: Array = np.where(self.kind == KINDS.index(name), self.strength, 0.0)
        return strength


def spoil(seed: int, observed: Observed) -> Spoiled:
    """Draw the faults of all scans; half of the harmful ones of a kind are near the smallest harmful size."""
    n = observed.key.size
    rng = stream(int(observed.tile.min()), seed, Stream.SPOILED)
    luck = rng.random(n)
    kind = np.where(luck < SHARE + SLIGHT_SHARE, rng.choice(PLANTED, n), 0)
    far = np.exp(rng.uniform(0, 1, n) * np.log(np.maximum(LARGEST[kind] / NEAR, 1))) * NEAR
    harm = np.where(rng.random(n) < 0.5, rng.uniform(1, NEAR, n), far)
    harm = np.where(luck < SHARE, harm, rng.uniform(*SLIGHT, n))
    for name, size in (("cloud", observed.cloud), ("seeing", observed.air.shape - ORDINARY_SHAPE)):
        mine = (kind == 0) & (size >= HARM[name].smallest)
        kind[mine], harm[mine] = KINDS.index(name), size[mine] / HARM[name].smallest
    noted = np.isin(kind, [KINDS.index(name) for name in NOTED]) & (rng.random(n) < KNOWN) & (harm >= 1)
    noted |= kind == KINDS.index("glitch")
    strength = np.where(kind > 0, harm * SMALLEST[kind], np.nan)
    bands = _bands(rng, kind)
    wrong = bands & (kind == KINDS.index("zeropoint"))[:, None]
    zero = np.where(wrong, (rng.choice([-1.0, 1.0], n) * np.nan_to_num(strength))[:, None], 0.0)
    return Spoiled(kind, strength, np.where(kind > 0, harm, np.nan), bands, noted, zero)


def _bands(rng: np.random.Generator, kind: Ints) -> Flags:
    """Return which bands a fault reaches: mostly all, H alone or some."""
    n = kind.size
    bands = np.repeat((kind > 0)[:, None], 3, axis=1)
    bands[np.isin(kind, [KINDS.index("airglow"), KINDS.index("glitch")])] = (False, True, False)
    some = rng.random((n, 3)) < 0.6
    some[np.arange(n), rng.integers(0, 3, n)] = True
    wrong = kind == KINDS.index("zeropoint")
    bands[wrong] = some[wrong]
    return bands
