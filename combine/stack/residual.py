"""Residuals of each image against the stack: statistics, outlier regions; compiled loops."""

import numpy as np
from numpy.typing import NDArray

from combine.stack.kernel import resample
from combine.stack.weights import FAST
from schema.compiled import compiled

STRUCTURE = 30
"""Columns of a structure cell."""
APERTURE_STEP = 10
"""Columns between empty apertures."""
REACH = 4
"""Radius of an empty aperture, pixels."""


def _circle(radius: int, fine: int = 32) -> NDArray[np.float32]:
    """Return the part of each pixel of a (2 radius + 1) square that a circle around the middle pixel covers."""
    place = (np.arange((2 * radius + 1) * fine) + 0.5) / fine - radius - 0.5
    inside = place[:, None] ** 2 + place**2 <= radius**2
    parts = inside.reshape(2 * radius + 1, fine, 2 * radius + 1, fine)
    return np.asarray(parts.mean(axis=(1, 3)), np.float32)


CIRCLE = _circle(REACH)
FIT = 4
"""Terms of the star fit: gain, Laplacian, shift in x and in y."""


@compiled(FAST)
def _disk(r, faint, nx, y, x):  # type: ignore[no-untyped-def]  # compiled
    """Sum a circle of radius 4 pixels around a pixel; NaN where a star or a blank is in it."""
    total = np.float32(0)
    for j in range(-REACH, REACH + 1):
        for k in range(-REACH, REACH + 1):
            w = CIRCLE[j + REACH, k + REACH]
            if w > 0:
                p = (y + j) * nx + x + k
                total += w * r[p] if faint[p] else np.float32(np.nan)
    return total


@compiled(FAST)
def _faint_sums(r, faint, limit, sums):  # type: ignore[no-untyped-def]  # compiled
    """Add count, sum, sum of squares (inside the limit) and the number of outliers of faint pixels to sums[:4]."""
    n = s = q = o = np.float32(0)
    for x in range(len(r)):
        good = faint[x] & (r[x] == r[x])
        inside = good & (abs(r[x]) < limit)
        d = r[x] if inside else np.float32(0)
        n += np.float32(1) if inside else np.float32(0)
        s += d
        q += d * d
        o += np.float32(1) if good else np.float32(0)
    sums[0] += n
    sums[1] += s
    sums[2] += q
    sums[3] += o - n


@compiled(FAST)
def _faint_sum(r, faint):  # type: ignore[no-untyped-def]  # compiled
    """Return number and sum of faint pixels."""
    n = s = np.float32(0)
    for x in range(len(r)):
        good = faint[x] & (r[x] == r[x])
        n += np.float32(1) if good else np.float32(0)
        s += r[x] if good else np.float32(0)
    return n, s


@compiled(FAST)
def _star_sums(r, star, basis, sigma, sums):  # type: ignore[no-untyped-def]  # compiled
    """Add the normal equations of the star fit to sums: 4 x 4, right side, chi-squared, count."""
    b = np.empty(FIT)
    for x in range(len(r)):
        d = r[x]
        if not star[x] or d != d:
            continue
        m = basis[0, x]
        most = 8 * sigma + 0.5 * m  # what a hot pixel adds must not look like a fault of the stars
        d = min(max(d, -most), most)
        w = 1.0 / (sigma * sigma + 0.0025 * m * m)
        for j in range(FIT):
            b[j] = basis[j, x]
        for j in range(FIT):
            for k in range(FIT):
                sums[j * FIT + k] += w * b[j] * b[k]
            sums[16 + j] += w * b[j] * d
        sums[20] += w * d * d
        sums[21] += 1.0


