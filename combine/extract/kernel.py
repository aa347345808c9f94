"""The compiled loops of the extraction: peaks, and fits of many stars to a filtered image."""

import numpy as np
from numpy.typing import NDArray

from combine.measure.aperture import Floats, Image
from combine.measure.render import OVERSAMPLE, PARTS, RADIUS, add_phased
from schema.compiled import compiled

Ints = NDArray[np.int64]
SETTLED = 0.02
"""Changes of a star smaller than this, in units of its noise, are not drawn."""
NEIGHBOURS = 12
ALIKE = 1e-3
"""Added to the diagonal of a matrix of profiles: stars at one place cannot be told apart."""


@compiled()
def peaks(image: Image, threshold: float, rows: Ints, cols: Ints) -> int:
    """Fill `rows`, `cols` with the pixels above `threshold` that none of their eight neighbours exceeds; count them.

    Neighbours that are blank do not count. What does not fit into the arrays is counted only.
    """
    ny, nx = image.shape
    found = 0
    for y in range(1, ny - 1):
        for x in range(1, nx - 1):
            v = image[y, x]
            if not v > threshold:
                continue
            highest = True
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    w = image[y + dy, x + dx]
                    later = dy > 0 or (dy == 0 and dx > 0)
                    if (dy != 0 or dx != 0) and (w > v or (w == v and not later)):
                        highest = False
            if highest:
                if found < rows.size:
                    rows[found], cols[found] = y, x
                found += 1
    return found


