"""Galaxies in frames: the Gaussians of their profiles blurred by a star's core, and its wings around the whole."""

import numpy as np
from numpy.typing import NDArray

from simulate.camera.optics import PITCH
from simulate.camera.seen import SHINE, Seen
from simulate.camera.star import frame_gaussians
from simulate.frames import Frame
from simulate.mixtures import sersic
from simulate.plan import Plan

Array = NDArray[np.float64]

SHAPE_STEP = 0.05
CORE = 2.0  # arcsec; narrower Gaussians of a star are its core


def ellipses(plan: Plan, frame: Frame, seen: Seen) -> Array:
    """Return the Gaussians of all galaxies near a canvas, in the order of their rows.

    Returns
    -------
    (6, n) array
        Place on the canvas (arcsec), flux (DN), covariances xx, xy, yy (frame pixels squared).
    """
    sky = plan.sky
    near = sky.galaxy & (np.abs(seen.x - frame.columns / 2) < frame.columns / 2 + SHINE)
    parts = []
    steps = np.round(seen.shape / SHAPE_STEP).astype(int)
    for step in np.unique(steps[near]):
        star = frame_gaussians(float(step * SHAPE_STEP), plan.psf)
        for index in (1, 4):
            mine = np.flatnonzero(near & (steps == step) & (sky.sersic == index))
            parts.append(_one(plan, seen, mine, sersic(index), star))
    found = np.concatenate(parts, axis=1) if parts else np.empty((6, 0))
    return np.ascontiguousarray(found[:, np.argsort(found[1], kind="stable")])


def _one(
    plan: Plan, seen: Seen, mine: NDArray[np.int64], profile: tuple[Array, Array], star: tuple[Array, Array]
) -> Array:
    sky = plan.sky
    major = (sky.r_e[mine, None] * profile[1]) ** 2
    minor = major * sky.ba[mine, None] ** 2
    s, c = np.sin(np.radians(sky.pa[mine, None])), np.cos(np.radians(sky.pa[mine, None]))
    xx, yy, xy = major * s * s + minor * c * c, major * c * c + minor * s * s, (minor - major) * s * c
    core = star[1] < CORE
    light = star[0][core].sum()
    blur = float(star[0][core] @ star[1][core] ** 2 / light)
    mean = profile[0] / profile[0].sum()

    def parts(values: Array, round_part: float) -> Array:
        """Return covariances of the profile's Gaussians in the core, and of the whole galaxy in each of the wings."""
        wings = (values @ mean)[:, None] + round_part * star[1][~core] ** 2
        return np.hstack((values + round_part * blur, wings)).ravel() / PITCH**2

    share = np.concatenate((profile[0] * light, star[0][~core]))
    one = np.ones(share.size)
    return np.stack(
        (
            np.outer(seen.x[mine], one).ravel(),
            np.outer(seen.y[mine], one).ravel(),
            np.outer(seen.flux[mine], share).ravel(),
            parts(xx, 1.0),
            parts(xy, 0.0),
            parts(yy, 1.0),
        )
    )
