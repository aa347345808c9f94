"""Small square images of single stars: medians of their rings, and moving them by parts of a pixel; compiled loops."""

import numpy as np

from combine.measure.aperture import Floats
from combine.measure.render import RADIUS
from schema.compiled import compiled

DISTANCE = np.hypot(*np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1])
RINGS = [np.abs(DISTANCE - ring) < (0.6 if ring < 12 else 1.5) for ring in range(RADIUS + 1)]
"""The pixels of a box at every distance from its middle."""
_PIXELS = np.concatenate([np.flatnonzero(ring) for ring in RINGS])
_ENDS = np.cumsum([np.count_nonzero(ring) for ring in RINGS])


def ring_medians(box: Floats) -> Floats:
    """Return the median of what is not blank in every ring of a box, NaN where all is."""
    out = np.empty(len(RINGS))
    _medians(np.ascontiguousarray(box).ravel(), _PIXELS, _ENDS, out)
    return out


def moved(box: Floats, dx: float, dy: float) -> Floats:
    """Return a box with what is at its middle plus `dx`, `dy` in its middle: 6-point Lagrange, edges repeated."""
    out = np.empty_like(box)
    _move(box, dx, dy, out)
    return out


@compiled()
def _medians(box, pixels, ends, out):  # type: ignore[no-untyped-def]  # compiled
    """Fill the median of every ring."""
    first = 0
    values = np.empty(pixels.size)
    for ring in range(ends.size):
        n = 0
        for k in range(first, ends[ring]):
            v = box[pixels[k]]
            if np.isfinite(v):
                values[n] = v
                n += 1
        out[ring] = np.median(values[:n]) if n else np.nan
        first = ends[ring]


@compiled()
def _weights(f, w):  # type: ignore[no-untyped-def]  # compiled
    """Fill the weights of the nodes -2 to 3 for a fraction from 0 to 1."""
    for k in range(6):
        w[k] = 1.0
        for j in range(6):
            if j != k:
                w[k] *= (f - (j - 2)) / (k - j)


@compiled()
def _move(box, dx, dy, out):  # type: ignore[no-untyped-def]  # compiled
    """Move along rows, then along columns."""
    ny, nx = box.shape
    kx, ky = int(np.floor(dx)), int(np.floor(dy))
    wx, wy, rows = np.empty(6), np.empty(6), np.empty((ny, nx))
    _weights(dx - kx, wx)
    _weights(dy - ky, wy)
    for y in range(ny):
        for x in range(nx):
            total = 0.0
            for k in range(6):
                total += wx[k] * box[y, min(nx - 1, max(0, x + kx + k - 2))]
            rows[y, x] = total
    for y in range(ny):
        for x in range(nx):
            total = 0.0
            for k in range(6):
                total += wy[k] * rows[min(ny - 1, max(0, y + ky + k - 2)), x]
            out[y, x] = total
