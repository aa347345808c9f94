"""The point-spread function of a stack, measured on its own stars."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage

from combine.measure.aperture import Floats, Image, aperture
from combine.measure.psf_stars import FWHM_SIGMA, cut_out, departure, fit_cores, psf_stars
from combine.measure.psf_wings import smooth_wings
from combine.measure.render import OVERSAMPLE, RADIUS, add_star

PHASES = (0.0, 0.25, 0.5)
ROUNDS = 4
PAD = 4
"""Dark pixels around a mean star, for the spline through it."""


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
        add_star(out, self.fine, half + dx, half + dy, 1.0, half)
        return out.astype(float)

    def growth(self, radius: float) -> float:
        """Return the part of the light in an aperture of `radius` pixels, averaged over sub-pixel phases."""
        return float(self.curve(np.array([radius]))[0])

    def curve(self, radii: Floats) -> Floats:
        """Return the part of the light in apertures of these radii (pixels), averaged over sub-pixel phases."""
        total = np.zeros(len(radii))
        for f, g in ((f, g) for f in PHASES for g in PHASES):
            image = self._image(f, g)
            total += [aperture(image, RADIUS + f, RADIUS + g, radius).sum[0] for radius in radii]
        return total / len(PHASES) ** 2

    def _image(self, dx: float, dy: float) -> Image:
        """Return the largest stamp in the type of images."""
        return self.stamp(dx, dy).astype(np.float32)

    def radial(self, radii: Floats) -> Floats:
        """Return the mean brightness at `radii` pixels."""
        return np.asarray(np.interp(radii, *_profile(self.fine), right=0))


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
    stars_max: int = 80,
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

    From a Gaussian on, what the model leaves of the stars is averaged, clipped, and added to it, a few rounds. Wings
    are smoothed around rings. Total 1 within RADIUS.
    """
    cuts = cut_out(image, var, *psf_stars(image, var, peak_max, stars_max, fwhm_assumed))
    psf = gaussian_psf(fwhm_assumed)
    if len(cuts.box) < stars_min:
        return psf
    mean = psf.stamp()
    for _ in range(ROUNDS):
        fit_cores(cuts, psf.fine)
        mean = _centred(smooth_wings(mean + departure(cuts, psf.fine), cuts))
        psf = _psf(mean, len(cuts.box))
    return psf


def _centred(mean: Floats) -> Floats:
    """Move a star so that the centroid of its core (Gaussian window) is the middle: positions mean that."""
    y, x = np.mgrid[: mean.shape[0], : mean.shape[1]] - RADIUS
    for _ in range(3):
        weight = mean * np.exp(-0.5 * (x**2 + y**2) / 1.4**2)
        # A window as wide as the core sees half of a shift.
        down, right = 2 * np.sum(weight * y) / weight.sum(), 2 * np.sum(weight * x) / weight.sum()
        mean = ndimage.shift(mean, (-down, -right), order=5, mode="constant")
    return mean


def _psf(mean: Floats, stars: int) -> Psf:
    """Put an average star on the fine grid and measure its width."""
    size, spline = OVERSAMPLE * (RADIUS + 2), _spline()
    tall = np.einsum("ij,jk->ik", spline, np.pad(mean, PAD))
    fine = np.einsum("ij,kj->ik", tall, spline)
    fine = fine / fine.sum() * OVERSAMPLE**2
    return Psf(fine, 0.5 * (_width(fine[size]) + _width(fine[:, size])), stars)


@cache
def _spline() -> Floats:
    """Return what a spline of fifth order makes of a line of pixels on the fine grid: (points, padded pixels)."""
    axis = np.arange(-OVERSAMPLE * (RADIUS + 2), OVERSAMPLE * (RADIUS + 2) + 1) / OVERSAMPLE + RADIUS + PAD
    units = np.eye(2 * (RADIUS + PAD) + 1)
    return np.stack([ndimage.map_coordinates(unit, [axis], order=5, mode="constant") for unit in units], axis=1)


def _width(line: Floats) -> float:
    """Return the full width at half maximum of a cut through the middle, pixels."""
    middle = line.size // 2
    reach = 0.0
    for side in (line[middle:], line[middle::-1]):
        first = int(np.argmax(side < line[middle] / 2))
        reach += first - (line[middle] / 2 - side[first]) / (side[first - 1] - side[first])
    return reach / OVERSAMPLE


def _profile(fine: Floats) -> tuple[Floats, Floats]:
    """Return radii (pixels) and the mean brightness around them."""
    middle = fine.shape[0] // 2
    y, x = np.mgrid[: fine.shape[0], : fine.shape[1]] - middle
    ring = np.rint(np.hypot(x, y)).astype(int)
    count = np.bincount(ring.ravel())
    total = np.bincount(ring.ravel(), fine.ravel())
    last = OVERSAMPLE * RADIUS
    return np.arange(last + 1) / OVERSAMPLE, (total / np.maximum(count, 1))[: last + 1]
