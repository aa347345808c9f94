"""False light of bright stars and bad pixels: latent images, diffraction spikes, glints, hot pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.jit import jit
from simulate.sky import Sky

Array = NDArray[np.float64]
Image = NDArray[np.float32]

LATENT = (0.005, 0.001)  # of the star's flux, at the first and second frame step (measured on M17)
LATENT_FAINTEST = 0.2  # DN; fainter latents are not drawn

SPIKE_PARENT = (10.0, 9.5, 9.0)  # faintest parents, J H Ks
SPIKE_ANGLES = (
    (0.0, 89.05, 91.48, 180.0, 269.47, 271.63),
    (0.0, 89.12, 91.46, 180.0, 269.49, 271.60),
    (0.0, 89.10, 91.49, 180.0, 269.49, 271.60),
)
"""Deg east of north; the last two of Ks are assumed to be those of H."""
SPIKE_LENGTH = 14.0  # arcsec at the faintest parent (assumed)
SPIKE_GROWTH = 0.12  # dex per mag of a brighter parent (assumed)
SPIKE_FLUX = 0.002  # of the star, in each arm (assumed)
SPIKE_WIDTH = 0.7  # arcsec, sigma; the western arms are WEST_WIDER times as wide and WEST_SHORTER as long
WEST_WIDER, WEST_SHORTER = 2.4, 0.85

GLINTS = {
    "n": (((15.0, 26.0), (195.0, 33.0)), ((14.0, 29.0),), ((15.0, 24.0), (196.0, 36.0))),
    "s": (
        ((16.0, 22.0), (15.0, 35.0), (195.0, 27.0), (196.0, 39.0)),
        ((15.0, 28.0), (195.0, 31.0)),
        ((14.0, 25.0), (194.0, 34.0)),
    ),
}
"""Glints of J, H, Ks by hemisphere: angle (deg east of north, 15 is half past eleven) and distance (arcsec). Assumed:
only their number and the rough directions are published."""
GLINT_FAINTER = 6.0  # mag (assumed)
GLINT_PARENT = 13.0  # mag, faintest

HOT_PIXELS = 4.0  # in a scan and band, mean
HOT_FLUX = (120.0, 600.0)  # DN


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


def ghosts(sky: Sky, band: int, hemis: str, direction: str) -> Ghosts:
    """Return the latent images and glints of all parents that are bright enough.

    A latent image lies ahead of its star: the pixel that saw the star looks, one frame later, a step further along the
    scan.
    """
    ahead = frame_step(hemis, direction)
    flux = 10 ** (0.4 * (defaults()["zp_ref"][band] - sky.mag[:, band]))
    parts = []
    for step, fraction in enumerate(LATENT, 1):
        parents = np.flatnonzero(flux * fraction > LATENT_FAINTEST)
        parts.append((parents, 0.0, step * ahead, fraction, step))
    parents = np.flatnonzero(sky.mag[:, band] < GLINT_PARENT)
    for angle, distance in GLINTS[hemis][band]:
        west, north = -distance * np.sin(np.radians(angle)), distance * np.cos(np.radians(angle))
        parts.append((parents, west, north, 10 ** (-0.4 * GLINT_FAINTER), 0))
    sizes = [part[0].size for part in parts]
    return Ghosts(
        parent=np.concatenate([part[0] for part in parts]),
        dx=np.repeat([part[1] for part in parts], sizes),
        dy=np.repeat([part[2] for part in parts], sizes),
        fraction=np.repeat([part[3] for part in parts], sizes),
        step=np.repeat([part[4] for part in parts], sizes),
    )


@dataclass(frozen=True)
class Spikes:
    """Arms of diffraction spikes: parent, angle (deg east of north), length and width (arcsec)."""

    parent: NDArray[np.int64]
    angle: Array
    length: Array
    width: Array


def spikes(sky: Sky, band: int) -> Spikes:
    """Return the diffraction arms of the bright stars of one band."""
    faintest = SPIKE_PARENT[band]
    parents = np.flatnonzero((sky.mag[:, band] <= faintest) & ~sky.galaxy)
    angles = np.array(SPIKE_ANGLES[band])
    length = SPIKE_LENGTH * 10 ** (SPIKE_GROWTH * (faintest - sky.mag[parents, band]))
    west = (angles > 225) & (angles < 315)
    return Spikes(
        parent=np.repeat(parents, angles.size),
        angle=np.tile(angles, parents.size),
        length=np.outer(length, np.where(west, WEST_SHORTER, 1.0)).ravel(),
        width=np.tile(np.where(west, WEST_WIDER, 1.0) * SPIKE_WIDTH, parents.size),
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
