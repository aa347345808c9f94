"""The point-spread function of a stack, measured on its own stars."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy import ndimage

from combine.measure.aperture import Floats, Image, aperture

OVERSAMPLE = 4
RADIUS = 31
"""Of a point-spread function, pixels; light farther out is in no star's total."""

FWHM_SIGMA = 2.3548
PHASES = (0.0, 0.25, 0.5)


@dataclass(frozen=True)
class Psf:
    """The image of a star of unit flux.

    fine : (4 * 2 * 33 + 1, same) star on a grid four times finer than the pixels, per pixel area, centred
    fwhm : full width at half maximum, pixels
    stars : stars it was measured on; 0 for an assumed Gaussian
    """

    fine: Floats
    fwhm: float
    stars: int

    def stamp(self, dx: float = 0.0, dy: float = 0.0, half: int = RADIUS) -> Floats:
        """Return the (2 half + 1, 2 half + 1) image of a star `dx`, `dy` pixels off the middle of the stamp."""
        out = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
        add_stars(out, self.fine, np.array([half + dx]), np.array([half + dy]), np.ones(1), np.array([half]))
        return out.astype(float)

    def growth(self, radius: float) -> float:
        """Return the part of the light in an aperture of `radius` pixels, averaged over sub-pixel phases."""
        sums = [aperture(self._image(f, g), RADIUS + f, RADIUS + g, radius).sum[0] for f in PHASES for g in PHASES]
        return float(np.mean(sums))

    def _image(self, dx: float, dy: float) -> Image:
        """Return the largest stamp in the type of images."""
        return self.stamp(dx, dy).astype(np.float32)

    def radial(self, radii: Floats) -> Floats:
        """Return the mean brightness at `radii` pixels; a power law beyond RADIUS."""
        r, level = _profile(self.fine)
        last = level[-1] * (np.maximum(radii, r[-1]) / r[-1]) ** -3.0
        return np.where(radii <= r[-1], np.interp(radii, r, level), last)


def gaussian_psf(fwhm: float) -> Psf:
    """Return a Gaussian point-spread function: the assumption where no star can be measured."""
    size = OVERSAMPLE * (RADIUS + 2)
    axis = np.arange(-size, size + 1) / OVERSAMPLE
    line = np.exp(-0.5 * (axis * FWHM_SIGMA / fwhm) ** 2)
    fine = np.outer(line, line)
    return Psf(fine / fine.sum() * OVERSAMPLE**2, fwhm, 0)


def measure_psf(
    image: Image,
    var: Image,
    *,
    peak_max: float = np.inf,
    stars_max: int = 150,
    stars_min: int = 5,
    fwhm_assumed: float = 2.8,
) -> Psf:
    """Measure the point-spread function on bright, isolated, unsaturated stars.

    Parameters
    ----------
    image, var : (ny, nx) DN above the sky, and variance of its pixels; NaN where blank
    peak_max : DN above which a star may be saturated
    stars_max, stars_min : how many stars are used at most; with fewer than `stars_min` a Gaussian of `fwhm_assumed`
        pixels is returned

    Stars are brought to the middle of a pixel, scaled and averaged, clipped; the average is centred, cleaned of what
    is not round in its wings, and stored on a finer grid. Total 1 within RADIUS.
    """
    x, y = psf_stars(image, var, peak_max, stars_max, fwhm_assumed)
    for _ in range(2):
        stamps, errors = _stamps(image, var, x, y)
        if len(stamps) < stars_min:
            return gaussian_psf(fwhm_assumed)
        mean = _wings(_average(stamps, errors))
        x, y = _recentred(image, x, y, mean)
    stamps, errors = _stamps(image, var, x, y)
    if len(stamps) < stars_min:
        return gaussian_psf(fwhm_assumed)
    return _psf(_wings(_average(stamps, errors)), len(stamps))


def psf_stars(image: Image, var: Image, peak_max: float, count: int, fwhm: float) -> tuple[Floats, Floats]:
    """Choose the brightest stars without a neighbour that would show within 12 pixels."""
    filled = np.where(np.isfinite(image), image, 0)
    smooth = ndimage.gaussian_filter(filled, fwhm / FWHM_SIGMA, mode="constant")
    noise = np.sqrt(np.where(np.isfinite(var), var, np.inf))
    peak = (smooth == ndimage.maximum_filter(smooth, size=5)) & (smooth > 10 * noise) & np.isfinite(image)
    rows, cols = np.nonzero(peak)
    height = smooth[rows, cols]
    order = np.argsort(-height)
    rows, cols, height = rows[order], cols[order], height[order]
    ny, nx = image.shape
    keep = []
    for i in range(rows.size):
        gap = np.hypot(rows - rows[i], cols - cols[i])
        near = (gap > 0) & (height > 0.01 * height[i] * np.maximum(1, (gap / 8) ** 3)) & (gap < 24)
        inside = 16 <= rows[i] < ny - 16 and 16 <= cols[i] < nx - 16
        if inside and not near.any() and filled[rows[i], cols[i]] < peak_max:
            keep.append(i)
        if len(keep) >= count or height[i] < 30 * noise[rows[i], cols[i]]:
            break
    picked = np.array(keep, int)
    return _centroid(filled, cols[picked].astype(float), rows[picked].astype(float))


