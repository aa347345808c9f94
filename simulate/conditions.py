"""How each scan saw each band: zero point, seeing, sky, noise and background."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.seeds import Stream, stream
from simulate.visits import Scan

Array = NDArray[np.float64]

SKY = (78.0, 285.0, 430.0)  # DN, J H Ks
NOISE = (0.48, 0.78, 0.95)  # DN, rms of a pixel
NOISE_POWER = 0.29  # of the sky in the noise, as in the survey's sensitivity parameter
NIGHT = 0.06  # mag, zero point from night to night
HEADER_ERROR = 0.01  # mag, of the zero point in the header, per scan and band
SHAPES = (0.92, 1.12)
BAND_SHAPE = (1.0, 0.985, 0.97)
SLOPES = (0.5, 1.6, 1.0)  # DN, size of the background's low orders
GLOW = (0.0, 0.35, 0.0)  # DN, airglow wave along an ordinary scan
ORDERS = 4


@dataclass(frozen=True)
class Conditions:
    """Conditions of all scans; arrays (scans, 3) for J, H, Ks unless said otherwise.

    `zero_point` is the true one (mag of 1 DN of total flux), `magzp` the header's. `shape` is the seeing shape, `beta`
    the exponent of the star image's wings, `ratio` its moment ratio, `long_y` true where it is longer along the scan.
    `sky` and `skysig` in DN. `background` (scans, 3, 8) holds coefficients in DN: v to v^4, u, u^2 and the airglow's
    cosine and sine; see `background_rows`.
    """

    zero_point: Array
    magzp: Array
    shape: Array
    beta: Array
    ratio: Array
    long_y: NDArray[np.bool_]
    sky: Array
    skysig: Array
    background: Array


def draw_conditions(tile: int, seed: int, scans: list[Scan]) -> Conditions:
    """Draw the conditions of every scan, those of one visit alike."""
    parts = [_one(tile, seed, scan) for scan in scans]
    return Conditions(*(np.stack(values) for values in zip(*parts, strict=True)))


def _one(tile: int, seed: int, scan: Scan) -> tuple[NDArray[Any], ...]:
    night = stream(tile, seed, Stream.CONDITIONS, 0, scan.visit)
    own = stream(tile, seed, Stream.CONDITIONS, 1, scan.index)
    zero = np.array(defaults()["zp_ref"]) + night.normal(0, NIGHT, 3) + own.normal(0, 0.004, 3)
    shape = night.uniform(0.95, 1.09) * np.array(BAND_SHAPE) + own.normal(0, 0.012) + own.normal(0, 0.006, 3)
    sky = np.array(SKY) * np.exp(night.normal(0, 0.12, 3) + own.normal(0, 0.02, 3))
    noise = np.array(NOISE) * (sky / SKY) ** NOISE_POWER * np.exp(night.normal(0, 0.03, 3) + own.normal(0, 0.015, 3))
    orders = np.array([1, 0.5, 0.25, 0.12, 0.6, 0.2])
    background = own.normal(0, 1, (3, 6)) * orders * np.array(SLOPES)[:, None]
    glow = own.normal(0, 1, (3, 2)) * np.array(GLOW)[:, None]
    return (
        zero,
        np.round(zero + own.normal(0, HEADER_ERROR, 3), 4),
        np.clip(shape, *SHAPES),
        np.clip(night.normal(3.4, 0.12, 3), 3.1, 3.8),
        own.uniform(0.91, 0.99, 3),
        own.random(3) < 0.5,
        sky,
        noise,
        np.hstack((background, glow)),
    )


def background_rows(coefficients: Array, rows: int) -> Array:
    """Return the background of a scan as (3, rows) values: constant, linear and square in u, which runs from -1 to 1
    over the columns.

    Parameters
    ----------
    coefficients : (8,) array
        One scan and band of `Conditions.background`, DN.
    rows : int
    """
    v = np.linspace(-1, 1, rows)
    along = sum(coefficients[i] * v ** (i + 1) for i in range(ORDERS))
    wave = coefficients[6] * np.cos(2 * np.pi * v) + coefficients[7] * np.sin(2 * np.pi * v)
    one = np.ones(rows)
    return np.stack((along + wave, coefficients[4] * one, coefficients[5] * one))
