"""Spoiled scans: which scans get which fault, and what each fault does to a scan."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulate.seeds import Stream, stream
from simulate.visits import Scan

Array = NDArray[np.float64]

KINDS = (
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
)
SHARE = 0.15  # of the scans
ONE_OF_EACH = 60  # from so many scans on, every kind is there
GLITCH_SHARE = 1 / 60  # of the scans have a single-frame glitch in H
KNOWN = 0.5  # of meteors, insects and clouds are noted by the pipeline


@dataclass(frozen=True)
class Fault:
    """What is wrong with one scan.

    `strength` is in the unit of its kind: factor on the seeing shape (seeing, untracked), largest loss (cloud), arcsec
    (defocus, tracking, mispointed), mag (zeropoint), multiples of the pixel noise (meteor, airglow, insects, glitch).
    `bands` are the indices of the bands it spoils. `noted` is true where the pipeline's flags tell. `detail`
    distinguishes forms of one kind.
    """

    kind: str
    strength: float
    bands: tuple[int, ...]
    noted: bool = False
    detail: dict[str, float] = field(default_factory=dict)


def plan_faults(tile: int, seed: int, scans: list[Scan]) -> dict[int, Fault]:
    """Draw which scans are spoiled and how.

    Returns
    -------
    dict
        Fault by index of the scan; scans that are good are not in it.
    """
    rng = stream(tile, seed, Stream.FAULTS)
    number = round(SHARE * len(scans))
    if len(scans) >= ONE_OF_EACH:
        number = max(number, len(KINDS))
    order = rng.permutation(len(scans))
    kinds = list(rng.permutation(KINDS)) * (1 + number // len(KINDS))
    found = {int(i): _draw(rng, str(kind), n) for n, (i, kind) in enumerate(zip(order[:number], kinds, strict=False))}
    glitches = round(GLITCH_SHARE * len(scans))
    for i in order[number : number + glitches]:
        found[int(i)] = Fault("glitch", float(rng.uniform(15, 40)), (1,), True, {"row": float(rng.uniform(300, 2700))})
    return found


def _draw(rng: np.random.Generator, kind: str, number: int) -> Fault:
    """Draw the strength and form of a fault; clearly harmful ones."""
    every = (0, 1, 2)
    noted = bool(rng.random() < KNOWN)
    sign = float(rng.choice([-1, 1]))
    match kind:
        case "meteor":
            lines = 1.0 if rng.random() < 0.6 else 3.0
            return Fault(kind, float(rng.uniform(25, 70)), every, noted, {"lines": lines})
        case "airglow":
            return Fault(kind, float(rng.uniform(2.5, 5)), (1,))
        case "cloud":
            return Fault(kind, float(rng.uniform(0.3, 0.6)), every, noted)
        case "seeing":
            return Fault(kind, float(rng.uniform(1.38, 1.65)), every)
        case "defocus":
            ring = float(rng.uniform(1.6, 2.2))
            return Fault(kind, ring, every, False, {"ring": ring, "stretch": sign * float(rng.uniform(0.6, 1.2))})
        case "untracked":
            return Fault(kind, float(rng.uniform(1.65, 1.9)), every, False, {"end": sign})
        case "insects":
            return Fault(kind, float(rng.uniform(10, 25)), every, noted, {"blobs": float(rng.integers(6, 14))})
        case "tracking":
            smeared = 1.0 if rng.random() < 0.5 else 0.0
            size = rng.uniform(5, 7) if smeared else rng.uniform(2.0, 3.5)
            return Fault(kind, float(size), every, False, {"smeared": smeared, "row": float(rng.uniform(1300, 2300))})
        case "zeropoint":
            bands = tuple(sorted(rng.choice(3, int(rng.integers(1, 4)), replace=False).tolist()))
            return Fault(kind, sign * float(rng.uniform(0.3, 0.5)), bands)
        case "mispointed":
            angle = float(rng.uniform(0, 2 * np.pi))
            return Fault(kind, float(rng.uniform(4, 25)), every, False, {"angle": angle})
    raise AssertionError(kind)
