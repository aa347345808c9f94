"""Weighted sums, first pass and outlier masks of one block of rows over all images; compiled loops."""

import numpy as np

from combine.stack.kernel import resample
from combine.stack.residual import outlier_rows
from combine.stack.weights import FAST
from schema.compiled import compiled

LINE = 64
"""Pixels whose group means are sorted together."""


@compiled(FAST)
def _add(value, w, total):  # type: ignore[no-untyped-def]  # compiled
    """Add a row without blanks."""
    for x in range(len(value)):
        total[x] += w * value[x]


@compiled(FAST)
def _add_around(value, w, total, missing, lost):  # type: ignore[no-untyped-def]  # compiled
    """Add a row around its blanks; add up weight and number of what is missing."""
    for x in range(len(value)):
        q = value[x]
        good = q == q
        total[x] += w * q if good else np.float32(0)
        missing[x] += np.float32(0) if good else w
        lost[x] += np.float32(0) if good else np.float32(1)


@compiled(FAST)
def _add_covered(value, part, w, total, missing, lost):  # type: ignore[no-untyped-def]  # compiled
    """Add a row whose pixels have parts of the full exposure; add up weight and number of what is missing."""
    for x in range(len(value)):
        q, c = value[x], part[x]
        good = (q == q) & (c > np.float32(0))
        total[x] += w * c * q if good else np.float32(0)
        missing[x] += w - w * c if good else w
        lost[x] += np.float32(0) if good else np.float32(1)


@compiled(FAST)
def _spread(edge, missing, rows, nx, out):  # type: ignore[no-untyped-def]  # compiled
    """Sum along each row what begins and ends at its edges, less what is missing."""
    for r in range(rows):
        s = 0.0
        for x in range(nx):
            s += edge[r * (nx + 1) + x]
            out[r * nx + x] = np.float32(s - missing[r * nx + x])


@compiled(FAST)
def sum_rows(layers, covers, weight, y0, y1, nx, total, weights, count):  # type: ignore[no-untyped-def]  # compiled
    """Weighted sums of one block: sum of w v, sum of w, and the number of images under each pixel; all flat.

    `covers` are the coverage maps of the images, parts of their full exposure; address 0 where there is none.
    """
    rows = y1 - y0
    value, part = np.empty(rows * nx, np.float32), np.empty(rows * nx, np.float32)
    info, unused = np.empty(3 * rows, np.int32), np.empty(3 * rows, np.int32)
    # A weight is one number of an image: its sum is made of where rows begin and end, not of pixels.
    edge, steps = np.zeros(rows * (nx + 1)), np.zeros(rows * (nx + 1))
    missing, lost = np.zeros(rows * nx, np.float32), np.zeros(rows * nx, np.float32)
    for i in range(len(weight)):
        w = weight[i]
        if w <= 0 or not resample(layers, i, y0, y1, nx, value, info):
            continue
        covered = covers.address[i] != 0 and resample(covers, i, y0, y1, nx, part, unused)
        for r in range(rows):
            first, last = info[3 * r], info[3 * r + 1]
            if first >= last:
                continue
            a, z, e = r * nx + first, r * nx + last, r * (nx + 1)
            edge[e + first] += w
            edge[e + last] -= w
            steps[e + first] += 1
            steps[e + last] -= 1
            if covered:
                _add_covered(value[a:z], part[a:z], w, total[a:z], missing[a:z], lost[a:z])
            elif info[3 * r + 2] == 0:
                _add(value[a:z], w, total[a:z])
            else:
                _add_around(value[a:z], w, total[a:z], missing[a:z], lost[a:z])
    _spread(edge, missing, rows, nx, weights)
    _spread(steps, lost, rows, nx, count)
    for x in range(rows * nx):
        if count[x] < np.float32(0.5):
            total[x] = weights[x] = count[x] = np.float32(0)


@compiled(FAST)
def middle_rows(sums, weights, out):  # type: ignore[no-untyped-def]  # compiled
    """Median over groups of sums[group] / weights[group], flat pixels, into `out`; NaN where no group has a weight."""
    groups, size = sums.shape
    line = np.empty((groups, LINE), np.float32)
    for x in range(0, size, LINE):
        n = min(LINE, size - x)
        for g in range(groups):
            _divide(sums[g, x : x + n], weights[g, x : x + n], line[g])
        _sort(line, groups)
        _middle(line, groups, n, out[x : x + n])


@compiled(FAST)
def _divide(total, weight, mean):  # type: ignore[no-untyped-def]  # compiled
    """Set the means of a group; infinite where it has no weight."""
    for x in range(len(total)):
        mean[x] = total[x] / weight[x] if weight[x] > 0 else np.float32(np.inf)


@compiled(FAST)
def _sort(line, groups):  # type: ignore[no-untyped-def]  # compiled
    """Sort every column: Batcher's merging network, whose comparisons are the same for all columns."""
    p = 1
    while p < groups:
        k = p
        while k >= 1:
            for j in range(k % p, groups - k, 2 * k):
                for i in range(min(k, groups - j - k)):
                    if (i + j) // (2 * p) == (i + j + k) // (2 * p):
                        _exchange(line[i + j], line[i + j + k])
            k //= 2
        p *= 2


@compiled(FAST)
def _exchange(a, b):  # type: ignore[no-untyped-def]  # compiled
    """Put the smaller of each pair into a, the larger into b."""
    for x in range(LINE):
        p, q = a[x], b[x]
        a[x] = p if p < q else q
        b[x] = q if p < q else p


@compiled(FAST)
def _middle(line, groups, n, out):  # type: ignore[no-untyped-def]  # compiled
    """Take the median of the columns' finite part, sorted; NaN where nothing is finite."""
    for x in range(n):
        m = groups
        while m > 0 and line[m - 1, x] == np.inf:
            m -= 1
        out[x] = np.float32(np.nan) if m == 0 else np.float32(0.5) * (line[(m - 1) // 2, x] + line[m // 2, x])


@compiled(FAST)
def mask_rows(layers, covers, rows, inner, nx, model, basis, fit, limit, slope, least, grow, ends):  # type: ignore[no-untyped-def]  # compiled
    """Find the outlier pixels of all images on rows (first, last) of the grid: one list, of which ends[i] ends image i.

    The rows carry a margin around the block itself, `inner`; for the rest see `outlier_rows`.
    """
    found = np.empty(1024, np.int32)
    out = np.empty((inner[1] - inner[0]) * nx, np.int32)
    n = 0
    for i in range(len(limit)):
        if np.isfinite(limit[i]):
            y0, y1 = rows
            m = outlier_rows(
                layers, covers, i, y0, y1, inner, nx, model, basis, fit[i], limit[i], slope, least, grow, out
            )
            if n + m > len(found):
                more = np.empty(2 * (n + m), np.int32)
                more[:n] = found[:n]
                found = more
            found[n : n + m] = out[:m]
            n += m
        ends[i] = n
    return found[:n].copy()
