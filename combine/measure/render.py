"""Stars drawn into images from a point-spread function on a fine grid."""

import numpy as np

from combine.measure.aperture import Floats, Image
from schema.compiled import compiled

OVERSAMPLE = 4
"""Points of the fine grid in a pixel."""
RADIUS = 31
"""Of a point-spread function, pixels; light farther out is in no star's total."""
PARTS = 16
"""Sub-pixel phases of a point-spread function that is drawn many times."""
MANY = 50
"""Stars from which on it pays to work the phases out first."""


@compiled()
def phased(fine: Floats) -> Image:
    """Return the star at all phases from -1/2 to 1/2 pixel: (PARTS + 1, PARTS + 1, 2 RADIUS + 1, same), y first."""
    side = 2 * RADIUS + 1
    out = np.zeros((PARTS + 1, PARTS + 1, side, side), np.float32)
    for j in range(PARTS + 1):
        for i in range(PARTS + 1):
            add_star(out[j, i], fine, RADIUS + 0.5 - i / PARTS, RADIUS + 0.5 - j / PARTS, 1.0, RADIUS)
    return out


@compiled({"contract", "reassoc", "nsz", "arcp"})
def add_phased(image: Image, phases: Image, x: float, y: float, flux: float, reach: int) -> None:
    """Add one star to `image`, interpolated linearly between the four nearest phases: 3e-4 of its peak at worst."""
    ny, nx = image.shape
    cx, cy = int(np.rint(x)), int(np.rint(y))
    u, v = (cx - x + 0.5) * PARTS, (cy - y + 0.5) * PARTS
    i, j = min(int(u), PARTS - 1), min(int(v), PARTS - 1)
    fu, fv = np.float32(u - i), np.float32(v - j)
    scale = np.float32(flux)
    a, b = scale * (1 - fv) * (1 - fu), scale * (1 - fv) * fu
    c, d = scale * fv * (1 - fu), scale * fv * fu
    left, right = max(0, cx - reach), min(nx - 1, cx + reach) + 1
    first = left - cx + RADIUS
    for row in range(max(0, cy - reach), min(ny - 1, cy + reach) + 1):
        r = row - cy + RADIUS
        p, q = phases[j, i, r], phases[j, i + 1, r]
        s, t = phases[j + 1, i, r], phases[j + 1, i + 1, r]
        line = image[row]
        for k in range(right - left):
            line[left + k] += a * p[first + k] + b * q[first + k] + c * s[first + k] + d * t[first + k]


@compiled()
def add_stars(image: Image, fine: Floats, xs: Floats, ys: Floats, flux: Floats, reach: Floats) -> None:
    """Add stars to `image` in place.

    Parameters
    ----------
    image : (ny, nx) DN
    fine : the grid of a Psf
    xs, ys, flux : positions (pixels from 0) and fluxes (DN)
    reach : how far each star reaches, pixels, RADIUS at most
    """
    if xs.size < MANY:
        for i in range(xs.size):
            add_star(image, fine, xs[i], ys[i], flux[i], int(reach[i]))
        return
    add_all(image, phased(fine), xs, ys, flux, reach)


@compiled()
def add_all(image: Image, phases: Image, xs: Floats, ys: Floats, flux: Floats, reach: Floats) -> None:
    """Add stars to `image` as `add_stars` does, from phases that are worked out."""
    for i in range(xs.size):
        add_phased(image, phases, xs[i], ys[i], flux[i], int(reach[i]))


@compiled()
def add_star(image: Image, fine: Floats, x: float, y: float, flux: float, reach: int) -> None:
    """Add one star to `image`; `fine` is read by cubic interpolation (four-point Lagrange)."""
    ny, nx = image.shape
    middle = fine.shape[0] // 2
    wx, wy = np.empty(4), np.empty(4)
    cx, cy = int(np.rint(x)), int(np.rint(y))
    fx, fy = (cx - x) * OVERSAMPLE, (cy - y) * OVERSAMPLE
    bx, by = int(np.floor(fx)), int(np.floor(fy))
    lagrange4(fx - bx, wx)
    lagrange4(fy - by, wy)
    for row in range(max(0, cy - reach), min(ny - 1, cy + reach) + 1):
        v = middle + (row - cy) * OVERSAMPLE + by - 1
        for col in range(max(0, cx - reach), min(nx - 1, cx + reach) + 1):
            u = middle + (col - cx) * OVERSAMPLE + bx - 1
            value = 0.0
            for a in range(4):
                value += wy[a] * (
                    wx[0] * fine[v + a, u]
                    + wx[1] * fine[v + a, u + 1]
                    + wx[2] * fine[v + a, u + 2]
                    + wx[3] * fine[v + a, u + 3]
                )
            image[row, col] += flux * value


@compiled()
def lagrange4(f: float, w: Floats) -> None:
    """Fill `w` with the weights of the points -1, 0, 1, 2 at `f` between 0 and 1."""
    w[0] = -f * (f - 1) * (f - 2) / 6
    w[1] = (f + 1) * (f - 1) * (f - 2) / 2
    w[2] = -(f + 1) * f * (f - 2) / 2
    w[3] = (f + 1) * f * (f - 1) / 6
