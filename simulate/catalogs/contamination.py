"""Which catalogue sources bright stars spoil: halos, spikes, latent images, glints."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from simulate.artifacts.habits import habits
from simulate.artifacts.points import frame_step
from simulate.artifacts.spikes import spikes
from simulate.plan import Plan

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

HALO = 25.0  # arcsec around the brightest stars where sources are confused
HALO_PARENT = 8.5  # J mag
PARENT = 9.0  # mag, of latent images and glints
REACH = 2.0  # arcsec about them, and about the line of a spike


def contamination(plan: Plan, hemis: str, main: Ints, places: Array) -> NDArray[np.str_]:
    """Return (n, 3) letters: d on a spike, c in a bright star's halo, p on a latent image or glint, else 0.

    Parameters
    ----------
    plan : Plan
    hemis : "n" or "s"
        The observatory whose camera saw the sources.
    main : (n,) array
        Brightest object of every source.
    places : (n, 2) array
        Columns and rows of the field.
    """
    sky, camera = plan.sky, habits(plan.seed, hemis)
    flags = np.full((main.size, 3), "0")
    if not main.size:
        return flags
    tree = cKDTree(places)
    for i in np.flatnonzero(sky.mag[:, 0] < HALO_PARENT):
        flags[[n for n in tree.query_ball_point((sky.x[i], sky.y[i]), HALO) if main[n] != i]] = "c"
    for band in range(3):
        for i in np.flatnonzero(sky.mag[:, band] < PARENT):
            ghosts = [(0.0, step * frame_step(hemis, "n")) for step in (-2, -1, 1, 2)]
            ghosts += [(-d * np.sin(np.radians(a)), d * np.cos(np.radians(a))) for a, d in camera.glints[band]]
            for dx, dy in ghosts:
                flags[tree.query_ball_point((sky.x[i] + dx, sky.y[i] + dy), REACH), band] = "p"
        arms = spikes(sky, band, camera)
        for i, angle, length in zip(arms.parent, arms.angle, arms.length, strict=True):
            near = np.array(tree.query_ball_point((sky.x[i], sky.y[i]), length), np.int64)
            s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))
            dx, dy = (places[near] - (sky.x[i], sky.y[i])).T
            on_arm = (np.abs(dx * c + dy * s) < REACH) & (-dx * s + dy * c > 1)
            flags[near[on_arm & (main[near] != i)], band] = "d"
    return flags
