"""What the survey measured of every scan of the tables: shape, moments, noise, sensitivity, depth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.catalogs.photometry import profile_noise
from simulate.nights.observed import Observed
from simulate.seeds import Stream, stream
from simulate.tables.spoiled import DEFOCUS, SMEAR, Spoiled

Array = NDArray[np.float64]

SKY = (85.0, 285.0, 415.0)  # DN
NOISE = (0.50, 0.79, 0.955)  # DN, noise of a pixel under that sky: real Atlas Images of both sites
SKY_POWER = 0.29  # of the sky in the noise, as in the photometric sensitivity parameter
OLD_ARRAY = 1.06  # of the first northern H array over its successor
NEW_ARRAY = 730000  # ordinal of its first night, in late 1999
BAND_SHAPE = (1.0, 0.985, 0.97)
GLOW = 0.18  # of airglow structure in the H noise of an ordinary night
HARMFUL_GLOW = 0.57  # the same where it does harm: 0.06 dex


@dataclass(frozen=True)
class Numbers:
    """Numbers per scan and band, arrays (n, 3): see the columns of the scan table. `noise` in DN; `true_shape` is what
    the stars have, `shape` what the survey measured."""

    true_shape: Array
    shape: Array
    shape_rms: Array
    ratio: Array
    sky: Array
    noise: Array
    psp: Array
    magzp: Array
    zero: Array
    msnr10: Array


def measure(seed: int, observed: Observed, spoiled: Spoiled) -> Numbers:
    """Measure all scans, spoiled ones where the pipeline looks: mean shape and its scatter, moments, noise."""
    n = observed.key.size
    rng = stream(int(observed.tile.min()), seed, Stream.TABLES)
    blur = np.where(spoiled.kind > 0, np.nan_to_num(spoiled.strength), 0.0)
    growth = SMEAR * (spoiled.of("tracking") + 0.5 * spoiled.of("untracked")) + DEFOCUS * spoiled.of("defocus")
    true = observed.air.shape[:, None] * BAND_SHAPE * np.exp(rng.normal(0, 0.012, (n, 3)))
    true *= 1 + (growth * blur)[:, None]
    ratio = 0.955 - np.abs(rng.normal(0, 0.02, (n, 3)))
    ratio -= (blur * (0.05 * spoiled.of("tracking")) + (0.11 + 0.05 * blur) * spoiled.of("defocus"))[:, None]
    rms = rng.uniform(0.012, 0.028, (n, 3)) + (0.03 * blur * spoiled.of("untracked"))[:, None]
    noise = _noise(rng, observed, spoiled, blur)
    sky = observed.air.sky * np.exp(rng.normal(0, 0.01, (n, 3)))
    shape = true + rng.normal(0, 0.004, (n, 3))
    reference = np.array(defaults()["zp_ref"])
    magzp = np.round(reference + observed.applied + spoiled.zero, 4)
    return Numbers(
        true_shape=true,
        shape=shape,
        shape_rms=rms,
        ratio=np.clip(ratio, 0.3, 1.0),
        sky=sky,
        noise=noise,
        psp=shape * sky**SKY_POWER,
        magzp=magzp,
        zero=reference + observed.clear - observed.cloud[:, None],
        msnr10=magzp - 2.5 * np.log10(10 * profile_noise(noise, shape)),
    )


def _noise(rng: np.random.Generator, observed: Observed, spoiled: Spoiled, blur: Array) -> Array:
    noise = np.array(NOISE) * (observed.air.sky / SKY) ** SKY_POWER * observed.air.noise
    noise *= np.exp(rng.normal(0, 0.02, noise.shape))
    noise[:, 1] *= np.where((observed.hemis == "n") & (observed.day < NEW_ARRAY), OLD_ARRAY, 1.0)
    glow = np.where(spoiled.of("airglow"), HARMFUL_GLOW * blur, GLOW * observed.air.glow)
    noise[:, 1] *= np.hypot(1, glow)
    noise *= (1 + 0.05 * spoiled.of("cloud") * blur)[:, None]
    return noise
