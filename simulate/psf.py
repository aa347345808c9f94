"""The image of a star: a sum of Gaussians whose width follows the seeing of a scan."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.mixtures import PIXEL_VARIANCE, moffat

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Psf:
    """Gaussians with weights (sum 1), centres and widths along x and y, in arcsec, before integration over pixels."""

    weight: Array
    dx: Array
    dy: Array
    sx: Array
    sy: Array

    def fraction(self, radius: float) -> float:
        """Return the fraction of the light in a circle (arcsec), pixels included; the image must be centred."""
        angle = (np.arange(64) + 0.5) * np.pi / 64
        vx, vy = self.sx**2 + PIXEL_VARIANCE, self.sy**2 + PIXEL_VARIANCE
        q = np.cos(angle) ** 2 / vx[:, None] + np.sin(angle) ** 2 / vy[:, None]
        inside = np.mean(-np.expm1(-0.5 * radius**2 * q) / q, axis=1) / np.sqrt(vx * vy)
        return float(self.weight @ inside)

    def table(self) -> Array:
        """Return one row a Gaussian: weight, dx, dy, sx, sy."""
        return np.column_stack((self.weight, self.dx, self.dy, self.sx, self.sy))


def ordinary(shape: float, beta: float = 3.8, ratio: float = 1.0, along: str = "y") -> Psf:
    """Make the image of a star in one scan and band.

    Parameters
    ----------
    shape : float
        Seeing shape; the full width at half maximum in the image, pixels included, is 2.8 arcsec times it.
    beta : float
        Exponent of the Moffat profile: smaller means more light in the wings.
    ratio : float
        Ratio of the second moments, 1 for a round image.
    along : "x" or "y"
        The longer axis.
    """
    fwhm = defaults()["fwhm_per_shape"][0] * shape
    weight, sigma = moffat(round(beta, 2))
    sigma = sigma * _scale(weight, sigma, fwhm)
    stretch = ratio**-0.25
    sx, sy = (sigma * stretch, sigma / stretch) if along == "x" else (sigma / stretch, sigma * stretch)
    nothing = np.zeros_like(weight)
    return Psf(weight, nothing, nothing, sx, sy)


def _scale(weight: Array, sigma: Array, fwhm: float) -> float:
    """Return the factor on the widths that gives the full width at half maximum after integration over pixels."""
    low, high = 0.3 * fwhm, 1.5 * fwhm
    for _ in range(40):
        middle = 0.5 * (low + high)
        variance = (sigma * middle) ** 2 + PIXEL_VARIANCE
        peak = weight / variance
        half = np.sum(peak * np.exp(-(fwhm**2) / 8 / variance)) / np.sum(peak)
        low, high = (middle, high) if half < 0.5 else (low, middle)
    return 0.5 * (low + high)


def spread(psf: Psf, dx: Array, dy: Array) -> Psf:
    """Return the image smeared evenly over several positions (arcsec): a ring for defocus, a line for bad tracking."""
    n = dx.size
    return replace(
        psf,
        weight=np.repeat(psf.weight, n) / n,
        dx=np.add.outer(psf.dx, dx).ravel(),
        dy=np.add.outer(psf.dy, dy).ravel(),
        sx=np.repeat(psf.sx, n),
        sy=np.repeat(psf.sy, n),
    )


def moment_ratio(psf: Psf) -> float:
    """Return the ratio of the smaller to the larger second moment inside the core (narrow Gaussians only)."""
    core = psf.sx * psf.sy < 9
    weight = psf.weight[core] / psf.weight[core].sum()
    moments = [float(weight @ (s[core] ** 2 + d[core] ** 2)) for s, d in ((psf.sx, psf.dx), (psf.sy, psf.dy))]
    return min(moments) / max(moments)


def measured_shape(psf: Psf) -> float:
    """Return the seeing shape of an image: its full width at half maximum, averaged around, over 2.8 arcsec."""
    angle = np.arange(32) * np.pi / 16
    radius = np.arange(0, 8, 0.02)
    x, y = np.outer(radius, np.cos(angle))[..., None], np.outer(radius, np.sin(angle))[..., None]
    vx, vy = psf.sx**2 + PIXEL_VARIANCE, psf.sy**2 + PIXEL_VARIANCE
    light = psf.weight / np.sqrt(vx * vy) * np.exp(-0.5 * ((x - psf.dx) ** 2 / vx + (y - psf.dy) ** 2 / vy))
    profile = light.sum(axis=-1).mean(axis=1)
    half = np.argmax(profile < 0.5 * profile.max())
    return float(2 * radius[half] / defaults()["fwhm_per_shape"][0])
