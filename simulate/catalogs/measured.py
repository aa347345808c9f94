"""What the survey's pipeline would have measured of each scan: the numbers of headers and scan table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.catalogs.photometry import profile_noise
from simulate.conditions import Conditions
from simulate.faults import Fault
from simulate.faults.effects import extra_noise, seen_star, told
from simulate.nights.visits import Scan
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]

BACKGROUND_POWER = 0.29  # of the photometric sensitivity parameter
GLOW_SEEN = 0.8  # of airglow's rms is left in the noise when structure larger than some arcmin is taken out


@dataclass(frozen=True)
class Measured:
    """Measurements, arrays (scans, 3).

    Seeing shape and its rms, moment ratio, pixel noise (DN), photometric sensitivity parameter, magnitude at a
    signal-to-noise ratio of 10, zero point of the headers.
    """

    shape: Array
    shape_rms: Array
    ratio: Array
    noise: Array
    psp: Array
    msnr10: Array
    magzp: Array


def measure(
    tile: int, seed: int, scans: list[Scan], conditions: Conditions, faults: dict[int, Fault], magzp: Array
) -> Measured:
    """Return what is measured of every scan. Faults show where the pipeline looks: mean shape, moment ratio, noise."""
    rows = [
        [_one(tile, seed, scan, band, conditions, told(faults.get(scan.index), band)) for band in range(3)]
        for scan in scans
    ]
    shape, rms, ratio, noise = np.moveaxis(np.array(rows), -1, 0)
    return Measured(
        shape=shape,
        shape_rms=rms,
        ratio=ratio,
        noise=noise,
        psp=shape * conditions.sky**BACKGROUND_POWER,
        msnr10=magzp - 2.5 * np.log10(10 * profile_noise(noise, shape)),
        magzp=magzp,
    )


def _one(
    tile: int, seed: int, scan: Scan, band: int, conditions: Conditions, fault: Fault | None
) -> tuple[float, float, float, float]:
    rng = stream(tile, seed, Stream.SCAN_TABLE, scan.index, band)
    i = scan.index
    shape, wander, ratio = seen_star(fault, conditions, i, band)
    noise = conditions.skysig[i, band] * extra_noise(fault)
    if fault is not None and fault.kind == "airglow":
        noise *= float(np.hypot(1, GLOW_SEEN * fault.strength))
    rms = np.hypot(rng.uniform(0.008, 0.02), wander)
    return (
        float(shape + rng.normal(0, 0.004)),
        float(rms),
        float(min(1.0, ratio + rng.normal(0, 0.008))),
        float(noise * np.exp(rng.normal(0, 0.01))),
    )
