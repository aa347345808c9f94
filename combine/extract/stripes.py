"""Electronic stripes of bright stars: light along rows of a stack, found by medians across it and taken off."""

import numpy as np
from scipy import ndimage

from combine.measure.aperture import Floats, Image
from schema.settings import Settings

AROUND = 61
"""Rows whose median is the ordinary level of a row: wider than a stripe."""
RIM = 6
"""Rows beside those that stand out which belong to a stripe as well."""
BLOCK = 90
"""Columns of a median: stripes are a little tilted."""


def stripes(above: Image, var: Image, settings: Settings) -> Image | None:
    """Return the light of stripes in an image above its sky (DN, the image's shape); None where there is none.

    A row belongs to a stripe when its median stands `stripe_sigma` above that of the rows around: stars lift only
    some of its pixels. The stripe is followed across in medians of 90 columns.
    """
    with np.errstate(invalid="ignore"):
        unit = above / np.sqrt(var)
    full = np.isfinite(unit).sum(axis=1) >= BLOCK
    if full.sum() < AROUND:
        return None
    level = np.zeros(above.shape[0])
    level[full] = np.nanmedian(unit[full], axis=1)
    high = level - ndimage.median_filter(level, AROUND, mode="nearest")
    scatter = 1.4826 * float(np.median(np.abs(high[full])))
    rows = ndimage.binary_dilation(high > settings["stripe_sigma"][0] * scatter, iterations=RIM) & full
    if not (high > settings["stripe_sigma"][0] * scatter).any():
        return None
    out = np.zeros_like(above)
    labels, count = ndimage.label(rows)
    for one in range(1, count + 1):
        part = np.flatnonzero(labels == one)
        if high[part].max() >= settings["stripe_least"][0]:
            out[part] = _across(above[part])
    return out if out.any() else None


def _across(rows: Image) -> Image:
    """Follow a stripe across: medians of blocks in each row, those lifted by a star replaced, joined by lines."""
    nx = rows.shape[1]
    centres = np.arange(BLOCK // 2, nx - BLOCK // 4, BLOCK // 2)
    boxes = [slice(max(0, c - BLOCK // 2), min(nx, c + BLOCK // 2)) for c in centres]
    known = [int(np.isfinite(rows[:, box]).sum(axis=0).astype(bool).sum()) >= BLOCK // 3 for box in boxes]
    if not any(known):
        return np.zeros_like(rows)
    centres, boxes = centres[known], [box for box, there in zip(boxes, known, strict=True) if there]
    levels = np.array([_median(rows[:, box]) for box in boxes])
    edges = np.r_[0:2, -2:0]
    levels -= 0.5 * (levels[:, edges].max(axis=1) + levels[:, edges].min(axis=1))[:, None]
    total = levels.sum(axis=1)
    lifted = total > 1.5 * np.median(total)
    if lifted.all():
        return np.zeros_like(rows)
    smooth = np.array([np.interp(np.arange(nx), centres[~lifted], line[~lifted]) for line in levels.T])
    return np.where(np.isfinite(rows), np.clip(smooth, 0, None), 0).astype(np.float32)


def _median(values: Image) -> Floats:
    """Return the median of every row; 0 where a row is blank."""
    blank = np.asarray(~np.isfinite(values).any(axis=1))
    return np.asarray(np.where(blank, 0, np.nanmedian(np.where(blank[:, None], 0, values), axis=1)), float)
