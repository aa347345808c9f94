"""Glints found on the stack itself: places, fixed as seen from any bright star, where light is too often."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.stats import binom

from combine.extract.images import Layer
from combine.measure.aperture import Floats
from schema.settings import Settings

Table = NDArray[np.float32]
ARM = 21
"""Pixels over which a diffraction spike hardly changes: longer than a glint."""


@dataclass(frozen=True)
class Spot:
    """A place where bright stars leave light.

    dx, dy : from the star, pixels (x to the west, y to the north)
    ratio : flux over the star's
    stars : bright stars it was measured with
    """

    dx: float
    dy: float
    ratio: float
    stars: int


def spots(layer: Layer, magzp: float, x: Floats, y: Floats, mag: Floats, settings: Settings) -> list[Spot]:
    """Find the places around bright stars where most of them have light.

    The median over the stars of (flux at a displacement) / (flux of the star) is 0 where only some of them happen to
    have a neighbour. A place counts when so many stars have light there as chance gives once in `glint_chance` fields.

    Parameters
    ----------
    layer : N+S stack of a band
    magzp : zero point of its total fluxes
    x, y, mag : of stars, pixels and magnitudes in the band; those bright enough for a glint to be seen are used

    Returns
    -------
    list of Spot, brightest first; none where too few bright stars are in the field
    """
    least, most = settings["glint_ratio"]
    usual = float(np.sqrt(least * most))
    flux = 10 ** (0.4 * (magzp - mag))
    typical = layer.filter.sigma * float(np.sqrt(np.nanmedian(layer.var)))
    with np.errstate(invalid="ignore"):
        order = np.argsort(-flux)
        bright = order[flux[order] * usual > settings["glint_seen"][0] * typical][: int(settings["glint_stars"][1])]
    if bright.size < settings["glint_stars"][0]:
        return []
    reach = int(settings["glint_reach"][1])
    ratios = np.stack([_around(layer, x[i], y[i], reach) / np.float32(flux[i]) for i in bright])
    error = (typical / flux[bright]).astype(np.float32)
    known = np.isfinite(ratios).sum(axis=0)
    middle = _without_arms(_without_rings(_median(ratios)), settings["spike_width"][0])
    sigma = _scatter(middle)
    found = []
    for row, col in _peaks(middle, sigma, settings):
        height = float(middle[row, col])
        lit = _lit(ratios, error, 0.5 * height)
        here = int(lit[:, row, col].sum())
        chance = float(binom.sf(here - 1, int(known[row, col]), float(lit.mean())))
        if height > least and chance * middle.size < settings["glint_chance"][0]:
            dx, dy = _centre(middle, row, col)
            found.append(Spot(dx - reach, dy - reach, height, int(known[row, col])))
    return sorted(found, key=lambda spot: -spot.ratio)


def _around(layer: Layer, x: float, y: float, reach: int) -> Table:
    """Return the fluxes of stars at all displacements from a place, NaN off the image."""
    ny, nx = layer.snr.shape
    col, row = round(x), round(y)
    out = np.full((2 * reach + 1, 2 * reach + 1), np.nan, np.float32)
    top, left = max(row - reach, 0), max(col - reach, 0)
    below, right = min(row + reach + 1, ny), min(col + reach + 1, nx)
    if top < below and left < right:
        part = np.s_[top:below, left:right]
        flux = layer.snr[part] * layer.filter.sigma * np.sqrt(layer.var[part])
        out[top - row + reach : below - row + reach, left - col + reach : right - col + reach] = flux
    return out


def _median(ratios: Table) -> Table:
    """Return the median over the stars; 0 where fewer than half of them have data."""
    enough = np.isfinite(ratios).sum(axis=0) >= 0.5 * ratios.shape[0]
    out = np.zeros(ratios.shape[1:], np.float32)
    out[enough] = np.nanmedian(ratios[:, enough], axis=0)
    return out


def _without_rings(middle: Table) -> Table:
    """Take off what is the same all around: the light of the star itself."""
    reach = middle.shape[0] // 2
    radius = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]).astype(int)
    ring = ndimage.median(middle, radius, np.arange(radius.max() + 1))
    return np.asarray(middle - ring[radius], np.float32)


def _without_arms(middle: Table, width: float) -> Table:
    """Take off what goes on along the directions of the diffraction spikes."""
    reach, half = middle.shape[0] // 2, int(np.ceil(width))
    out = middle.copy()
    arm = np.s_[reach - half : reach + half + 1]
    out[:, arm] -= ndimage.median_filter(middle[:, arm], (ARM, 1))
    out[arm, :] -= ndimage.median_filter(middle[arm, :], (1, ARM))
    return out


def _scatter(middle: Table) -> Table:
    """Return the robust scatter at every displacement: that of its ring, since near a star its light is uneven."""
    reach = middle.shape[0] // 2
    ring = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]).astype(int)
    index = np.arange(ring.max() + 1)
    each = 1.4826 * np.asarray(ndimage.median(np.abs(middle), ring, index))
    return np.asarray(ndimage.maximum_filter1d(each, 5)[ring], np.float32)


def _peaks(middle: Table, sigma: Table, settings: Settings) -> NDArray[np.intp]:
    """Return rows and columns of what stands out."""
    reach = middle.shape[0] // 2
    dy, dx = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    top = middle == ndimage.maximum_filter(middle, 7)
    off = (np.hypot(dx, dy) > settings["glint_reach"][0]) & (np.minimum(np.abs(dx), np.abs(dy)) > 2)
    return np.argwhere(top & off & (middle > settings["glint_sigma"][0] * sigma))


def _lit(ratios: Table, error: Table, least: float) -> NDArray[np.bool_]:
    """Tell which stars have light at which displacement."""
    with np.errstate(invalid="ignore"):
        return np.asarray(ratios > np.maximum(least, 2 * error)[:, None, None])


def _centre(middle: Table, row: int, col: int) -> tuple[float, float]:
    """Return the centroid of a peak: column and row."""
    rows, cols = np.mgrid[max(row - 2, 0) : row + 3, max(col - 2, 0) : col + 3]
    rows, cols = np.clip(rows, 0, middle.shape[0] - 1), np.clip(cols, 0, middle.shape[1] - 1)
    weight = np.clip(middle[rows, cols], 0, None)
    return float((cols * weight).sum() / weight.sum()), float((rows * weight).sum() / weight.sum())
