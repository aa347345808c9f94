"""The noise of apertures on images whose neighbouring pixels are correlated, as those of Atlas Images are."""

import numpy as np
from numpy.typing import NDArray

EMPTY_APERTURE = 3.0  # scatter of an empty 4 arcsec aperture with its sky annulus, over sqrt(pixels) x SKYSIG


def aperture_noise(skysig: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return the noise (DN) of a 4 arcsec aperture with its sky annulus, from the pixel noise (DN)."""
    return np.asarray(EMPTY_APERTURE * np.sqrt(49) * np.asarray(skysig))
