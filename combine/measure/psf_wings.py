"""The wings of a point-spread function: smooth, round far out, ending in nothing."""

import numpy as np

from combine.measure.aperture import Floats
from combine.measure.boxes import RINGS
from combine.measure.psf_stars import Cuts
from combine.measure.render import RADIUS

CORE = 4.0
"""Pixels within which the mean star stands as it is."""
ROUND = 9
"""Pixels beyond which only rings of the brightest stars count: faint neighbours fill the mean star there."""
FADE = 24.0
"""Pixels from which the wings fade to nothing at RADIUS: an edge would look like sources."""
BRIGHTEST = 20
HARMONICS = 4

_y, _x = np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1]
_r = np.hypot(_x, _y)


def smooth_wings(mean: Floats, cuts: Cuts) -> Floats:
    """Smooth a mean star outside its core around rings, so that noise of single pixels makes no false sources.

    Parameters
    ----------
    mean : (2 RADIUS + 1, same) the mean star
    cuts : the stars it was made of; medians of rings of the brightest give the far wings

    Returns
    -------
    The same with a total of 1: in the middle as it was, then harmonics up to the fourth, far out round.
    """
    level = np.exp(np.interp(_r, *_log_level(mean, cuts)))
    angle, order = np.arctan2(_y, _x), np.arange(1, HARMONICS + 1)
    waves = np.stack(
        [np.ones_like(_r), *np.cos(np.multiply.outer(order, angle)), *np.sin(np.multiply.outer(order, angle))]
    )
    part = np.zeros((RADIUS + 1, len(waves)))
    part[:, 0] = 1
    for ring in range(3, ROUND):
        near = np.abs(_r - ring) < 0.8
        part[ring] = np.linalg.lstsq((waves[:, near] * level[near]).T, mean[near], rcond=None)[0]
    smooth = level * sum(np.interp(_r, np.arange(RADIUS + 1), p) * wave for p, wave in zip(part.T, waves, strict=True))
    share = np.clip((_r - CORE) / 2, 0, 1)
    joined = ((1 - share) * mean + share * smooth) * np.clip((RADIUS - _r) / (RADIUS - FADE), 0, 1)
    return np.asarray(joined / joined.sum())


def _log_level(mean: Floats, cuts: Cuts) -> tuple[Floats, Floats]:
    """Return radii and the logarithm of the brightness there, falling outwards."""
    radius = np.array([_r[near].mean() for near in RINGS])
    level = np.array([np.median(mean[near]) for near in RINGS])
    brightest = np.argsort(-cuts.flux)[:BRIGHTEST]
    weight = cuts.flux[brightest] ** 2
    for ring in range(ROUND, RADIUS + 1):
        each = cuts.ring[brightest, ring] / cuts.flux[brightest]
        level[ring] = np.nansum(each * weight) / weight[np.isfinite(each)].sum()
    return radius, np.log(np.minimum.accumulate(np.maximum(level, 1e-8 * level[0])))
