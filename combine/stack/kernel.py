"""The resampler: compiled loops that put rows of one image on the grid, each source pixel read once."""

from typing import Any, NamedTuple

import numpy as np
from numba import carray, types  # type: ignore[attr-defined]  # carray is public, though not exported by name
from numba.extending import intrinsic
from numpy.typing import NDArray

from combine.stack.weights import FAST, LARGE, PITCH, set_weights, shifts_along, shifts_down
from schema.compiled import compiled

ROWS = 32
CHUNK = 600
"""Most columns that are resampled at once."""
TALL = 40
"""Most rows that are resampled at once: a block and its margins."""
FOUR = 4
"""Rows that are interpolated together."""
SPARE = 16
"""Floats behind a buffer that a shifted reading may touch."""


class Layers(NamedTuple):
    """The images of one band and direction, as the compiled passes read them; N images.

    Output pixel (X, Y) of the grid lies at u = (X - cx) / hx, v = (Y - cy) / hy in the models.
    """

    address: NDArray[np.uint64]
    """(N,) address of the first pixel, float32."""
    swap: NDArray[np.bool_]
    """(N,) True where the bytes are big-endian."""
    width: NDArray[np.int64]
    """(N,) columns of the image."""
    valid: NDArray[np.int64]
    """(N, 4) columns and rows of the image that hold pixels: x0, x1, y0, y1."""
    rect: NDArray[np.int64]
    """(N, 4) output columns and rows the image owns: x0, x1, y0, y1."""
    map_x: NDArray[np.float64]
    """(N, 20) source column less output column, by TERMS."""
    map_y: NDArray[np.float64]
    """(N, 20) source row less output row, by TERMS."""
    step: NDArray[np.int64]
    """(N, 2) rows over which the shift in x, and that in y, may be held constant."""
    scale: NDArray[np.float32]
    """(N,) factor to the reference zero point."""
    pedestal: NDArray[np.float32]
    """(N,) level taken off while reading, DN of the image: small numbers keep their digits."""
    background: NDArray[np.float64]
    """(N, 3, K) background above the pedestal, scaled DN: powers of u (first), Chebyshev polynomials of v."""
    mask_start: NDArray[np.int64]
    """(N, blocks + 1) where the masked pixels of a block begin in `mask_pixel`."""
    mask_pixel: NDArray[np.int32]
    """(M,) masked output pixels as row in the block times nx plus column."""
    frame: NDArray[np.float64]
    """cx, hx, cy, hy of the grid."""
    resampler: int
    """Place in RESAMPLERS."""


@intrinsic
def _pointer(typing: Any, address: Any) -> Any:
    """Turn an address into a pointer to 32-bit words."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.uint32)(address), generate  # type: ignore[no-untyped-call]  # numba's own types


@intrinsic
def _native(typing: Any, word: Any) -> Any:
    """Turn the bytes of a 32-bit word round."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bswap(arguments[0])

    return types.uint32(types.uint32), generate


