"""The resampler and the passes over all scans: compiled loops that read every pixel once a pass."""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import carray, njit, types  # type: ignore[attr-defined]  # carray is public, though not exported by name
from numba.extending import intrinsic
from numpy.typing import NDArray

# No 'nnan': blank pixels are NaN and must spread to just their footprint.
FAST = {"contract", "reassoc", "arcp", "nsz", "afn"}
ROWS = 32
TERMS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (2, 1), (1, 2), (0, 3), (0, 4))
"""Powers of u and v in every smooth model of the field: offsets and pixel maps."""


class Layers(NamedTuple):
    """The images of one band and direction, as the compiled passes read them; N images.

    Output pixel (X, Y) of the grid lies at u = (X - cx) / hx, v = (Y - cy) / hy in the models.
    """

    address: NDArray[np.uint64]
    """(N,) address of the first pixel, float32."""
    swap: NDArray[np.bool_]
    """(N,) True where the bytes are big-endian."""
    shape: NDArray[np.int64]
    """(N, 2) rows and columns of the image."""
    rect: NDArray[np.int64]
    """(N, 4) output columns and rows the image owns: x0, x1, y0, y1."""
    map_x: NDArray[np.float64]
    """(N, 10) source column less output column, by TERMS."""
    map_y: NDArray[np.float64]
    """(N, 10) source row less output row, by TERMS."""
    step: NDArray[np.int64]
    """(N,) rows over which a shift may be held constant."""
    scale: NDArray[np.float32]
    """(N,) factor to the reference zero point."""
    background: NDArray[np.float64]
    """(N, 3, K) background, scaled DN: powers of u (first), Chebyshev polynomials of v."""
    mask_start: NDArray[np.int64]
    """(N, blocks + 1) where the masked pixels of a block begin in `mask_pixel`."""
    mask_pixel: NDArray[np.int32]
    """(M,) masked output pixels as row in the block times nx plus column."""
    frame: NDArray[np.float64]
    """cx, hx, cy, hy of the grid."""


