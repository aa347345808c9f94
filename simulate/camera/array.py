"""The detectors: one array of 256 x 256 pixels a band and observatory, and what is wrong with it in each period."""

import datetime
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from schema.settings import defaults
from simulate.camera.optics import PITCH
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

PIXELS = 256
MIDDLE = (PIXELS - 1) / 2
STEP_PIXELS = 41 + 1 / 6  # from frame to frame: six sub-pixel places along the scan
LEAN = {"n": 0.515, "s": -0.505}  # arcsec across the scan from frame to frame: the array's small rotation (DXFS)
FRAMES = 6.0  # that see a point of the sky
GAIN = 10.0  # electrons per DN
PHOTON = 1 / (GAIN * PITCH**2)  # variance of a pixel (DN/arcsec^2)^2 per DN/arcsec^2 of light
FULL = (1.15e4, 1.3e4, 1.25e4)  # DN/arcsec^2 where a pixel of J, H, Ks is full: stars of about 9, 8.5, 8 mag
BAD = (0.001, 0.004)  # of the pixels, range
CLUSTERS = 2  # of neighbouring bad pixels
COLUMN_FLAT, PIXEL_FLAT = 4e-5, 2.5e-4  # rms of what the flat field leaves: the same in a column, pixel by pixel
COLUMN_SCALE = 1.2  # pixels


@dataclass(frozen=True)
class Detector:
    """An array in one period: `good` is 1 where a pixel can be used and 0 elsewhere, `flat` what the flat field leaves
    of the sky's light (relative), `pitch` (arcsec) the size of a pixel, `angle` (radians) the array's rotation."""

    pitch: float
    angle: float
    good: Floats
    flat: Floats

    def canvas(self, x: Array | float, y: Array | float, column: Array, row: Array) -> tuple[Array, Array]:
        """Return the canvas places (pixels of 1 arcsec) of pixels of frames with their middles at x, y."""
        s, c = np.sin(self.angle), np.cos(self.angle)
        across, along = (column - MIDDLE) * self.pitch, (row - MIDDLE) * self.pitch
        return x + across * c - along * s, y + across * s + along * c

    def pixel(self, x: float, y: float, px: Array, py: Array) -> tuple[Array, Array]:
        """Return the pixels (column, row) of a frame with its middle at x, y that see places of the canvas."""
        s, c = np.sin(self.angle), np.cos(self.angle)
        across, along = px - x, py - y
        return (across * c + along * s) / self.pitch + MIDDLE, (along * c - across * s) / self.pitch + MIDDLE


def period(date: datetime.date) -> int:
    """Return the period between two services of the cameras: half a year."""
    return 2 * date.year + (date.month > 6)


@lru_cache(maxsize=200)
def detector(seed: int, hemis: str, band: int, when: int) -> Detector:
    """Return the array of one observatory, band and period; it is the same for every field of a seed."""
    rng = stream(0, seed, Stream.CAMERA, "ns".index(hemis), band, when)
    good = np.ones((PIXELS, PIXELS), np.float32)
    good[rng.random(good.shape) < rng.uniform(*BAD)] = 0
    for _ in range(CLUSTERS):
        j, i = rng.integers(0, PIXELS - 6, 2)
        good[j : j + int(rng.integers(2, 6)), i : i + int(rng.integers(2, 6))] = 0
    columns = gaussian_filter1d(rng.standard_normal(PIXELS), COLUMN_SCALE, mode="wrap")
    flat = columns / columns.std() * COLUMN_FLAT + rng.normal(0, PIXEL_FLAT, good.shape)
    step = defaults()[f"frame_step_{hemis}"][0]
    return Detector(step / STEP_PIXELS, float(np.arcsin(LEAN[hemis] / step)), good, flat.astype(np.float32))
