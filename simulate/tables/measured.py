"""What the survey measured of every scan of the tables: shape, moments, noise, sensitivity, depth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.catalogs.measured import GLOW_SEEN, Measured
from simulate.catalogs.photometry import profile_noise
from simulate.catalogs.scan_table import NEW_ARRAY
from simulate.faults.effects import RING, RING_GROWTH, TRAIL
from simulate.nights.observed import Observed
from simulate.seeds import Stream, stream
from simulate.tables.spoiled import Spoiled

Array = NDArray[np.float64]

SKY = (85.0, 285.0, 415.0)  # DN
NOISE = (0.50, 0.79, 0.955)  # DN, noise of a pixel under that sky: real Atlas Images of both sites
SKY_POWER = 0.29  # of the sky in the noise, as in the photometric sensitivity parameter
OLD_ARRAY = 1.06  # of the first northern H array over its successor
BAND_SHAPE = (1.0, 0.985, 0.97)
GLOW = 0.18  # of airglow structure in the H noise of an ordinary night
TO_FWHM = 8 * np.log(2)
FWHM = defaults()["fwhm_per_shape"][0]  # arcsec
UNTRACKED_RMS = 0.4  # of the change of the seeing along a scan


@dataclass(frozen=True)
class Numbers(Measured):
    """What is measured of every scan, and what was true of it: the seeing shape of its stars, sky (DN), zero point."""

    true_shape: Array
    sky: Array
    zero: Array


def measure(seed: int, observed: Observed, spoiled: Spoiled) -> Numbers:
    """Measure all scans, spoiled ones where the pipeline looks: mean shape and its scatter, moments, noise."""
    n = observed.key.size
    rng = stream(int(observed.tile.min()), seed, Stream.TABLES)
    calm = observed.air.shape[:, None] * BAND_SHAPE * np.exp(rng.normal(0, 0.012, (n, 3)))
    smeared = np.where(rng.random(n) < 0.5, TRAIL * spoiled.of("tracking"), 0.0)[:, None]
    defocus, untracked = spoiled.of("defocus")[:, None], spoiled.of("untracked")[:, None]
    ring = np.where(defocus > 0, RING + RING_GROWTH * defocus, 0.0)
    core = (FWHM * calm) ** 2 / TO_FWHM  # variance along one axis, arcsec^2
    seen = calm * np.sqrt(1 + (smeared**2 / 24 + ring**2 / 4) / core)
    ratio = (0.955 - np.abs(rng.normal(0, 0.02, (n, 3)))) * core / (core + smeared**2 / 12)
    ratio = np.where(defocus > 0, 1 - defocus + rng.normal(0, 0.008, (n, 3)), ratio)
    rms = np.hypot(rng.uniform(0.012, 0.028, (n, 3)), UNTRACKED_RMS * untracked)
    noise = _noise(rng, observed, spoiled)
    sky = observed.air.sky * np.exp(rng.normal(0, 0.01, (n, 3)))
    shape = seen + rng.normal(0, 0.004, (n, 3))
    reference = np.array(defaults()["zp_ref"])
    magzp = np.round(reference + observed.applied + spoiled.zero, 4)
    return Numbers(
        shape=shape,
        shape_rms=rms,
        ratio=np.clip(ratio, 0.2, 1.0),
        noise=noise,
        psp=shape * sky**SKY_POWER,
        msnr10=magzp - 2.5 * np.log10(10 * profile_noise(noise, shape)),
        magzp=magzp,
        true_shape=seen + untracked / 2,
        sky=sky,
        zero=reference + observed.clear - observed.cloud[:, None],
    )


def _noise(rng: np.random.Generator, observed: Observed, spoiled: Spoiled) -> Array:
    noise = np.array(NOISE) * (observed.air.sky / SKY) ** SKY_POWER * observed.air.noise
    noise *= np.exp(rng.normal(0, 0.02, noise.shape))
    noise[:, 1] *= np.where((observed.hemis == "n") & (observed.day < NEW_ARRAY), OLD_ARRAY, 1.0)
    noise[:, 1] *= np.hypot(1, np.hypot(GLOW * observed.air.glow, GLOW_SEEN * spoiled.of("airglow")))
    noise *= extra(spoiled.of("cloud"))[:, None]
    return noise


def extra(cloud: Array) -> Array:
    """Return the factor on the noise under clouds, which glow, from the light they take away."""
    return 1.0 + 0.8 * cloud