@intrinsic
def _pointer(typing: Any, address: Any) -> Any:
    """Turn an address into a pointer to 32-bit words."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.uint32)(address), generate  # type: ignore[no-untyped-call]  # numba's own types


@njit(cache=True, fastmath=FAST, nogil=True)
def _weights(c, frame, x0, n, v):  # type: ignore[no-untyped-def]  # compiled
    """Six-point Lagrange weights along a row of n places from a pixel map.

    Returns the smallest whole shift, the number of taps and the (taps, n) weights: six at each place, the rest zero
    where the whole part of the shift changes along the row.
    """
    p = c[0] + v * (c[2] + v * (c[5] + v * (c[8] + v * c[9])))
    q = c[1] + v * (c[4] + v * c[7])
    r = c[3] + v * c[6]
    u0, du = (x0 - frame[0]) / frame[1], 1.0 / frame[1]
    fraction = np.empty(n, np.float32)
    whole = np.empty(n, np.int32)
    low, high = 1 << 30, -(1 << 30)
    for x in range(n):
        u = u0 + du * x
        s = p + u * (q + u * r)
        k = math.floor(s)
        whole[x] = k
        fraction[x] = s - k
        low, high = min(low, k), max(high, k)
    taps = high - low + 6
    w = np.zeros((taps, n), np.float32)
    six = np.empty((6, n), np.float32)
    _lagrange(fraction, n, six[0], six[1], six[2], six[3], six[4], six[5])
    if taps == 6:
        w[:] = six
    else:
        for k in range(6):
            for x in range(n):
                w[k + whole[x] - low, x] = six[k, x]
    return low, taps, w.ravel()


@njit(cache=True, fastmath=FAST, nogil=True)
def _lagrange(fraction, n, w0, w1, w2, w3, w4, w5):  # type: ignore[no-untyped-def]  # compiled
    """Set the Lagrange weights of the nodes -2 to 3 for fractions from 0 to 1."""
    one, two, three = np.float32(1), np.float32(2), np.float32(3)
    c0, c1, c2 = np.float32(1 / 120), np.float32(1 / 24), np.float32(1 / 12)
    for x in range(n):
        f = fraction[x]
        a, b, c, d, e = f + two, f + one, f - one, f - two, f - three
        ab, de, fc = a * b, d * e, f * c
        w0[x] = -c0 * b * fc * de
        w1[x] = c1 * a * fc * de
        w2[x] = -c2 * ab * c * de
        w3[x] = c2 * ab * f * de
        w4[x] = -c1 * ab * fc * e
        w5[x] = c0 * ab * fc * d


@njit(cache=True, fastmath=FAST, nogil=True)
def _read(address, swap, ny, nx, r0, rows, c0, n, words, pixels):  # type: ignore[no-untyped-def]  # compiled
    """Copy a rectangle of source pixels in native byte order; NaN outside the image."""
    source = carray(_pointer(address), (ny * nx,))  # type: ignore[call-arg]  # an intrinsic: the typing context is numba's
    for r in range(rows):
        o = r * n
        row = pixels[o : o + n]
        y = r0 + r
        first, last = max(0, -c0), min(n, nx - c0)
        if y < 0 or y >= ny or last <= first:
            row[:] = np.float32(np.nan)
            continue
        row[:first] = np.float32(np.nan)
        row[last:] = np.float32(np.nan)
        s = source[y * nx + c0 + first : y * nx + c0 + last]
        d = words[o + first : o + last]
        if swap:
            for x in range(last - first):
                w = s[x]
                d[x] = (
                    (w >> np.uint32(24))
                    | ((w >> np.uint32(8)) & np.uint32(0xFF00))
                    | ((w << np.uint32(8)) & np.uint32(0xFF0000))
                    | (w << np.uint32(24))
                )
        else:
            d[:] = s


@njit(cache=True, fastmath=FAST, nogil=True)
def _convolve(p, w, taps, stride, n, out):  # type: ignore[no-untyped-def]  # compiled
    """Sum taps of p, `stride` apart, under weights w[tap * n + x] that vary along the row; all arrays are flat."""
    if taps == 7:
        for x in range(n):
            out[x] = (
                w[x] * p[x]
                + w[x + n] * p[x + stride]
                + w[x + 2 * n] * p[x + 2 * stride]
                + w[x + 3 * n] * p[x + 3 * stride]
                + w[x + 4 * n] * p[x + 4 * stride]
                + w[x + 5 * n] * p[x + 5 * stride]
                + w[x + 6 * n] * p[x + 6 * stride]
            )
    elif taps == 6:
        for x in range(n):
            out[x] = (
                w[x] * p[x]
                + w[x + n] * p[x + stride]
                + w[x + 2 * n] * p[x + 2 * stride]
                + w[x + 3 * n] * p[x + 3 * stride]
                + w[x + 4 * n] * p[x + 4 * stride]
                + w[x + 5 * n] * p[x + 5 * stride]
            )
    else:
        for x in range(n):
            out[x] = w[x] * p[x]
        for k in range(1, taps):
            for x in range(n):
                out[x] += w[k * n + x] * p[k * stride + x]


@njit(cache=True, fastmath=FAST, nogil=True)
def _resample_rows(address, swap, ny, nx, map_x, map_y, frame, x0, n, y0, rows, out, first, stride):  # type: ignore[no-untyped-def]  # compiled
    """Resample a few rows under one set of weights; row r goes to out[first + r * stride:][:n]."""
    v = (y0 + 0.5 * (rows - 1) - frame[2]) / frame[3]
    base_x, taps_x, wx = _weights(map_x, frame, x0, n, v)
    m = n + taps_x - 1
    base_y, taps_y, wy = _weights(map_y, frame, x0 - 2, m, v)
    words = np.empty((rows + taps_y) * m, np.uint32)
    pixels = words.view(np.float32)
    _read(address, swap, ny, nx, y0 + base_y - 2, rows + taps_y - 1, x0 + base_x - 2, m, words, pixels)
    t = np.empty(m, np.float32)
    for r in range(rows):
        o = first + r * stride
        _convolve(pixels[r * m : (r + taps_y) * m], wy, taps_y, m, m, t)
        _convolve(t, wx, taps_x, 1, n, out[o : o + n])


@njit(cache=True, fastmath=FAST, nogil=True)
def _subtract(scale, background, frame, x0, n, y0, rows, out, first, stride):  # type: ignore[no-untyped-def]  # compiled
    """Bring resampled rows to the reference zero point and subtract their background."""
    b = np.empty(3, np.float32)
    u0, du = np.float32((x0 - frame[0]) / frame[1]), np.float32(1.0 / frame[1])
    u = np.empty(n, np.float32)
    for x in range(n):
        u[x] = u0 + du * np.float32(x)
    for r in range(rows):
        v = (y0 + r - frame[2]) / frame[3]
        for k in range(3):
            c = background[k]
            last, before = 0.0, 0.0  # Clenshaw's recurrence
            for j in range(len(c) - 1, 0, -1):
                last, before = c[j] + 2.0 * v * last - before, last
            b[k] = c[0] + v * last - before
        b0, b1, b2 = b[0], b[1], b[2]
        row = out[first + r * stride : first + r * stride + n]
        for x in range(n):
            row[x] = row[x] * scale - (b0 + u[x] * (b1 + u[x] * b2))


@njit(cache=True, fastmath=FAST, nogil=True)
def resample(layers, i, y0, y1, nx, out):  # type: ignore[no-untyped-def]  # compiled
    """Put image i on rows y0 to y1 of the grid: out[(y - y0) * nx + x], NaN where it has nothing to say.

    Returns False, and leaves `out` alone, where the image owns none of the rows.
    """
    x0, x1, ya, yb = layers.rect[i]
    ya, yb = max(ya, y0), min(yb, y1)
    if ya >= yb or x0 >= x1:
        return False
    for y in range(y0, y1):
        o = (y - y0) * nx
        if y < ya or y >= yb:
            out[o : o + nx] = np.float32(np.nan)
        else:
            out[o : o + x0] = np.float32(np.nan)
            out[o + x1 : o + nx] = np.float32(np.nan)
    n, step, frame = x1 - x0, layers.step[i], layers.frame
    address, swap, map_x, map_y = layers.address[i], layers.swap[i], layers.map_x[i], layers.map_y[i]
    rows_in, columns_in = layers.shape[i]
    y = ya
    while y < yb:
        rows = min(step, yb - y)
        first = (y - y0) * nx + x0
        _resample_rows(address, swap, rows_in, columns_in, map_x, map_y, frame, x0, n, y, rows, out, first, nx)
        y += rows
    first = (ya - y0) * nx + x0
    _subtract(layers.scale[i], layers.background[i], frame, x0, n, ya, yb - ya, out, first, nx)
    block = y0 // ROWS
    for k in range(layers.mask_start[i, block], layers.mask_start[i, block + 1]):
        out[layers.mask_pixel[k]] = np.float32(np.nan)
    return True


@njit(cache=True, fastmath=FAST, nogil=True)
def _add(value, a, c):  # type: ignore[no-untyped-def]  # compiled
    """Add the pixels that are not blank, and count them."""
    for x in range(len(value)):
        q = value[x]
        good = q == q
        a[x] += q if good else np.float32(0)
        c[x] += np.float32(1) if good else np.float32(0)


@njit(cache=True, fastmath=FAST, nogil=True)
def _add_weighted(value, w, a, b, c):  # type: ignore[no-untyped-def]  # compiled
    """Add the pixels that are not blank under a weight, the weight, and count them."""
    for x in range(len(value)):
        q = value[x]
        good = q == q
        a[x] += w * q if good else np.float32(0)
        b[x] += w if good else np.float32(0)
        c[x] += np.float32(1) if good else np.float32(0)


@njit(cache=True, fastmath=FAST, nogil=True)
def median_rows(layers, group, groups, y0, y1, nx, out):  # type: ignore[no-untyped-def]  # compiled
    """First pass of one block: the median over groups of the mean of each group's images; flat `out`."""
    size = (y1 - y0) * nx
    total = np.zeros((groups, size), np.float32)
    count = np.zeros((groups, size), np.float32)
    value = np.empty(size, np.float32)
    for i in range(len(group)):
        if group[i] >= 0 and resample(layers, i, y0, y1, nx, value):
            _add(value, total[group[i]], count[group[i]])
    means = np.empty(groups, np.float32)
    for x in range(size):
        m = 0
        for g in range(groups):
            if count[g, x] > 0:
                q = total[g, x] / count[g, x]
                j = m
                while j > 0 and means[j - 1] > q:
                    means[j] = means[j - 1]
                    j -= 1
                means[j] = q
                m += 1
        out[x] = np.float32(np.nan) if m == 0 else np.float32(0.5) * (means[(m - 1) // 2] + means[m // 2])


@njit(cache=True, fastmath=FAST, nogil=True)
def sum_rows(layers, weight, y0, y1, nx, total, weights, count):  # type: ignore[no-untyped-def]  # compiled
    """Weighted sums of one block: sum of w v, sum of w, and the number of images under each pixel; all flat."""
    value = np.empty((y1 - y0) * nx, np.float32)
    for i in range(len(weight)):
        w = weight[i]
        if w > 0 and resample(layers, i, y0, y1, nx, value):
            _add_weighted(value, w, total, weights, count)
