"""Light profiles of galaxies as a survey measures them: isophotes, light within radii, radii of a share of it."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma, gammaincinv

from simulate.catalogs.photometry import MAG
from simulate.sky.galaxies import apertures

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

RADII = np.concatenate((np.arange(0.25, 10, 0.25), np.geomspace(10, 150, 40)))
"""Arcsec, where light curves of growth are worked out."""


def isophote(mag: Array, r_e: Array, ba: Array, index: Ints, brightness: float) -> Array:
    """Return the semi-major axis (arcsec) at which a Sersic galaxy falls to a surface brightness (mag/arcsec^2)."""
    b = gammaincinv(2 * index, 0.5)
    at_r_e = mag + 2.5 * np.log10(2 * np.pi * index * b ** (-2.0 * index) * np.exp(b) * gamma(2 * index) * r_e**2 * ba)
    growth = 1 + (brightness - at_r_e) / (MAG * b)
    axis: Array = r_e * np.maximum(growth, 0.0) ** index
    return axis


def growth(r_e: Array, ba: Array, index: Ints) -> Array:
    """Return the share of the light inside each of RADII as the reference seeing shows it: (n, radii)."""
    return np.stack([apertures(r_e, ba, index, float(radius)) for radius in RADII], axis=1)


def inside(curves: Array, radius: Array) -> Array:
    """Return the share of each galaxy's light in a circle of its own radius (arcsec)."""
    return np.array([np.interp(r, RADII, curve) for r, curve in zip(radius, curves, strict=True)])


def holding(curves: Array, share: float) -> Array:
    """Return the radius (arcsec) that holds a share of each galaxy's light."""
    return np.array([np.interp(share, curve, RADII) for curve in curves])
