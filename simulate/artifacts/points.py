"""Point-like false light: latent images ahead of a star, and the glints around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.artifacts.habits import Habits

Array = NDArray[np.float64]

LATENT_FAINTEST = 0.2  # DN; fainter latent images are not listed
GLINT_PARENT = 13.0  # mag, faintest


@dataclass(frozen=True)
class Ghosts:
    """Point-like false light: displacement from the parent (arcsec, x to the west, y to the north) and flux fraction.

    `parent` indexes the sky's objects; `step` is 1 or 2 for latent images, 0 for glints.
    """

    parent: NDArray[np.int64]
    dx: Array
    dy: Array
    fraction: Array
    step: NDArray[np.int64]


def frame_step(hemis: str, direction: str) -> float:
    """Return the way (arcsec, to the north) from one frame of a scan to the next."""
    step = defaults()[f"frame_step_{hemis}"][0]
    return step if direction == "n" else -step


def ghosts(mag: Array, band: int, hemis: str, direction: str, habits: Habits) -> Ghosts:
    """Return the latent images and glints of all parents that are bright enough.

    A latent image lies ahead of its star: the pixel that saw the star looks, one frame later, a step further along the
    scan.

    Parameters
    ----------
    mag : (n, 3) array
        Magnitudes of the sky's objects.
    band, hemis, direction
        Of the scan.
    habits : Habits
        Of the observatory's camera.
    """
    ahead = frame_step(hemis, direction)
    flux = 10 ** (0.4 * (defaults()["zp_ref"][band] - mag[:, band]))
    parts = []
    for step, fraction in enumerate(habits.latent[band], 1):
        parents = np.flatnonzero(flux * fraction > LATENT_FAINTEST)
        parts.append((parents, 0.0, step * ahead, fraction, step))
    parents = np.flatnonzero(mag[:, band] < GLINT_PARENT)
    for angle, distance in habits.glints[band]:
        west, north = -distance * np.sin(np.radians(angle)), distance * np.cos(np.radians(angle))
        parts.append((parents, west, north, 10 ** (-0.4 * habits.glint_fainter[band]), 0))
    sizes = [part[0].size for part in parts]
    return Ghosts(
        parent=np.concatenate([part[0] for part in parts]),
        dx=np.repeat([part[1] for part in parts], sizes),
        dy=np.repeat([part[2] for part in parts], sizes),
        fraction=np.repeat([part[3] for part in parts], sizes),
        step=np.repeat([part[4] for part in parts], sizes),
    )
