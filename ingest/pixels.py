"""A first look at the pixels of an image: where it is not blank, how bright its sky is, how noisy."""

import math
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from schema.errors import BadFile

LAG = 6  # pixels apart: the noise of Atlas Images is correlated up to 5
SAMPLE = 16  # every so many rows enter the medians


@dataclass(frozen=True)
class Look:
    """The valid rectangle (half-open, from 0), blank pixels inside it over all of them, median and noise (DN)."""

    x0: int
    x1: int
    y0: int
    y1: int
    blank_fraction: float
    sky_measured: float
    noise_measured: float


def look(path: Path) -> Look:
    """Read an image once and measure it.

    Raises
    ------
    BadFile
        The pixels cannot be read, are all blank or all the same, or some are infinite.
    """
    pixels = _pixels(path)
    finite = np.isfinite(pixels)
    columns, rows = np.flatnonzero(finite.any(axis=0)), np.flatnonzero(finite.any(axis=1))
    if not len(columns):
        raise BadFile(path, "every pixel is blank")
    x0, x1, y0, y1 = int(columns[0]), int(columns[-1]) + 1, int(rows[0]), int(rows[-1]) + 1
    good = int(np.count_nonzero(finite))
    if good + np.count_nonzero(np.isnan(pixels)) < pixels.size:
        raise BadFile(path, "some pixels are infinite, expected numbers, and NaN where blank")
    sample = pixels[y0:y1:SAMPLE, x0:x1]
    sky, noise = _median(sample), _noise(sample)
    if not noise > 0:
        raise BadFile(path, f"noise of {noise} DN between pixels {LAG} columns apart: no image of the sky")
    return Look(x0, x1, y0, y1, 1 - good / ((x1 - x0) * (y1 - y0)), sky, noise)


def _median(values: NDArray[np.float32]) -> float:
    kept = values[np.isfinite(values)]
    return float(np.median(kept)) if len(kept) else float("nan")


def _noise(rows: NDArray[np.float32]) -> float:
    """Return the scatter of a pixel from the differences of pixels too far apart to share their noise."""
    steps = rows[:, LAG:] - rows[:, :-LAG]
    return 1.4826 * _median(np.abs(steps - _median(steps))) / math.sqrt(2)


def _pixels(path: Path) -> NDArray[np.float32]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what astropy warns of in headers, the reading of the header judges
            with fits.open(path, memmap=True) as hdus:
                data = next(hdu.data for hdu in hdus if hdu.header.get("NAXIS") == 2 and hdu.is_image)
                return np.asarray(data, dtype=np.float32)
    except (OSError, EOFError, ValueError, TypeError, StopIteration) as error:
        raise BadFile(path, f"the pixels cannot be read ({error}); get the file again") from error
