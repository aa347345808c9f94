"""The kernel that coadds frames: a Gaussian freed of its value at the edge, as wide as the noise of real images."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WIDTH = 0.988  # arcsec, of the Gaussian: gives the noise the lags measured on real Atlas Images
REACH = 3.0  # arcsec along one axis; three frame pixels wide
STEPS = 1024  # of the table, an arcsec

_EDGE = float(np.exp(-0.5 * (REACH / WIDTH) ** 2))


def kernel(distance: Array) -> Array:
    """Return the kernel, near 1 at the middle, at distances (arcsec) along one axis."""
    found: Array = np.maximum(np.exp(-0.5 * (np.asarray(distance) / WIDTH) ** 2) - _EDGE, 0.0)
    return found


_distance = (np.arange(round(REACH * STEPS)) + 0.5) / STEPS
TABLE: NDArray[np.float32] = np.append(kernel(_distance), np.zeros(STEPS // 4)).astype(np.float32)
"""The kernel at steps of 1/1024 arcsec, 0 beyond its reach."""
LENGTH = float(2 * kernel(_distance).sum() / STEPS)  # arcsec, integral along one axis
VARIANCE = float((kernel(_distance) * _distance**2).sum() / kernel(_distance).sum())  # arcsec^2, along one axis
