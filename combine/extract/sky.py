"""The true level of the sky in an image in which faint sources are left that nobody sees."""

import numpy as np
from scipy.stats import norm

from combine.measure.aperture import Image

PARTS = np.array([0.05, 0.1, 0.16, 0.23, 0.3])
"""Parts of the pixels below the levels that tell the sky: the dark side knows few sources."""
THINNED = 3
"""Every so many rows and columns are looked at."""
LIFTED = np.arange(0.0, 0.5, 0.01)
LEAST = 1000
"""Pixels that tell a level."""


def above_true_sky(residual: Image, var: Image, noise: float) -> float:
    """Return how far (DN) the median of the pixels lies above the sky, because of the faint sources among them.

    Parameters
    ----------
    residual, var : (ny, nx) DN and variance; NaN where blank
    noise : of a pixel, over the root of its variance

    The pixels are sky with Gaussian noise, but for a part that sources lift out of it. Then the value below which a
    small part p of all pixels lies is sky + noise * z(p / (1 - lifted)): sky and the lifted part follow from several p.
    """
    with np.errstate(invalid="ignore"):
        unit = (residual / np.sqrt(var))[THINNED // 2 :: THINNED, THINNED // 2 :: THINNED]
    unit = unit[np.isfinite(unit)]
    if unit.size < LEAST:
        return 0.0
    level, middle = np.quantile(unit, PARTS), float(np.median(unit))
    skies = level - noise * norm.ppf(PARTS / (1 - LIFTED[:, None]))
    sky = float(skies[np.argmin(skies.std(axis=1))].mean())
    return (middle - min(sky, middle)) * float(np.sqrt(np.nanmedian(var)))
