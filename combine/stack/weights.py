"""Where a row of the grid reads an image, and under which weights: compiled loops."""

import math

import numpy as np

from schema.compiled import compiled

# No 'nnan': blank pixels are NaN and must spread to just their footprint.
FAST = {"contract", "reassoc", "arcp", "nsz", "afn"}
PITCH = 656
"""Floats from row to row of every buffer. A constant: only then does the compiler see that buffers do not overlap, and
turns the loops into vector instructions. No multiple of 1024, so that rows do not fight for the same cache lines."""
LARGE = 1 << 30
TERMS = (
    (0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (2, 1), (1, 2), (0, 3), (0, 4),
    (1, 3), (0, 5), (0, 6), (1, 4), (0, 7), (0, 8), (0, 9), (0, 10), (0, 11), (0, 12),
)  # fmt: skip
"""Powers of u and v in every smooth model of the field: offsets and pixel maps."""
RESAMPLERS = ("lagrange", "lanczos3", "cubic", "bilinear")


@compiled(FAST)
def at_row(c, v):  # type: ignore[no-untyped-def]  # compiled
    """Return the coefficients of 1, u and u squared of a map at a row: the sum over TERMS in v."""
    high = c[15] + v * (c[16] + v * (c[17] + v * (c[18] + v * c[19])))
    p = c[0] + v * (c[2] + v * (c[5] + v * (c[8] + v * (c[9] + v * (c[11] + v * (c[12] + v * (c[14] + v * high)))))))
    q = c[1] + v * (c[4] + v * (c[7] + v * (c[10] + v * c[13])))
    return p, q, c[3] + v * c[6]


@compiled(FAST)
def shifts_along(c, frame, x0, n, v, whole, fraction):  # type: ignore[no-untyped-def]  # compiled
    """Set the shift in x of n output columns from x0 on, whole and fraction; return the least and largest whole."""
    p, q, r = at_row(c, v)
    u0, du = (x0 - frame[0]) / frame[1], 1.0 / frame[1]
    low, high = np.int32(LARGE), np.int32(-LARGE)
    for x in range(n):
        u = u0 + du * x
        s = p + u * (q + u * r)
        k = np.floor(s)
        whole[x] = np.int32(k)
        fraction[x] = np.float32(s - k)
    for x in range(n):
        low, high = min(low, whole[x]), max(high, whole[x])
    return low, high


@compiled(FAST)
def shifts_down(cx, cy, frame, x0, n, v, whole, fraction):  # type: ignore[no-untyped-def]  # compiled
    """Set the shift in y of n source columns from x0 on; return the least and largest whole part."""
    p, q, r = at_row(cx, v)
    py, qy, ry = at_row(cy, v)
    u0, du = (x0 - p - frame[0]) / frame[1], 1.0 / frame[1]
    low, high = np.int32(LARGE), np.int32(-LARGE)
    for x in range(n):
        near = u0 + du * x  # the output column that this source column is read for: nearly, then well
        u = near - du * near * (q + near * r)
        s = py + u * (qy + u * ry)
        k = np.floor(s)
        whole[x] = np.int32(k)
        fraction[x] = np.float32(s - k)
    for x in range(n):
        low, high = min(low, whole[x]), max(high, whole[x])
    return low, high


@compiled(FAST)
def set_weights(resampler, fraction, n, gain, w):  # type: ignore[no-untyped-def]  # compiled
    """Set the weights of the nodes -2 to 3 for fractions from 0 to 1: w[node * PITCH + x], summing to gain."""
    if resampler == 0:
        _lagrange(fraction, n, np.float32(gain), w)
    else:
        six = np.empty(6)
        for x in range(n):
            _other(resampler, float(fraction[x]), six)
            for k in range(6):
                w[x + k * PITCH] = np.float32(gain * six[k])


@compiled(FAST)
def _lagrange(fraction, n, gain, w):  # type: ignore[no-untyped-def]  # compiled
    """Six-point Lagrange interpolation: exact for polynomials of fifth order."""
    one, two, three = np.float32(1), np.float32(2), np.float32(3)
    c0, c1, c2 = gain * np.float32(1 / 120), gain * np.float32(1 / 24), gain * np.float32(1 / 12)
    for x in range(n):
        f = fraction[x]
        a, b, c, d, e = f + two, f + one, f - one, f - two, f - three
        ab, de, fc = a * b, d * e, f * c
        w[x] = -c0 * b * fc * de
        w[x + PITCH] = c1 * a * fc * de
        w[x + 2 * PITCH] = -c2 * ab * c * de
        w[x + 3 * PITCH] = c2 * ab * f * de
        w[x + 4 * PITCH] = -c1 * ab * fc * e
        w[x + 5 * PITCH] = c0 * ab * fc * d


@compiled(FAST)
def _other(resampler, f, six):  # type: ignore[no-untyped-def]  # compiled
    """Set the weights of Lanczos' window of order 3, of Keys' cubic (a = -1/2), or of bilinear interpolation."""
    total = 0.0
    for k in range(6):
        d = abs(k - 2 - f)
        if resampler == 1:
            w = 1.0 if d < 1e-7 else 3 * math.sin(math.pi * d) * math.sin(math.pi * d / 3) / (math.pi * d) ** 2
            w = w if d < 3 else 0.0
        elif resampler == 2:
            near, far = (1.5 * d - 2.5) * d * d + 1, ((2.5 - 0.5 * d) * d - 4) * d + 2
            w = near if d < 1 else far if d < 2 else 0.0
        else:
            w = max(1 - d, 0.0)
        six[k] = w
        total += w
    for k in range(6):
        six[k] /= total
