"""Background cells: clipped means of (image - stack) where no source is; compiled loops."""

import numpy as np

from combine.stack.kernel import resample
from combine.stack.weights import FAST
from schema.compiled import compiled

CELL = 60
"""Columns of a cell; its rows are those of a block."""
THIN = 2
"""Every so many-th row is looked at: the noise of images is smooth enough for those between to tell nothing new."""
LEAST = 60
"""Pixels that make a mean."""
WIDTH = 2.5
"""Deviations that are clipped beyond."""


@compiled(FAST)
def cell_rows(layers, y0, y1, nx, model, faint, mean, count):  # type: ignore[no-untyped-def]  # compiled
    """Clipped mean of (image - model) over faint pixels in cells of one block: mean, count[(image), cell]."""
    value = np.empty((y1 - y0) * nx, np.float32)
    info = np.empty(3 * (y1 - y0), np.int32)
    part = np.empty((y1 - y0 + THIN - 1) // THIN * CELL, np.float32)
    for i in range(len(mean)):
        if not resample(layers, i, y0, y1, nx, value, info):
            continue
        for c in range((nx + CELL - 1) // CELL):
            n = min(CELL, nx - c * CELL)
            filled = 0
            for y in range(0, y1 - y0, THIN):
                o = y * nx + c * CELL
                if info[3 * y] < info[3 * y + 1]:
                    _rest(value[o : o + n], model[o : o + n], faint[o : o + n], part[filled : filled + n])
                    filled += n
            mean[i, c], count[i, c] = _clipped_mean(part[:filled])


@compiled(FAST)
def _rest(value, model, faint, out):  # type: ignore[no-untyped-def]  # compiled
    """Subtract the model; what is not faint becomes NaN."""
    for x in range(len(out)):
        out[x] = value[x] - model[x] if faint[x] else np.float32(np.nan)


@compiled(FAST)
def _sums_inside(part, low, high):  # type: ignore[no-untyped-def]  # compiled
    """Return number, sum, and sum of squares of what lies between two limits."""
    n = s = q = np.float32(0)
    for x in range(len(part)):
        inside = (part[x] > low) & (part[x] < high)
        d = part[x] if inside else np.float32(0)
        n += np.float32(1) if inside else np.float32(0)
        s += d
        q += d * d
    return n, s, q


@compiled(FAST)
def _clipped_mean(part):  # type: ignore[no-untyped-def]  # compiled
    """Return the mean after clipping twice, and how many pixels are behind it; zeros where these are few."""
    low, high = np.float32(-3e38), np.float32(3e38)
    n = m = np.float32(0)
    for _ in range(3):
        n, s, q = _sums_inside(part, low, high)
        if n < LEAST:
            return 0.0, 0.0
        m = s / n
        width = np.float32(WIDTH) * np.sqrt(max(q / n - m * m, np.float32(0)))
        low, high = m - width, m + width
    return float(m), float(n)
