"""Stars that tell the point-spread function: chosen, cut out, brought to the middle of a pixel."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from combine.measure.aperture import Floats, Image
from combine.measure.boxes import DISTANCE, moved, ring_medians
from combine.measure.render import RADIUS, add_star
from combine.measure.robust import MAD_TO_SIGMA

FWHM_SIGMA = 2.3548
EQUAL = 1e-5
"""Pixel noise over flux below which stars count the same: no single star rules."""


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


@dataclass
class Cuts:
    """Stars cut out of an image at whole pixels.

    box : (stars, 2 RADIUS + 1, 2 RADIUS + 1) DN above the star's own sky, NaN where blank
    dx, dy : of the star from the middle of its box, pixels
    flux : DN
    noise : of a pixel, DN
    ring : (stars, RADIUS + 1) median of the pixels at this distance, DN; NaN where all are blank
    """

    box: Floats
    dx: Floats
    dy: Floats
    flux: Floats
    noise: Floats
    ring: Floats


def cut_out(image: Image, var: Image, x: Floats, y: Floats) -> Cuts:
    """Cut out the stars that have no blank pixel within 12 pixels."""
    padded = np.pad(image, RADIUS, constant_values=np.nan)
    boxes, rows, rings = [], [], []
    for x0, y0 in zip(x, y, strict=True):
        cx, cy = round(x0), round(y0)
        box = padded[cy : cy + 2 * RADIUS + 1, cx : cx + 2 * RADIUS + 1].astype(float)
        if not np.isfinite(box[DISTANCE <= 12]).all():
            continue
        box = box - np.nanmedian(box[(DISTANCE >= 20) & (DISTANCE <= 30)])
        flux = float(box[DISTANCE <= 5].sum())
        if flux > 0:
            boxes.append(box)
            rows.append((x0 - cx, y0 - cy, flux, float(np.sqrt(var[cy, cx]))))
            rings.append(ring_medians(box))
    size = 2 * RADIUS + 1
    dx, dy, flux_all, noise = np.array(rows, float).reshape(-1, 4).T.copy()
    ring = np.array(rings, float).reshape(-1, RADIUS + 1)
    return Cuts(np.array(boxes, float).reshape(-1, size, size), dx, dy, flux_all, noise, ring)


def fit_cores(cuts: Cuts, fine: Floats) -> None:
    """Improve fluxes and places of stars by least squares on their cores."""
    rows, cols = np.mgrid[-4:5, -4:5]
    core = np.hypot(rows, cols) <= 3.2
    middle = slice(RADIUS - 4, RADIUS + 5)
    for i, box in enumerate(cuts.box):
        for _ in range(2):
            model, right, up = (
                _stamp(fine, cuts.dx[i] + a, cuts.dy[i] + b, 4)[core] for a, b in ((0, 0), (0.1, 0), (0, 0.1))
            )
            design = np.stack([model, (right - model) / 0.1, (up - model) / 0.1], axis=1)
            fit = np.linalg.lstsq(design, box[middle, middle][core], rcond=None)[0]
            if fit[0] <= 0:
                break
            cuts.flux[i] = fit[0]
            cuts.dx[i] += np.clip(fit[1] / fit[0], -0.3, 0.3)
            cuts.dy[i] += np.clip(fit[2] / fit[0], -0.3, 0.3)


def departure(cuts: Cuts, fine: Floats) -> Floats:
    """Return by how much the mean star, of unit flux and in the middle of a pixel, departs from `fine`; clipped.

    Interpolating what the model leaves, instead of the stars themselves, keeps the core sharp.
    """
    left = np.empty_like(cuts.box)
    for i, box in enumerate(cuts.box):
        rest = (box - cuts.flux[i] * _stamp(fine, cuts.dx[i], cuts.dy[i], RADIUS)) / cuts.flux[i]
        blank = ~np.isfinite(rest)
        left[i] = moved(np.where(blank, 0, rest), cuts.dx[i], cuts.dy[i])
        if blank.any():
            left[i][ndimage.binary_dilation(blank, iterations=2)] = 0
    error = cuts.noise / cuts.flux
    middle = np.median(left, axis=0)
    away = np.abs(left - middle)
    spread = MAD_TO_SIGMA * np.median(away, axis=0)
    use = away <= 3 * np.maximum(error[:, None, None], spread)
    weight = use * (1 / (error**2 + EQUAL**2))[:, None, None]
    total = weight.sum(axis=0)
    return np.asarray(np.sum(left * weight, axis=0) / np.where(total > 0, total, 1))


def _stamp(fine: Floats, dx: float, dy: float, half: int) -> Floats:
    """Return the image of a star `dx`, `dy` pixels off the middle."""
    out = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    add_star(out, fine, half + dx, half + dy, 1.0, half)
    return out.astype(float)
