"""Detection: the stars of a stack, each above what its brighter neighbours leave at its place."""

import numpy as np
from numpy.typing import NDArray

from combine.extract.deblend import (
    beyond_doubt,
    hidden,
    level_around,
    mirrored,
    of_their_own,
    peaks,
    stand_out,
    unresolved,
)
from combine.extract.images import Layer
from combine.extract.stars import Stars, fit
from combine.measure.aperture import Image
from schema.settings import Settings

MOVE = 1.0
"""Farthest a fit may take a star from its peak, pixels."""


def detect(layer: Layer, settings: Settings) -> tuple[Stars, Stars]:
    """Find the stars of a stack, and beside them what may be stars, too faint for the list.

    Peaks are taken by brightness; each must stand `detect_snr` above the expected filtered images of the brighter
    ones and the part of them that may be wrong. All are fitted together, and what they leave is searched again for
    what hid beside them.
    """
    profile, rounds = layer.profile, int(settings["detect_rounds"][0])
    first = stand_out(peaks(layer.snr, settings["detect_snr"][0]), profile, settings)
    stars, residual = _fit_and_sift(layer, first, settings)
    for _ in range(rounds - 1):
        beside = hidden(residual, profile, stars, settings)
        if beside.x.size == 0:
            break
        stars, residual = _fit_and_sift(layer, stars + beside, settings)
    least = settings["model_snr"][0]
    faint = beyond_doubt(residual, profile, stars, least, settings)
    return stars, of_their_own(residual, stars, faint, least, settings)


def _fit_and_sift(layer: Layer, stars: Stars, settings: Settings) -> tuple[Stars, Image]:
    """Fit stars together; leave out the weak, and those that are the shape of a brighter one; fit again."""
    stars, residual = fit(layer.snr, layer.profile, stars, rounds=3, move=MOVE)
    for _ in range(2):
        keep = _strong(stars, residual, settings) & ~mirrored(layer.snr, layer.profile, stars, settings)
        keep &= ~unresolved(stars, settings["detect_apart"][0] * layer.psf.fwhm)
        if keep.all():
            break
        stars, residual = fit(layer.snr, layer.profile, stars.where(keep), rounds=2, move=MOVE)
    return stars.where(_strong(stars, residual, settings)), residual


def _strong(stars: Stars, residual: Image, settings: Settings) -> NDArray[np.bool_]:
    """Tell which stars stand high enough above what lies around them."""
    return np.asarray(stars.snr - np.maximum(level_around(residual, stars), 0) >= settings["detect_snr"][0])