@compiled()
def stand_out(
    xs: Floats, ys: Floats, heights: Floats, fine: Floats, doubt: Floats, threshold: float, keep: NDArray[np.bool_]
) -> None:
    """Mark the peaks, brightest first, that exceed what the brighter ones that were marked bring to their place.

    Parameters
    ----------
    xs, ys, heights : whole pixels and peak values
    fine : the profile of a star, four times finer than the pixels
    doubt : part of a star's height that may be wrong at a distance of so many quarters of a pixel
    threshold : by which a peak must stand out
    keep : filled
    """
    middle, far = fine.shape[0] // 2, (doubt.size - 1) / 4
    rows, cols = int(ys.max() / far) + 3, int(xs.max() / far) + 3
    last, before = np.full((rows, cols), -1), np.full(xs.size, -1)  # marked stars of each cell, linked
    for i in range(xs.size):
        expected = 0.0
        cy, cx = int(ys[i] / far) + 1, int(xs[i] / far) + 1
        for cell in range(9):
            j = last[cy + cell // 3 - 1, cx + cell % 3 - 1]
            while j >= 0:
                dx, dy = xs[i] - xs[j], ys[i] - ys[j]
                distance = np.sqrt(dx * dx + dy * dy)
                if distance <= far:
                    row, col = middle + int(dy * OVERSAMPLE), middle + int(dx * OVERSAMPLE)
                    share = doubt[int(4 * distance)]
                    if 0 <= row < fine.shape[0] and 0 <= col < fine.shape[1]:
                        share += fine[row, col]
                    expected += heights[j] * share
                j = before[j]
        keep[i] = heights[i] - expected >= threshold
        if keep[i]:
            before[i], last[cy, cx] = last[cy, cx], i


@compiled()
def fit_stars(
    residual: Image,
    phases: Image,
    inverse: Floats,
    xs: Floats,
    ys: Floats,
    heights: Floats,
    reach: Ints,
    rounds: int,
    move: float,
) -> None:
    """Fit stars to a filtered image, one after the other on what the others leave, several rounds.

    Parameters
    ----------
    residual : (ny, nx) filtered image less the stars as they stand in the arrays; kept so
    phases : their profile at sub-pixel phases, of combine.measure.render.phased
    inverse : (9, 9) inverse correlation of the noise between the pixels of a 3 x 3 box
    xs, ys, heights : positions (pixels from 0) and peak values, improved in place; NaN height where the image is blank
    reach : how far each star reaches, pixels
    rounds : over all stars
    move : farthest a star may go from where it began, pixels; 0 fits heights alone
    """
    ny, nx = residual.shape
    x0, y0 = xs.copy(), ys.copy()
    value, model, fit = np.empty(9), np.empty((9, 3)), np.empty(3)
    for _ in range(rounds):
        for i in range(xs.size):
            cx, cy = int(np.rint(xs[i])), int(np.rint(ys[i]))
            if cx < 1 or cx >= nx - 1 or cy < 1 or cy >= ny - 1 or np.isnan(heights[i]):
                heights[i] = np.nan
                continue
            blank = False
            _star(phases, cx - xs[i], cy - ys[i], model)
            for k in range(9):
                row, col = cy + k // 3 - 1, cx + k % 3 - 1
                value[k] = residual[row, col] + heights[i] * model[k, 0]
                blank = blank or not np.isfinite(residual[row, col])
            if blank:
                heights[i] = np.nan
                continue
            size = 3 if move > 0 and heights[i] > 0 else 1
            _solve(model, value, inverse, size, fit)
            before_x, before_y, before = xs[i], ys[i], heights[i]
            new_x, new_y = before_x, before_y
            if size == 3 and fit[0] > 0:
                new_x += min(0.3, max(-0.3, fit[1] / fit[0]))
                new_y += min(0.3, max(-0.3, fit[2] / fit[0]))
                new_x = min(x0[i] + move, max(x0[i] - move, new_x))
                new_y = min(y0[i] + move, max(y0[i] - move, new_y))
            change = abs(fit[0] - before) + abs(fit[0]) * (abs(new_x - before_x) + abs(new_y - before_y))
            if change < SETTLED:
                continue
            xs[i], ys[i], heights[i] = new_x, new_y, fit[0]
            add_phased(residual, phases, before_x, before_y, before, reach[i])
            add_phased(residual, phases, xs[i], ys[i], -heights[i], reach[i])


@compiled()
def variance_growth(xs: Floats, ys: Floats, fine: Floats, start: Ints, other: Ints, out: Floats) -> None:
    """Fill `out` with the variance of each height, fitted with its neighbours, over that of one fitted alone.

    Noise through the filter of least noise is correlated as the filtered star: the covariance of the heights is the
    inverse of the matrix of the stars' profiles at each other's places.

    Parameters
    ----------
    xs, ys : pixels
    fine : the profile of a star, four times finer than the pixels
    start, other : neighbours of star i are other[start[i]:start[i + 1]]; NEIGHBOURS at most count
    """
    middle = fine.shape[0] // 2
    for i in range(xs.size):
        size = min(start[i + 1] - start[i], NEIGHBOURS) + 1
        if size == 1:
            continue
        who = np.empty(size, np.int64)
        who[0] = i
        who[1:] = other[start[i] : start[i] + size - 1]
        matrix, unit = np.empty((size, size)), np.zeros(size)
        unit[0] = 1.0
        for a in range(size):
            for b in range(size):
                row = middle + int(np.rint((ys[who[a]] - ys[who[b]]) * OVERSAMPLE))
                col = middle + int(np.rint((xs[who[a]] - xs[who[b]]) * OVERSAMPLE))
                inside = 0 <= row < fine.shape[0] and 0 <= col < fine.shape[1]
                matrix[a, b] = fine[row, col] if inside else 0.0
        for a in range(size):
            matrix[a, a] += ALIKE
        out[i] = max(1.0, np.linalg.solve(matrix, unit)[0])


@compiled()
def inner_products(image: Image, fine: Floats, xs: Floats, ys: Floats, half: int, out: Floats) -> None:
    """Fill `out` with the sums of `image` times a kernel around `xs`, `ys` (pixels); blank pixels count as 0.

    `fine` is the kernel four times finer than the pixels, `half` + 1 pixels around; it is read at the nearest point.
    """
    ny, nx = image.shape
    middle = fine.shape[0] // 2
    for i in range(xs.size):
        cx, cy = int(np.rint(xs[i])), int(np.rint(ys[i]))
        right, up = int(np.rint((cx - xs[i]) * OVERSAMPLE)), int(np.rint((cy - ys[i]) * OVERSAMPLE))
        total = 0.0
        for row in range(max(0, cy - half), min(ny - 1, cy + half) + 1):
            for col in range(max(0, cx - half), min(nx - 1, cx + half) + 1):
                if np.isfinite(image[row, col]):
                    weight = fine[middle + (row - cy) * OVERSAMPLE + up, middle + (col - cx) * OVERSAMPLE + right]
                    total += weight * image[row, col]
        out[i] = total


@compiled()
def _solve(model: Floats, value: Floats, inverse: Floats, size: int, fit: Floats) -> None:
    """Solve the generalised least squares of nine values on the first `size` columns of `model`."""
    normal, weighted = np.zeros((3, 4)), np.empty(9)
    for a in range(size):
        for k in range(9):
            weighted[k] = 0.0
            for m in range(9):
                weighted[k] += inverse[k, m] * model[m, a]
        for k in range(9):
            for b in range(size):
                normal[a, b] += weighted[k] * model[k, b]
            normal[a, 3] += weighted[k] * value[k]
    for a in range(size):  # Gauss-Jordan; the matrix is positive definite
        pivot = normal[a, a]
        for b in range(4):
            normal[a, b] /= pivot
        for c in range(size):
            if c != a:
                factor = normal[c, a]
                for b in range(4):
                    normal[c, b] -= factor * normal[a, b]
    for a in range(size):
        fit[a] = normal[a, 3]


@compiled()
def _star(phases: Image, dx: float, dy: float, model: Floats) -> None:
    """Fill `model` (9, 3) with a star in the 3 x 3 pixels around it, and its slopes by its own x and y."""
    u, v = (dx + 0.5) * PARTS, (dy + 0.5) * PARTS
    i, j = min(int(u), PARTS - 1), min(int(v), PARTS - 1)
    fu, fv = u - i, v - j
    for k in range(9):
        row, col = RADIUS + k // 3 - 1, RADIUS + k % 3 - 1
        p, q = phases[j, i, row, col], phases[j, i + 1, row, col]
        s, t = phases[j + 1, i, row, col], phases[j + 1, i + 1, row, col]
        model[k, 0] = (1 - fv) * ((1 - fu) * p + fu * q) + fv * ((1 - fu) * s + fu * t)
        model[k, 1] = -PARTS * ((1 - fv) * (q - p) + fv * (t - s))
        model[k, 2] = -PARTS * ((1 - fu) * (s - p) + fu * (t - q))
