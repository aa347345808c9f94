"""Diffraction spikes of bright stars, and the false light that the array's electronics and windows make of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts.habits import Habits
from simulate.jit import jit
from simulate.sky.field import Sky

Array = NDArray[np.float64]
Image = NDArray[np.float32]

SPIKE_PARENT = (10.0, 9.5, 9.0)  # faintest parents, J H Ks


@dataclass(frozen=True)
class Spikes:
    """Arms of diffraction spikes: parent, angle (deg east of north), length and width (arcsec), share of the flux."""

    parent: NDArray[np.int64]
    angle: Array
    length: Array
    width: Array
    share: Array


def spikes(sky: Sky, band: int, habits: Habits) -> Spikes:
    """Return the diffraction arms of the bright stars of one band, as the camera of one observatory shows them."""
    faintest = SPIKE_PARENT[band]
    parents = np.flatnonzero((sky.mag[:, band] <= faintest) & ~sky.galaxy)
    angles = np.array(habits.angles[band])
    length = habits.length[band] * 10 ** (habits.growth[band] * (faintest - sky.mag[parents, band]))
    west = (angles > 225) & (angles < 315)
    wider, shorter = habits.west
    return Spikes(
        parent=np.repeat(parents, angles.size),
        angle=np.tile(angles, parents.size),
        length=np.outer(length, np.where(west, shorter, 1.0)).ravel(),
        width=np.tile(np.where(west, wider, 1.0) * habits.width[band], parents.size),
        share=np.full(parents.size * angles.size, habits.flux[band]),
    )


@jit
def add_spikes(
    light: Image, x: Array, y: Array, flux: Array, angle: Array, length: Array, width: Array, pitch: float
) -> None:
    """Add arms to a frame: they begin at 2 arcsec from the star and fade to nothing at their length.

    Parameters
    ----------
    light : (ny, nx) float32, changed in place
        Surface brightness, DN/arcsec^2.
    x, y : (n,) arrays
        Places of the stars, pixels.
    flux, angle, length, width : (n,) arrays
        DN, deg east of north (east is to the left), arcsec, arcsec.
    pitch : float
        Size of a pixel, arcsec.
    """
    ny, nx = light.shape
    for i in range(x.size):
        s, c = np.sin(np.radians(angle[i])), np.cos(np.radians(angle[i]))
        wide = np.sqrt(width[i] ** 2 + pitch * pitch / 12)
        reach = (length[i] + 6.0 * wide) / pitch
        peak = 2 * flux[i] / (length[i] * wide * np.sqrt(2 * np.pi))
        for r in range(max(0, int(y[i] - reach)), min(ny, int(y[i] + reach) + 1)):
            for q in range(max(0, int(x[i] - reach)), min(nx, int(x[i] + reach) + 1)):
                along = (-(q - x[i]) * s + (r - y[i]) * c) * pitch
                across = ((q - x[i]) * c + (r - y[i]) * s) * pitch
                if 2.0 < along < length[i] and abs(across) < 6.0 * wide:
                    fade = (1 - along / length[i]) * min(1.0, (along - 2.0) / 3.0)
                    light[r, q] += np.float32(peak * fade * np.exp(-0.5 * (across / wide) ** 2))
