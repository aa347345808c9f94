"""A quick look at the pixels of an image: where it is not blank, its sky, its noise, and what is saturated."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schema.errors import BadFile
from schema.pixels import digest, read_pixels

LAG = 6  # pixels apart: the noise of Atlas Images is correlated up to 5
SAMPLE = 16  # every so many rows enter the medians
PILE = 0.005  # pixels within this part of the brightest, above the sky, are at its level
PILED = 8  # so many at one level are no peak of a star, which has one or two
MOST = 1e6  # DN: the noise of no pixel
FRAMES = 60.0  # the most frames that a coverage map may count: ordinary pixels have 6 or 7, those of the 6x scans too

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """The valid rectangle (half-open, from 0), blank pixels inside it over all of them, median and noise (DN).

    `brightest` is the highest pixel (DN), `saturation` the level (DN) at which the brightest pixels pile up, if they
    do, and `saturated_fraction` how many of the pixels that are not blank are there. `pixel_sha256` is their digest.
    """

    x0: int
    x1: int
    y0: int
    y1: int
    blank_fraction: float
    sky_measured: float
    noise_measured: float
    brightest: float
    saturation: float | None
    saturated_fraction: float
    pixel_sha256: str


@dataclass(frozen=True)
class Coverage:
    """Median and largest number of frames of the pixels that have any, the part that has none, and the digest."""

    frames_median: float
    frames_max: float
    bare_fraction: float
    pixel_sha256: str


def look(path: Path) -> Look:
    """Read an image once and measure it.

    Raises
    ------
    BadFile
        The pixels cannot be read, are all blank or all the same, or some are infinite.
    """
    pixels = read_pixels(path)
    finite = np.isfinite(pixels)
    columns, rows = np.flatnonzero(finite.any(axis=0)), np.flatnonzero(finite.any(axis=1))
    if not len(columns):
        raise BadFile(path, "every pixel is blank")
    x0, x1, y0, y1 = int(columns[0]), int(columns[-1]) + 1, int(rows[0]), int(rows[-1]) + 1
    good = int(np.count_nonzero(finite))
    if good + np.count_nonzero(np.isnan(pixels)) < pixels.size:
        raise BadFile(path, "some pixels are infinite, expected numbers, and NaN where blank")
    with np.errstate(invalid="ignore"):  # a NaN of the kind that signals
        sample = pixels[y0:y1:SAMPLE, x0:x1].astype(float)
    sky, noise = _median(sample), _noise(sample)
    if not 0 < noise < MOST:
        raise BadFile(path, f"noise of {noise} DN between pixels {LAG} columns apart: no image of the sky")
    blank = 1 - good / ((x1 - x0) * (y1 - y0))
    brightest, level, piled = _brightest(pixels[finite], sky)
    return Look(x0, x1, y0, y1, blank, sky, noise, brightest, level, piled / good, digest(pixels))


def look_at_coverage(path: Path) -> Coverage:
    """Read a coverage map once and measure it.

    Raises
    ------
    BadFile
        The pixels cannot be read, or do not count frames.
    """
    pixels = read_pixels(path)
    frames = pixels[pixels > 0]
    if not len(frames):
        raise BadFile(path, "a coverage map without any frame")
    if np.isinf(frames).any() or np.min(pixels, initial=0, where=~np.isnan(pixels)) < 0 or frames.max() > FRAMES:
        low, high = float(np.nanmin(pixels)), float(frames.max())
        raise BadFile(path, f"pixels from {low:g} to {high:g} in a coverage map, expected 0 to 7 frames")
    bare = 1 - len(frames) / pixels.size
    return Coverage(float(np.median(frames)), float(frames.max()), bare, digest(pixels))


def _brightest(values: Pixels, sky: float) -> tuple[float, float | None, int]:
    """Return the highest pixel, the level of saturation (None where no pixels pile up) and how many are there."""
    highest = float(values.max())
    level = highest - PILE * (highest - sky)
    piled = int(np.count_nonzero(values >= level))
    return (highest, level, piled) if piled >= PILED else (highest, None, 0)


def _median(values: NDArray[np.float64]) -> float:
    kept = values[np.isfinite(values)]
    return float(np.median(kept)) if len(kept) else float("nan")


def _noise(rows: NDArray[np.float64]) -> float:
    """Return the scatter of a pixel from the differences of pixels too far apart to share their noise."""
    steps = rows[:, LAG:] - rows[:, :-LAG]
    return 1.4826 * _median(np.abs(steps - _median(steps))) / math.sqrt(2)
