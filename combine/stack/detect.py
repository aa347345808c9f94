"""Detections measured on the images of scans that have no extractions: enough to register by."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.background import background
from combine.stack.pixels import Pixels
from combine.stack.select import Image
from sql import load

Array = NDArray[np.float64]
PER_IMAGE = 100_000
"""Numbers that one image has for its detections, all negative: -(image_id * PER_IMAGE + n)."""


def find_stars(data: NDArray[Any], snr_min: float) -> tuple[Array, Array, Array, Array]:
    """Find stars on one image.

    Parameters
    ----------
    data : (ny, nx) DN, NaN where blank
    snr_min : least peak over the noise of the smoothed image

    Returns
    -------
    x, y (pixel, from 0; windowed centroids), flux (DN in the smoothed peak, relative only), peak over noise.
    """
    image = np.ascontiguousarray(data, np.float32)
    blank = ~np.isfinite(image)
    light = np.where(blank, np.float32(0), image - background(image))
    smooth = ndimage.gaussian_filter(light, 1.2)
    noise = 1.4826 * np.median(np.abs(smooth[~blank]))
    peak = (smooth == ndimage.maximum_filter(smooth, size=7)) & (smooth > snr_min * noise)
    peak &= ~ndimage.binary_dilation(blank, iterations=6)
    peak[:6], peak[-6:], peak[:, :6], peak[:, -6:] = False, False, False, False
    rows, columns = np.nonzero(peak)
    x, y, good = _centroids(light, columns.astype(float), rows.astype(float))
    value = smooth[rows, columns]
    return x[good], y[good], value[good].astype(float), (value / noise)[good].astype(float)


def _centroids(light: NDArray[np.float32], x: Array, y: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Move places to the centroid under a Gaussian window of sigma 1.3 pixels, which does not bias a round star."""
    x0, y0 = np.rint(x).astype(int), np.rint(y).astype(int)
    k = np.arange(-5, 6)
    stamps = light[(y0[:, None, None] + k[:, None]), (x0[:, None, None] + k)].astype(float)
    px, py = x0[:, None] + k, y0[:, None] + k
    for _ in range(8):
        wx = np.exp(-0.5 * ((px - x[:, None]) / 1.3) ** 2)
        wy = np.exp(-0.5 * ((py - y[:, None]) / 1.3) ** 2)
        weight = stamps * wy[:, :, None] * wx[:, None, :]
        total = weight.sum(axis=(1, 2))
        total = np.where(np.abs(total) > 0, total, np.nan)
        x = x + 2 * ((weight.sum(axis=1) * (px - x[:, None])).sum(axis=1) / total)
        y = y + 2 * ((weight.sum(axis=2) * (py - y[:, None])).sum(axis=1) / total)
    good = (np.hypot(x - x0, y - y0) < 2) & np.isfinite(x)
    return x, y, good


def detection_rows(image: Image, pixels: Pixels, snr_min: float) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of deepcal.detection that one image gives, in the frame of its scan."""
    x, y, flux, snr = find_stars(pixels.data, snr_min)
    ra, dec = image.wcs.sky(x, y)
    magnitude = image.magzp - 2.5 * np.log10(flux * 2 * np.pi * 2.9)  # peak of a star of FWHM 2.8" after smoothing
    for n in range(len(x)):
        bands: list[float | None] = [None] * 6
        k = 2 * "jhk".index(image.band)
        bands[k : k + 2] = [round(float(magnitude[n]), 3), round(float(snr[n]), 1)]
        yield (
            -(image.image_id * PER_IMAGE + n + 1), image.tile, float(ra[n]), float(dec[n]),
            image.hemis, image.date, image.scan, image.scan_key, *bands, "image",
        )  # fmt: skip


def store_detections(conn: psycopg.Connection[Any], images: list[tuple[Image, Pixels]], snr_min: float) -> int:
    """Measure and store the detections of images whose scans have none; return how many."""
    count = 0
    with conn.transaction(), conn.cursor() as cursor:
        for tile in sorted({image.tile for image, _ in images}):
            cursor.execute(load("combine/partition.sql"), {"tile": tile})
        with cursor.copy(load("combine/image_detections.sql")) as copy:
            for image, pixels in images:
                for row in detection_rows(image, pixels, snr_min):
                    copy.write_row(row)
                    count += 1
    return count