def _centroid(image: Image, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Move positions to the Gaussian-weighted centroid of the light around them."""
    grid = np.arange(-5, 6)
    for _ in range(6):
        for i in range(x.size):
            cx, cy = round(x[i]), round(y[i])
            box = image[cy - 5 : cy + 6, cx - 5 : cx + 6]
            if box.shape != (11, 11):
                continue
            wx, wy = np.exp(-0.5 * ((grid + cx - x[i]) / 1.4) ** 2), np.exp(-0.5 * ((grid + cy - y[i]) / 1.4) ** 2)
            weight = wy[:, None] * wx[None, :] * box
            total = weight.sum()
            if total > 0:
                x[i] += np.clip(2 * (np.sum(weight * (grid + cx)[None, :]) / total - x[i]), -0.5, 0.5)
                y[i] += np.clip(2 * (np.sum(weight * (grid + cy)[:, None]) / total - y[i]), -0.5, 0.5)
    return x, y


def _stamps(image: Image, var: Image, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Cut stars out, shifted to the middle of a pixel, above their own sky, over their flux in 5 pixels."""
    half, pad = RADIUS, RADIUS + 4
    ny, nx = image.shape
    radius = np.hypot(*(np.mgrid[: 2 * half + 1, : 2 * half + 1] - half))
    stamps, errors = [], []
    for x0, y0 in zip(x, y, strict=True):
        cx, cy = round(x0), round(y0)
        box = np.full((2 * pad + 1, 2 * pad + 1), np.nan)
        top, left = max(0, cy - pad), max(0, cx - pad)
        part = image[top : min(ny, cy + pad + 1), left : min(nx, cx + pad + 1)]
        row, col = top - (cy - pad), left - (cx - pad)
        box[row : row + part.shape[0], col : col + part.shape[1]] = part
        blank = ~np.isfinite(box)
        if blank[pad - 12 : pad + 13, pad - 12 : pad + 13].any():
            continue
        shifted = ndimage.shift(np.where(blank, 0, box), (cy - y0, cx - x0), order=5, mode="nearest")
        grown = ndimage.binary_dilation(blank, iterations=3)
        cut = np.where(grown, np.nan, shifted)[4:-4, 4:-4]
        sky = np.nanmedian(cut[(radius >= 20) & (radius <= 30)])
        flux = np.nansum((cut - sky)[radius <= 5])
        if not (flux > 0 and np.isfinite(sky)):
            continue
        stamps.append((cut - sky) / flux)
        errors.append(float(np.sqrt(var[cy, cx])) / flux)
    return np.array(stamps), np.array(errors)


def _average(stamps: Floats, errors: Floats) -> Floats:
    """Average stars, clipped around their median; bright ones count more, up to a hundred times the noise."""
    middle = np.nanmedian(stamps, axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(stamps - middle), axis=0)
    weight = 1 / (errors**2 + 1e-4**2)
    scatter = np.maximum(errors[:, None, None], spread)
    use = np.abs(stamps - middle) <= 3 * scatter
    heavy = use * weight[:, None, None]
    total = heavy.sum(axis=0)
    mean = np.sum(np.where(use, stamps, 0) * heavy, axis=0) / np.where(total > 0, total, 1)
    return np.where(total > 0, mean, np.nan_to_num(middle))


def _recentred(image: Image, x: Floats, y: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Move positions by a least-squares fit of the average star within 3 pixels."""
    spline = ndimage.spline_filter(mean, order=5)
    rows, cols = np.mgrid[-3:4, -3:4].astype(float)
    core = np.hypot(rows, cols) <= 3.2
    x, y = x.copy(), y.copy()
    for i in range(x.size):
        for _ in range(3):
            cx, cy = round(x[i]), round(y[i])
            box = image[cy - 3 : cy + 4, cx - 3 : cx + 4]
            if box.shape != (7, 7) or not np.isfinite(box).all():
                break
            at = np.array([rows[core] + cy - y[i] + RADIUS, cols[core] + cx - x[i] + RADIUS])
            model, east, north = (_sample(spline, at, *move) for move in ((0, 0), (0, 0.1), (0.1, 0)))
            design = np.stack([model, (model - east) / 0.1, (model - north) / 0.1, np.ones_like(model)], axis=1)
            fit = np.linalg.lstsq(design, box[core].astype(float), rcond=None)[0]
            if fit[0] <= 0:
                break
            # The star at x0 + d looks like model - d * slope: 'east' samples one tenth of a pixel to the right.
            x[i] += np.clip(fit[1] / fit[0], -0.3, 0.3)
            y[i] += np.clip(fit[2] / fit[0], -0.3, 0.3)
    return x, y


def _sample(spline: Floats, at: Floats, down: float, right: float) -> Floats:
    """Read a spline at shifted places."""
    moved = at + np.array([[down], [right]])
    return np.asarray(ndimage.map_coordinates(spline, moved, order=5, prefilter=False, mode="nearest"))


def _wings(mean: Floats) -> Floats:
    """Replace the noisy wings by their round profile, joined smoothly, falling to nothing at RADIUS."""
    y, x = np.mgrid[: mean.shape[0], : mean.shape[1]] - RADIUS
    r = np.hypot(x, y)
    rings = np.arange(0, RADIUS + 1)
    level = np.array([np.median(mean[np.abs(r - ring) < (0.6 if ring < 12 else 1.5)]) for ring in rings])
    level[12:] = np.minimum.accumulate(np.maximum(level[12:], 0))
    round_part = np.interp(r, rings, level, right=0)
    share = np.clip((r - 8) / 4, 0, 1)
    joined = (1 - share) * mean + share * round_part
    inside: Floats = np.where(r <= RADIUS, joined, 0)
    return inside / float(inside.sum())


def _psf(mean: Floats, stars: int) -> Psf:
    """Put an average star on the fine grid and measure its width."""
    size = OVERSAMPLE * (RADIUS + 2)
    axis = np.arange(-size, size + 1) / OVERSAMPLE + RADIUS
    rows, cols = np.meshgrid(axis, axis, indexing="ij")
    padded = np.pad(mean, 4)
    fine = ndimage.map_coordinates(padded, [rows + 4, cols + 4], order=5, mode="constant")
    fine = fine / fine.sum() * OVERSAMPLE**2
    r, level = _profile(fine)
    half = int(np.argmax(level < level[0] / 2))
    part = (level[half - 1] - level[0] / 2) / (level[half - 1] - level[half])
    return Psf(fine, 2 * float(r[half - 1] + part * (r[half] - r[half - 1])), stars)


def _profile(fine: Floats) -> tuple[Floats, Floats]:
    """Return radii (pixels) and the mean brightness around them."""
    middle = fine.shape[0] // 2
    y, x = np.mgrid[: fine.shape[0], : fine.shape[1]] - middle
    ring = np.rint(np.hypot(x, y)).astype(int)
    count = np.bincount(ring.ravel())
    total = np.bincount(ring.ravel(), fine.ravel())
    last = OVERSAMPLE * RADIUS
    return np.arange(last + 1) / OVERSAMPLE, (total / np.maximum(count, 1))[: last + 1]


@njit(nogil=True, cache=True)
def add_stars(image: Image, fine: Floats, xs: Floats, ys: Floats, flux: Floats, half: Floats) -> None:
    """Add stars to `image` in place.

    Parameters
    ----------
    image : (ny, nx) DN
    fine : the grid of a Psf
    xs, ys, flux : positions (pixels from 0) and fluxes (DN)
    half : how far each star reaches, pixels

    The fine grid is read by cubic interpolation (four-point Lagrange), one axis after the other.
    """
    ny, nx = image.shape
    middle = fine.shape[0] // 2
    wx, wy = np.empty(4), np.empty(4)
    for i in range(xs.size):
        reach = int(half[i])
        cx, cy = int(np.rint(xs[i])), int(np.rint(ys[i]))
        fx, fy = (cx - xs[i]) * OVERSAMPLE, (cy - ys[i]) * OVERSAMPLE
        bx, by = int(np.floor(fx)), int(np.floor(fy))
        _lagrange4(fx - bx, wx)
        _lagrange4(fy - by, wy)
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
                image[row, col] += flux[i] * value


@njit(nogil=True, cache=True)
def _lagrange4(f: float, w: Floats) -> None:
    """Fill `w` with the weights of the points -1, 0, 1, 2 at `f` between 0 and 1."""
    w[0] = -f * (f - 1) * (f - 2) / 6
    w[1] = (f + 1) * (f - 1) * (f - 2) / 2
    w[2] = -(f + 1) * f * (f - 2) / 2
    w[3] = (f + 1) * f * (f - 1) / 6
