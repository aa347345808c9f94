"""The noise of scans and stacks: the scatter of empty apertures above their surroundings."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.robust import robust_sigma
from combine.stack.kernel import ROWS
from combine.stack.residual import APERTURE_STEP, CIRCLE, STRUCTURE, plane_places

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
AROUND = 3
"""Cells whose mean level is the surroundings of an aperture, 90 by 32 arcsec: photometry does not see what is wider."""


def levelled(apertures: Plane, cells: Plane) -> Plane:
    """Return sums in apertures less the level around them.

    Scans and stacks are measured by this one linear rule; else the noise of one would not tell that of the other.

    Parameters
    ----------
    apertures : (..., places) sums in circles of 4 pixels, DN; two rows of places a block
    cells : (..., cells) mean levels of the block, DN a pixel
    """
    there = np.isfinite(cells)
    total, count = (
        ndimage.uniform_filter1d(plane, AROUND, axis=-1, mode="constant")
        for plane in (np.where(there, cells, np.float32(0)), there.astype(np.float32))
    )
    level = np.where(count > 1e-3, total / np.maximum(count, np.float32(1e-3)), np.float32(np.nan))
    places = 5 + APERTURE_STEP * np.arange(apertures.shape[-1] // 2)
    nearest = np.minimum(places // STRUCTURE, cells.shape[-1] - 1)
    return np.asarray(apertures - CIRCLE.sum() * level[..., np.tile(nearest, 2)], np.float32)


def plane_noise(plane: Plane, empty: NDArray[np.bool_]) -> float:
    """Return the scatter of empty apertures of 4 arcsec on an image (ny, nx), in its unit; NaN where none is empty.

    `empty` are the pixels without light of sources; the field has about 12,000 places.
    """
    ny, nx = plane.shape
    blocks = (ny + ROWS - 1) // ROWS
    apertures = np.full((blocks, 2 * ((nx + APERTURE_STEP - 1) // APERTURE_STEP)), np.nan, np.float32)
    cells = np.full((blocks, (nx + STRUCTURE - 1) // STRUCTURE), np.nan, np.float32)
    plane_places(np.ascontiguousarray(plane, np.float32), np.ascontiguousarray(empty), ROWS, apertures, cells)
    return robust_sigma(levelled(apertures, cells))


def freed(variance: Array, part: Array) -> Array:
    """Return the variances of scans from those of their residuals against a mean they are part of.

    A residual has s_i (1 - 2 p_i) + sum of p_j^2 s_j, p being the parts: one linear equation a scan. A scan that makes
    up nearly half of the mean cannot be told from it; its variance is taken as if its part were 0.4.
    """
    left = 1 - 2 * np.minimum(part, 0.4)
    common = np.sum(part**2 * variance / left) / (1 + np.sum(part**2 / left))
    return np.asarray(np.maximum((variance - common) / left, 0.25 * variance))
