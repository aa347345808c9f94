"""What noise alone makes of the rules: sources that are confirmed on the stacks turned over."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.extract.bands import detections
from combine.extract.confirm import wanted
from combine.extract.images import Band, Layer, Profile
from combine.extract.sources import Found
from combine.extract.stars import Stars, without
from combine.measure.aperture import Floats
from combine.measure.render import RADIUS
from schema.settings import Settings

LIT = 2.0
"""Signal to noise of the light of sources from which on a place tells nothing of noise."""


def confirmed(found: Found, number: int, bands: list[Band]) -> NDArray[np.bool_]:
    """Tell which sources a band confirms; detects, where no band of the run can confirm any."""
    if all(len(band.directions) == 1 for band in bands):
        return np.isfinite(found.snr[:, number])
    return wanted(found.rule[:, number], "default")


def inverted(band: Band, number: int, found: Found, zero: float, settings: Settings) -> Floats:
    """Return the magnitudes of what the default rule confirms where the stacks, less their sources, are turned over.

    Noise is as often below the sky as above it, and no star is. Where a known source is seen nothing counts: what it
    leaves is its shape, not noise.

    Parameters
    ----------
    number : of the band in `found`
    zero : magnitude of a star of 1 DN in all
    """

    def turned(layer: Layer) -> Layer:
        known = found.snr[:, number]
        snr = np.where(np.isfinite(known), known, layer.at(layer.snr, found.x, found.y))
        left = without(layer.snr, layer.profile, Stars(found.x, found.y, snr) + found.extra[number])
        return layer.showing(-layer.image, -left)

    seen = detections(band.changed(turned), settings)
    one_way = len(band.directions) == 1
    false = Stars(seen.x, seen.y, seen.snr).where(wanted(seen.rule, "none" if one_way else "default"))
    known = np.isfinite(found.snr[:, number])
    stars = Stars(found.x[known], found.y[known], found.snr[known, number]) + found.extra[number]
    false = false.where(_light(band.both.profile, false, stars) < LIT)
    return np.asarray(zero - 2.5 * np.log10(false.snr * band.both.flux_sigma(false.x, false.y)))


def _light(profile: Profile, places: Stars, stars: Stars) -> Floats:
    """Return the signal to noise of the light of stars at each of the places."""
    total = np.zeros(places.x.size)
    if total.size and stars.x.size:
        pairs = cKDTree(places.places).sparse_distance_matrix(cKDTree(stars.places), RADIUS, output_type="ndarray")
        share = profile.envelope[np.clip(pairs["v"].astype(int), 0, RADIUS)]
        np.add.at(total, pairs["i"], stars.snr[pairs["j"]] * share)
    return total
