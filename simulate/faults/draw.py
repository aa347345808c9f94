"""Which scans are spoiled, by which faults and how badly: from just harmful on; and some faults that do no harm."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulate.faults.harm import HARM, KINDS, NEAR, SLIGHT
from simulate.nights.visits import Scan
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]

SHARE = 0.15  # of the scans do harm
SLIGHT_SHARE = 0.05  # of the scans have a fault below harm
ONE_OF_EACH = 60  # from so many scans on, every kind is there
GLITCH_SHARE = 1 / 60  # of the scans have a single-frame glitch in H
KNOWN = 0.5  # of meteors, insects and clouds are noted by the pipeline


@dataclass(frozen=True)
class Fault:
    """What is wrong with one scan.

    `strength` is in the unit of its kind, see simulate.faults.harm. `bands` are the indices of the bands it spoils.
    `noted` is true where the pipeline's flags tell. `detail` distinguishes forms of one kind.
    """

    kind: str
    strength: float
    bands: tuple[int, ...]
    noted: bool = False
    detail: dict[str, float] = field(default_factory=dict)

    @property
    def harm(self) -> float:
        """Its strength over the smallest harmful one."""
        return abs(self.strength) / HARM[self.kind].smallest

    @property
    def harmful(self) -> bool:
        """Whether a stack is better without the scan's ordinary weight."""
        return self.harm >= 1


def plan_faults(tile: int, seed: int, scans: list[Scan]) -> dict[int, Fault]:
    """Draw which scans are spoiled and how.

    Of the harmful faults of a kind every other one is less than 1.5 times as strong as it takes to do harm.

    Returns
    -------
    dict
        Fault by index of the scan; scans without any are not in it. Those of faults below harm are good scans.
    """
    rng = stream(tile, seed, Stream.FAULTS)
    number = round(SHARE * len(scans))
    if len(scans) >= ONE_OF_EACH:
        number = max(number, len(KINDS))
    order = [int(i) for i in rng.permutation(len(scans))]
    kinds = list(rng.permutation(KINDS)) * (1 + number // len(KINDS))
    first = int(rng.integers(2))
    found: dict[int, Fault] = {}
    for n, kind in enumerate(kinds[:number]):
        turn, place = divmod(n, len(KINDS))
        found[order[n]] = _draw(rng, str(kind), harmful(rng, str(kind), (first + turn + place) % 2 == 0))
    slight = round(SLIGHT_SHARE * len(scans))
    for i in order[number : number + slight]:
        kind = str(rng.choice(KINDS))
        found[i] = _draw(rng, kind, HARM[kind].smallest * float(rng.uniform(*SLIGHT)))
    glitches = round(GLITCH_SHARE * len(scans))
    for i in order[number + slight : number + slight + glitches]:
        found[i] = _draw(rng, "glitch", harmful(rng, "glitch", bool(rng.random() < 0.5)))
    return found


def harmful(rng: np.random.Generator, kind: str, near: bool) -> float:
    """Draw a harmful strength: near the smallest, or anything up to the largest."""
    harm = HARM[kind]
    if near:
        return harm.smallest * float(rng.uniform(1, NEAR))
    return harm.smallest * float(np.exp(rng.uniform(np.log(NEAR), np.log(harm.largest))))


def _draw(rng: np.random.Generator, kind: str, strength: float) -> Fault:
    """Draw the form of a fault of a given strength."""
    every = (0, 1, 2)
    noted = bool(rng.random() < KNOWN) and strength >= HARM[kind].smallest
    sign = float(rng.choice([-1, 1]))
    match kind:
        case "meteor":
            return Fault(kind, strength, every, noted, {"lines": 1.0 if rng.random() < 0.6 else 3.0})
        case "airglow":
            return Fault(kind, strength, (1,))
        case "insects":
            return Fault(kind, strength, every, noted, {"blobs": float(rng.integers(6, 14))})
        case "cloud":
            return Fault(kind, strength, every, noted)
        case "defocus":
            return Fault(kind, strength, every, False, {"sign": sign})
        case "untracked":
            return Fault(kind, strength, every, False, {"end": sign})
        case "tracking":
            smeared = 1.0 if rng.random() < 0.5 else 0.0
            return Fault(kind, strength, every, False, {"smeared": smeared, "row": float(rng.uniform(1300, 2300))})
        case "zeropoint":
            bands = tuple(sorted(rng.choice(3, int(rng.integers(1, 4)), replace=False).tolist()))
            return Fault(kind, sign * strength, bands)
        case "mispointed":
            return Fault(kind, strength, every, False, {"angle": float(rng.uniform(0, 2 * np.pi))})
        case "glitch":
            return Fault(kind, strength, (1,), True)
        case _:
            return Fault(kind, strength, every)