@intrinsic
def _as_float(typing: Any, word: Any) -> Any:
    """Take a 32-bit word for the float32 it is."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float32))

    return types.float32(types.uint32), generate


@compiled(FAST)
def _read(address, swap, width, x0, n, y0, rows, pedestal, pixels, blank):  # type: ignore[no-untyped-def]  # compiled
    """Copy n columns from x0 and rows from y0 of an image less its pedestal; tell which rows have blanks."""
    source = carray(_pointer(address), ((y0 + rows) * width,))  # type: ignore[call-arg]  # an intrinsic: the typing context is numba's
    for r in range(rows):
        s = source[(y0 + r) * width + x0 : (y0 + r) * width + x0 + n]
        p = pixels[r * PITCH : r * PITCH + n]
        nothing = np.float32(0)  # plus zeros stays zero; a blank or an infinite pixel makes it NaN
        if swap:
            for x in range(n):
                q = _as_float(_native(s[x])) - pedestal
                p[x] = q
                nothing += q - q
        else:
            for x in range(n):
                q = _as_float(s[x]) - pedestal
                p[x] = q
                nothing += q - q
        blank[r] = nothing != nothing
        if blank[r]:
            for x in range(n):
                p[x] += p[x] - p[x]


@compiled(FAST)
def _down(w, p, n, out):  # type: ignore[no-untyped-def]  # compiled
    """Interpolate between rows: one row from six."""
    for x in range(n):
        out[x] = (
            w[x] * p[x]
            + w[x + PITCH] * p[x + PITCH]
            + w[x + 2 * PITCH] * p[x + 2 * PITCH]
            + w[x + 3 * PITCH] * p[x + 3 * PITCH]
            + w[x + 4 * PITCH] * p[x + 4 * PITCH]
            + w[x + 5 * PITCH] * p[x + 5 * PITCH]
        )


@compiled(FAST)
def _down_four(w, p, n, out):  # type: ignore[no-untyped-def]  # compiled
    """Interpolate between rows: four rows from nine, each read once, for memory is slower than arithmetic."""
    for x in range(n):
        a, b, c = w[x], w[x + PITCH], w[x + 2 * PITCH]
        d, e, f = w[x + 3 * PITCH], w[x + 4 * PITCH], w[x + 5 * PITCH]
        p0, p1, p2 = p[x], p[x + PITCH], p[x + 2 * PITCH]
        p3, p4, p5 = p[x + 3 * PITCH], p[x + 4 * PITCH], p[x + 5 * PITCH]
        p6, p7, p8 = p[x + 6 * PITCH], p[x + 7 * PITCH], p[x + 8 * PITCH]
        out[x] = a * p0 + b * p1 + c * p2 + d * p3 + e * p4 + f * p5
        out[x + PITCH] = a * p1 + b * p2 + c * p3 + d * p4 + e * p5 + f * p6
        out[x + 2 * PITCH] = a * p2 + b * p3 + c * p4 + d * p5 + e * p6 + f * p7
        out[x + 3 * PITCH] = a * p3 + b * p4 + c * p5 + d * p6 + e * p7 + f * p8


@compiled(FAST)
def _along(w, t, b0, b1, b2, u, n, out):  # type: ignore[no-untyped-def]  # compiled
    """Interpolate between columns, and take off the background of the row."""
    for x in range(n):
        out[x] = (
            w[x] * t[x]
            + w[x + PITCH] * t[x + 1]
            + w[x + 2 * PITCH] * t[x + 2]
            + w[x + 3 * PITCH] * t[x + 3]
            + w[x + 4 * PITCH] * t[x + 4]
            + w[x + 5 * PITCH] * t[x + 5]
            - (b0 + u[x] * (b1 + u[x] * b2))
        )


@compiled(FAST)
def _along_four(w, t, b, u, n, one, two, three, four):  # type: ignore[no-untyped-def]  # compiled
    """Interpolate between columns of four rows: weights are read once; b[power * TALL + row]."""
    a0, a1, a2 = b[0], b[TALL], b[2 * TALL]
    b0, b1, b2 = b[1], b[TALL + 1], b[2 * TALL + 1]
    c0, c1, c2 = b[2], b[TALL + 2], b[2 * TALL + 2]
    d0, d1, d2 = b[3], b[TALL + 3], b[2 * TALL + 3]
    q, r, s = t[PITCH:], t[2 * PITCH :], t[3 * PITCH :]
    for x in range(n):
        k0, k1, k2 = w[x], w[x + PITCH], w[x + 2 * PITCH]
        k3, k4, k5 = w[x + 3 * PITCH], w[x + 4 * PITCH], w[x + 5 * PITCH]
        z = u[x]
        one[x] = (
            k0 * t[x] + k1 * t[x + 1] + k2 * t[x + 2] + k3 * t[x + 3] + k4 * t[x + 4] + k5 * t[x + 5]
            - (a0 + z * (a1 + z * a2))
        )  # fmt: skip
        two[x] = (
            k0 * q[x] + k1 * q[x + 1] + k2 * q[x + 2] + k3 * q[x + 3] + k4 * q[x + 4] + k5 * q[x + 5]
            - (b0 + z * (b1 + z * b2))
        )  # fmt: skip
        three[x] = (
            k0 * r[x] + k1 * r[x + 1] + k2 * r[x + 2] + k3 * r[x + 3] + k4 * r[x + 4] + k5 * r[x + 5]
            - (c0 + z * (c1 + z * c2))
        )  # fmt: skip
        four[x] = (
            k0 * s[x] + k1 * s[x + 1] + k2 * s[x + 2] + k3 * s[x + 3] + k4 * s[x + 4] + k5 * s[x + 5]
            - (d0 + z * (d1 + z * d2))
        )  # fmt: skip


@compiled(FAST)
def _row_backgrounds(c, frame, y0, rows, b):  # type: ignore[no-untyped-def]  # compiled
    """Set b[power * TALL + row]: the Chebyshev sums of each row, all rows at once (Clenshaw's recurrence)."""
    v = np.empty(TALL)
    for r in range(TALL):
        v[r] = (y0 + r - frame[2]) / frame[3]
    last, before = np.empty(TALL), np.empty(TALL)
    for k in range(3):
        last[:] = 0.0
        before[:] = 0.0
        degree = c.shape[1] - 1
        while degree > 0 and c[k, degree] == 0:
            degree -= 1
        for j in range(degree, 0, -1):
            a = c[k, j]
            for r in range(TALL):
                now = a + 2.0 * v[r] * last[r] - before[r]
                before[r] = last[r]
                last[r] = now
        for r in range(rows):
            b[k * TALL + r] = np.float32(c[k, 0] + v[r] * last[r] - before[r])


@compiled(FAST)
def _runs(whole, n, low, high, runs):  # type: ignore[no-untyped-def]  # compiled
    """Set where runs of the same whole shift begin, and n at the end; return how many there are."""
    count = 0
    if low == high:
        runs[0] = 0
        count = 1
    else:
        for x in range(n):
            if x == 0 or whole[x] != whole[x - 1]:
                runs[count] = x
                count += 1
    runs[count] = n
    return count


@compiled(FAST)
def _source_columns(layers, i, ya, yb, x0, n, whole, fraction):  # type: ignore[no-untyped-def]  # compiled
    """Return the first source column that n output columns from x0 on need, and one past the last."""
    c0, c1 = LARGE, -LARGE
    for y in (ya, yb - 1):
        v = (y - layers.frame[2]) / layers.frame[3]
        low, high = shifts_along(layers.map_x[i], layers.frame, x0, n, v, whole, fraction)
        c0, c1 = min(c0, x0 + low - 3), max(c1, x0 + n + high + 4)
    c0, c1 = max(c0, layers.valid[i, 0]), min(c1, layers.valid[i, 1])
    return c0, min(c1, c0 + PITCH)


@compiled(FAST)
def _source_rows(layers, i, ya, yb, c0, m, whole, fraction):  # type: ignore[no-untyped-def]  # compiled
    """Return the first source row that output rows ya to yb need, and one past the last."""
    r0, r1 = LARGE, -LARGE
    for y in (ya, yb - 1):
        v = (y - layers.frame[2]) / layers.frame[3]
        low, high = shifts_down(layers.map_x[i], layers.map_y[i], layers.frame, c0, m, v, whole, fraction)
        r0, r1 = min(r0, ya + low - 3), max(r1, yb + high + 4)
    return max(r0, layers.valid[i, 2]), min(r1, layers.valid[i, 3])


@compiled(FAST)
def _rows_down(w, pixels, rows_in, top, rows, whole, runs, count, t):  # type: ignore[no-untyped-def]  # compiled
    """Interpolate `rows` rows (four, or one) into t; the first needs the source rows from top + whole shift on."""
    for j in range(count):
        a, z = runs[j], runs[j + 1]
        first = top + whole[a]
        if rows == FOUR and first >= 0 and first + FOUR + 5 <= rows_in:
            _down_four(w[a:], pixels[first * PITCH + a :], z - a, t[a:])
            continue
        for r in range(rows):
            out = t[r * PITCH + a : r * PITCH + z]
            if first + r >= 0 and first + r + 6 <= rows_in:
                _down(w[a:], pixels[(first + r) * PITCH + a :], z - a, out)
            else:
                out[:] = np.float32(np.nan)


@compiled(FAST)
def _rows_along(w, t, left, rows, whole, runs, count, first, last, b, u, out, nx):  # type: ignore[no-untyped-def]  # compiled
    """Interpolate columns first to last of `rows` rows (four, or one) into out, whose rows are nx apart."""
    for j in range(count):
        a, z = max(runs[j], first), min(runs[j + 1], last)
        if a >= z:
            continue
        s = left + a + whole[a]
        if rows == FOUR:
            _along_four(
                w[a:], t[s:], b, u[a:], z - a, out[a:z], out[nx + a : nx + z], out[2 * nx + a : 2 * nx + z],
                out[3 * nx + a : 3 * nx + z],
            )  # fmt: skip
        else:
            _along(w[a:], t[s:], b[0], b[TALL], b[2 * TALL], u[a:], z - a, out[a:z])


@compiled(FAST)
def _chunk(layers, i, ya, yb, y0, nx, x0, n, out, info):  # type: ignore[no-untyped-def]  # compiled
    """Resample rows ya to yb, n columns from x0 on; widen the range of each row in `info`."""
    frame, map_x, map_y = layers.frame, layers.map_x[i], layers.map_y[i]
    step_x, step_y = layers.step[i]
    whole_x, whole_y, fraction = np.empty(PITCH, np.int32), np.empty(PITCH, np.int32), np.empty(PITCH, np.float32)
    c0, c1 = _source_columns(layers, i, ya, yb, x0, n, whole_x, fraction)
    m = c1 - c0
    if m < 6:
        return
    r0, r1 = _source_rows(layers, i, ya, yb, c0, m, whole_y, fraction)
    if r1 - r0 < 6:
        return
    pixels, blank = np.empty((r1 - r0) * PITCH, np.float32), np.empty(r1 - r0, np.bool_)
    _read(layers.address[i], layers.swap[i], layers.width[i], c0, m, r0, r1 - r0, layers.pedestal[i], pixels, blank)
    b, u = np.empty(3 * TALL, np.float32), np.empty(PITCH, np.float32)
    _row_backgrounds(layers.background[i], frame, ya, yb - ya, b)
    for x in range(n):
        u[x] = np.float32((x0 + x - frame[0]) / frame[1])
    wx, wy = np.empty(6 * PITCH, np.float32), np.empty(6 * PITCH, np.float32)
    runs_x, runs_y = np.empty(PITCH + 1, np.int32), np.empty(PITCH + 1, np.int32)
    t = np.empty(FOUR * PITCH + SPARE, np.float32)
    low_y = high_y = first = last = count_x = count_y = 0
    y = ya
    while y < yb:
        rows = FOUR if min(step_x, step_y) >= FOUR and yb - y >= FOUR else 1
        if (y - ya) % step_y == 0:
            v = (y + 0.5 * (min(step_y, yb - y) - 1) - frame[2]) / frame[3]
            low_y, high_y = shifts_down(map_x, map_y, frame, c0, m, v, whole_y, fraction)
            set_weights(layers.resampler, fraction, m, np.float32(1), wy)
            count_y = _runs(whole_y, m, low_y, high_y, runs_y)
        if (y - ya) % step_x == 0:
            v = (y + 0.5 * (min(step_x, yb - y) - 1) - frame[2]) / frame[3]
            low, high = shifts_along(map_x, frame, x0, n, v, whole_x, fraction)
            set_weights(layers.resampler, fraction, n, layers.scale[i], wx)
            count_x = _runs(whole_x, n, low, high, runs_x)
            first, last = 0, n
            while first < last and x0 + first + whole_x[first] - 2 < c0:
                first += 1
            while last > first and x0 + last - 1 + whole_x[last - 1] + 4 > c1:
                last -= 1
        _rows_down(wy, pixels, r1 - r0, y - 2 - r0, rows, whole_y, runs_y, count_y, t)
        place = out[(y - y0) * nx + x0 :]
        _rows_along(wx, t, x0 - 2 - c0, rows, whole_x, runs_x, count_x, first, last, b[y - ya :], u, place, nx)
        for r in range(rows):
            o = 3 * (y + r - y0)
            if first < last:
                info[o], info[o + 1] = min(info[o], x0 + first), max(info[o + 1], x0 + last)
            top, bottom = y + r + low_y - 2 - r0, y + r + high_y + 4 - r0
            spoiled = top < 0 or bottom > r1 - r0
            for q in range(max(0, top), min(r1 - r0, bottom)):
                spoiled |= blank[q]
            info[o + 2] |= spoiled
        y += rows


@compiled(FAST)
def resample(layers, i, y0, y1, nx, out, info):  # type: ignore[no-untyped-def]  # compiled
    """Put image i on rows y0 to y1 of the grid: out[(y - y0) * nx + x], NaN where it has nothing to say.

    info[3 * (y - y0):][:3] gets the first column of each row, one past the last, and whether a blank is between them.
    Returns False, and leaves both alone, where the image owns none of the rows.
    """
    x0, x1, ya, yb = layers.rect[i]
    ya, yb = max(ya, y0), min(yb, y1)
    if ya >= yb or x0 >= x1:
        return False
    for r in range(y1 - y0):
        info[3 * r], info[3 * r + 1], info[3 * r + 2] = nx, 0, 0
    for x in range(x0, x1, CHUNK):
        _chunk(layers, i, ya, yb, y0, nx, x, min(CHUNK, x1 - x), out, info)
    block = y0 // ROWS
    for r in range(y1 - y0):
        first, last = info[3 * r], info[3 * r + 1]
        if first >= last:
            first = last = info[3 * r] = info[3 * r + 1] = 0
        out[r * nx : r * nx + first] = np.float32(np.nan)
        out[r * nx + last : (r + 1) * nx] = np.float32(np.nan)
    for k in range(layers.mask_start[i, block], layers.mask_start[i, block + 1]):
        p = layers.mask_pixel[k]
        out[p] = np.float32(np.nan)
        info[3 * (p // nx) + 2] = 1
    return True