@compiled(FAST)
def _empty_places(value, faint, rows, nx, apertures, cells):  # type: ignore[no-untyped-def]  # compiled
    """Set the sums in empty circles and the means of cells of one block; what is not empty stays as it is."""
    for j in range(2):
        y = 8 + 16 * j
        if y + 4 < rows:
            for k in range((nx - 10) // APERTURE_STEP):
                apertures[j * ((nx + 9) // APERTURE_STEP) + k] = _disk(value, faint, nx, y, 5 + k * APERTURE_STEP)
    for c in range((nx + STRUCTURE - 1) // STRUCTURE):
        n = s = np.float32(0)
        for y in range(rows):
            o, width = y * nx + c * STRUCTURE, min(STRUCTURE, nx - c * STRUCTURE)
            more, further = _faint_sum(value[o : o + width], faint[o : o + width])
            n += more
            s += further
        if n >= 300:
            cells[c] = s / n


@compiled(FAST)
def plane_places(plane, faint, rows, apertures, cells):  # type: ignore[no-untyped-def]  # compiled
    """Do for an image of the whole field, in blocks of so many rows, what is done for residuals."""
    ny, nx = plane.shape
    for b in range(len(apertures)):
        y0, y1 = b * rows, min(ny, (b + 1) * rows)
        _empty_places(plane[y0:y1].ravel(), faint[y0:y1].ravel(), y1 - y0, nx, apertures[b], cells[b])


@compiled(FAST)
def statistic_rows(layers, first, last, sigma, y0, y1, nx, model, faint, star, basis, sums, apertures, cells):  # type: ignore[no-untyped-def]  # compiled
    """Residual statistics of one block, added to sums[(image), 26]; apertures and cells get their own values.

    apertures[(image), 2 x ceil(nx / 10)] are sums in circles of 4 pixels; cells[(image), ceil(nx / 30)] are means; DN.
    """
    rows = y1 - y0
    size = rows * nx
    value = np.empty(size, np.float32)
    info = np.empty(3 * (y1 - y0), np.int32)
    for i in range(first, last):
        if not resample(layers, i, y0, y1, nx, value, info):
            continue
        for x in range(size):
            value[x] -= model[x]
        _faint_sums(value, faint, np.float32(5 * sigma[i]), sums[i, :4])
        _star_sums(value, star, basis, sigma[i], sums[i, 4:])
        _empty_places(value, faint, rows, nx, apertures[i], cells[i])


@compiled(FAST)
def _keep_regions(flag, rows, nx, least):  # type: ignore[no-untyped-def]  # compiled
    """Set flags of regions of `least` or more connected pixels to 2, of all others to 0; tell which rows have any."""
    stack = np.empty(rows * nx, np.int32)
    kept = np.zeros(rows, np.bool_)
    for start in range(rows * nx):
        if flag[start] != 1:
            continue
        flag[start] = 3
        stack[0] = start
        n, done = 1, 0
        while done < n:
            p = stack[done]
            done += 1
            y, x = p // nx, p % nx
            for j in range(max(0, y - 1), min(rows, y + 2)):
                for k in range(max(0, x - 1), min(nx, x + 2)):
                    if flag[j * nx + k] == 1:
                        flag[j * nx + k] = 3
                        stack[n] = j * nx + k
                        n += 1
        for m in range(n):
            flag[stack[m]] = 2 if n >= least else 0
            kept[stack[m] // nx] |= n >= least
    return kept


@compiled(FAST)
def _excess(value, model, b0, b1, b2, b3, f0, f1, f2, f3, limit, slope):  # type: ignore[no-untyped-def]  # compiled
    """Put into value by how much the residual of the fitted model exceeds its limit; count the pixels where it does."""
    found = np.float32(0)
    for x in range(len(value)):
        d = value[x] - model[x] - (f0 * b0[x] + f1 * b1[x] + f2 * b2[x] + f3 * b3[x])
        d = abs(d) - limit - slope[x]
        value[x] = d
        found += np.float32(1) if d > np.float32(0) else np.float32(0)
    return found


@compiled(FAST)
def _noisier(value, part, limit):  # type: ignore[no-untyped-def]  # compiled
    """Let the limit of pixels with a part of the full exposure be higher, as their noise is."""
    for x in range(len(value)):
        c = min(max(part[x], np.float32(0.01)), np.float32(1))
        value[x] -= limit * (np.float32(1) / np.sqrt(c) - np.float32(1))


@compiled(FAST)
def outlier_rows(layers, covers, i, y0, y1, inner, nx, model, basis, fit, limit, slope, least, grow, out):  # type: ignore[no-untyped-def]  # compiled
    """Find the outlier regions of image i on rows y0 to y1; return how many pixels were written to out.

    `inner` is (first, last) row of the block itself inside the rows, which carry a margin; a residual may reach
    `limit` + `slope` of its pixel; out gets flat pixels of the block.
    """
    rows = y1 - y0
    size = rows * nx
    value = np.empty(size, np.float32)
    info = np.empty(3 * (y1 - y0), np.int32)
    if not resample(layers, i, y0, y1, nx, value, info):
        return 0
    limit = np.float32(limit)
    f0, f1, f2, f3 = np.float32(fit[0]), np.float32(fit[1]), np.float32(fit[2]), np.float32(fit[3])
    found = _excess(value, model, basis[0], basis[1], basis[2], basis[3], f0, f1, f2, f3, limit, slope)
    if covers.address[i] != 0:
        part = np.empty(size, np.float32)
        if resample(covers, i, y0, y1, nx, part, info):
            _noisier(value, part, limit)
    if found < least:
        return 0
    flag = np.empty(size, np.uint8)
    for x in range(size):
        flag[x] = np.uint8(1) if value[x] > 0 else np.uint8(0)
    kept = _keep_regions(flag, rows, nx, least)
    n = 0
    for y in range(inner[0], inner[1]):
        if not kept[max(0, y - grow) : y + grow + 1].any():
            continue
        for x in range(nx):
            hit = False
            for j in range(max(0, y - grow), min(rows, y + grow + 1)):
                for k in range(max(0, x - grow), min(nx, x + grow + 1)):
                    hit = hit or flag[j * nx + k] == 2
            if hit:
                out[n] = (y - inner[0]) * nx + x
                n += 1
    return n
