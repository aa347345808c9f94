"""Medians of scans as sums: where they were asked for, and where masks would leave nothing."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from combine.stack.kernel import ROWS
from combine.stack.passes import Stacker, Sums

Array = NDArray[np.float64]


def median_sums(stacker: Stacker, scan: NDArray[np.int64], weight: Array) -> Sums:
    """Return the median of the scans: its value times its weight, its weight, and the number of scans.

    Parameters
    ----------
    stacker : N images
    scan : (N,) number of each image's scan, -1 where it is not in
    weight : (N,) inverse variances of the images
    """
    roots = stacker.sum(np.where(scan >= 0, np.sqrt(weight), 0.0))
    w = median_weight(roots.weight, roots.count).astype(np.float32)
    return Sums(np.nan_to_num(stacker.median(scan, weight)) * w, w, roots.count)


def without_holes(stacker: Stacker, sums: Sums, scan: NDArray[np.int64], weight: Array) -> Sums:
    """Put the median of all scans where every one was masked: nothing is blanked for being unlike the rest.

    Parameters: as of `median_sums`, and the sums of what the masks left.
    """
    image, place = stacker.masked_pixels()
    empty = sums.count.ravel()[place] == 0
    if not empty.any():
        return sums
    place, which = np.unique(place[empty], return_inverse=True)
    blocks = np.unique(place // (ROWS * stacker.nx)).tolist()
    middle = stacker.median(scan, weight, blocks).ravel()[place]
    count = np.bincount(which)
    w = np.where(np.isfinite(middle), median_weight(np.bincount(which, np.sqrt(weight[image[empty]])), count), 0.0)
    value, weights, counts = sums.value.copy(), sums.weight.copy(), sums.count.copy()
    value.ravel()[place] = w * np.nan_to_num(middle)
    weights.ravel()[place] = w
    counts.ravel()[place] = np.where(w > 0, count, 0)
    return Sums(value, weights, counts)


def median_weight(roots: NDArray[Any], count: NDArray[Any]) -> Array:
    """Return the inverse variance of a median of n values: about 2/pi that of their mean, more where there are few.

    Parameters
    ----------
    roots : sum of the inverse standard deviations
    count : number of values
    """
    n = np.maximum(count, 1)
    return np.asarray((n + np.pi / 2 - 1) / n * (2 / np.pi) * roots.astype(float) ** 2 / n)
