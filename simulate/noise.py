"""The noise of an Atlas Image: white noise smoothed by the coadd's kernel, with photon noise of the sources."""

import numpy as np
from numpy.typing import NDArray

SMOOTHING = 0.98  # pixels, sigma: measured on real Atlas Images
TAPS = 4
GAIN = 10.0  # electrons per DN
FRAMES = 6  # averaged in a coadd

_distance = np.arange(-TAPS, TAPS + 1)
_kernel = np.exp(-0.5 * (_distance / SMOOTHING) ** 2)
KERNEL: NDArray[np.float64] = _kernel / _kernel.sum()
WHITENING = 1 / float(np.sum(KERNEL**2))  # white noise of this standard deviation has pixel noise 1 when smoothed
PER_PHOTON = 1 / (GAIN * FRAMES)  # variance, DN^2, per DN of source
EMPTY_APERTURE = 2.95  # scatter of an empty 4 arcsec aperture over sqrt(pixels) x SKYSIG


def white_noise(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    """Return unit white noise with the margin that smoothing needs."""
    return rng.standard_normal((rows + 2 * TAPS, columns + 2 * TAPS), np.float32)


def aperture_noise(skysig: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the noise (DN) of a 4 arcsec aperture with its sky annulus, from the pixel noise (DN)."""
    return np.asarray(EMPTY_APERTURE * np.sqrt(49) * np.asarray(skysig))
