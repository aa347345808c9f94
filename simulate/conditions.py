"""How each scan saw each band: zero point, seeing, sky, noise and background."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.nights.visits import Scan
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]

SKY = (78.0, 285.0, 430.0)  # DN, J H Ks
NOISE = (0.48, 0.78, 0.95)  # DN, rms of a pixel
NOISE_POWER = 0.29  # of the sky in the noise, as in the survey's sensitivity parameter
SHAPES = (0.99, 1.15)
NIGHT_SHAPES = (1.0, 1.11)
BAND_SHAPE = (1.0, 0.99, 0.985)
TRACK = (0.016, 0.010, 0.007, 0.005)  # size of the waves of the seeing along a scan
STRETCH = (0.025, 0.035)  # arcsec^2, size of the astigmatism: in the middle of the array, at its edge
SLOPES = (0.5, 1.6, 1.0)  # DN, size of the background's low orders
GLOW = (0.03, 0.5, 0.04)  # DN, rms of airglow in a frame of an ordinary scan
ORDERS = 4


@dataclass(frozen=True)
class Conditions:
    """Conditions of all scans; arrays (scans, 3) for J, H, Ks unless said otherwise.

    `zero_point` is the true one (mag of 1 DN of total flux), `magzp` the header's. `shape` is the mean seeing shape and
    `track` (scans, 3, 4) its waves along the scan, see `shape_along`. `stretch` (scans, 3, 2) is the astigmatism in the
    middle of the array and its growth to the right edge (arcsec^2, positive where images are longer across the scan).
    `sky` and `skysig` in DN. `background` (scans, 3, 6) holds coefficients in DN: v to v^4, u, u^2; see
    `background_at`. `glow` is the rms of the airglow's structure in a frame, DN.
    """

    zero_point: Array
    magzp: Array
    shape: Array
    track: Array
    stretch: Array
    sky: Array
    skysig: Array
    background: Array
    glow: Array


def draw_conditions(tile: int, seed: int, scans: list[Scan]) -> Conditions:
    """Draw the conditions of every scan, those of one visit alike."""
    parts = [_one(tile, seed, scan) for scan in scans]
    return Conditions(*(np.stack(values) for values in zip(*parts, strict=True)))


def _one(tile: int, seed: int, scan: Scan) -> tuple[NDArray[Any], ...]:
    night = stream(tile, seed, Stream.CONDITIONS, 0, scan.visit)
    own = stream(tile, seed, Stream.CONDITIONS, 1, scan.index)
    reference = np.array(defaults()["zp_ref"])
    shape = night.uniform(*NIGHT_SHAPES) * np.array(BAND_SHAPE) + own.normal(0, 0.012) + own.normal(0, 0.006, 3)
    sky = scan.sky * np.exp(own.normal(0, 0.02, 3))
    noise = np.array(NOISE) * (sky / SKY) ** NOISE_POWER * np.exp(night.normal(0, 0.03, 3) + own.normal(0, 0.015, 3))
    orders = np.array([1, 0.5, 0.25, 0.12, 0.6, 0.2])
    background = own.normal(0, 1, (3, 6)) * orders * np.array(SLOPES)[:, None]
    track = own.normal(0, 1, len(TRACK)) * TRACK + own.normal(0, 0.3, (3, len(TRACK))) * TRACK
    stretch = night.normal(0, 1, (3, 2)) * STRETCH + own.normal(0, 0.3, (3, 2)) * STRETCH
    return (
        reference + scan.clear,
        np.round(reference + scan.applied, 4),
        np.clip(shape, *SHAPES),
        track,
        stretch,
        sky,
        noise,
        background,
        np.array(GLOW) * np.exp(night.normal(0, 0.4, 3) + own.normal(0, 0.2, 3)),
    )


def shape_along(shape: float, track: Array, v: Array) -> Array:
    """Return the seeing shape at places along a scan, v from -1 to 1.

    Parameters
    ----------
    shape : float
        Mean over the scan.
    track : (4,) array
        Sizes of its cosine waves of a half to two turns.
    v : array
    """
    found: Array = shape + sum(size * np.cos(np.pi * (m + 1) / 2 * (v + 1)) for m, size in enumerate(track))
    return found


def background_at(coefficients: Array, u: Array, v: Array) -> Array:
    """Return the smooth background (DN) of one scan and band at places across and along the scan, -1 to 1."""
    along = sum(coefficients[i] * v ** (i + 1) for i in range(ORDERS))
    found: Array = along + (coefficients[4] + coefficients[5] * u) * u
    return found
