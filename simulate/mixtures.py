"""Profiles as sums of Gaussians, so that convolution and integration over circles are exact formulae."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import gammaincinv

Array = NDArray[np.float64]


def fit(radius: Array, profile: Array, sigmas: Array, wings: bool = False) -> tuple[Array, Array]:
    """Fit a radial profile by round Gaussians.

    Parameters
    ----------
    radius, profile : (n,) arrays
        Surface brightness at growing radii.
    sigmas : (k,) array
        The widths to choose from.
    wings : bool
        Rings count by the error relative to their own light, not to that of the middle.

    Returns
    -------
    weights, sigmas : arrays
        Of the Gaussians that are used; the weights sum to 1.
    """
    shapes = np.exp(-0.5 * (radius[:, None] / sigmas) ** 2) / (2 * np.pi * sigmas**2)
    area = radius * np.gradient(radius)  # every ring counts by the light it holds
    scale = np.sqrt(area / (profile if wings else profile.max()))
    weights, _ = nnls(shapes * scale[:, None], profile * scale)
    used = weights > 1e-4 * weights.sum()
    return weights[used] / weights[used].sum(), sigmas[used]


@cache
def sersic(index: int) -> tuple[Array, Array]:
    """Return weights and widths of a Sersic profile (1 exponential, 4 de Vaucouleurs) of half-light radius 1."""
    b = gammaincinv(2 * index, 0.5)
    radius = np.geomspace(0.01, 8, 300)
    return fit(radius, np.exp(-b * (radius ** (1 / index) - 1)), np.geomspace(0.08, 4, 6))


def in_circle(radius: float, major: Array, minor: Array) -> Array:
    """Return the fraction of centred elliptical Gaussians inside a circle.

    Parameters
    ----------
    radius : float
    major, minor : arrays
        Widths along the two axes, in the unit of the radius.
    """
    angle = (np.arange(64) + 0.5) * np.pi / 64
    q = np.cos(angle) ** 2 / major[..., None] ** 2 + np.sin(angle) ** 2 / minor[..., None] ** 2
    fraction: Array = np.mean(-np.expm1(-0.5 * radius**2 * q) / q, axis=-1) / (major * minor)
    return fraction
