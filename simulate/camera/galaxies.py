"""Galaxies in frames: every Gaussian of their profiles blurred by every Gaussian of a star's image."""

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
        weight, width = frame_gaussians(float(step * SHAPE_STEP), plan.psf)
        for index in (1, 4):
            mine = np.flatnonzero(near & (steps == step) & (sky.sersic == index))
            parts.append(_one(plan, seen, mine, sersic(index), (weight, width)))
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
    shape = (mine.size, profile[0].size, star[0].size)

    def spread(values: Array) -> Array:
        return np.broadcast_to(values, shape).ravel()

    return np.stack(
        (
            spread(seen.x[mine, None, None]),
            spread(seen.y[mine, None, None]),
            spread(seen.flux[mine, None, None] * profile[0][:, None] * star[0]),
            spread((xx[..., None] + star[1] ** 2) / PITCH**2),
            spread(xy[..., None] / PITCH**2),
            spread((yy[..., None] + star[1] ** 2) / PITCH**2),
        )
    )
