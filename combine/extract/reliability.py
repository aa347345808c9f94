"""What noise alone makes of the rules: sources that are confirmed on the stacks turned over."""

import numpy as np
from numpy.typing import NDArray

from combine.extract.bands import detections
from combine.extract.confirm import wanted
from combine.extract.deblend import doubt_at
from combine.extract.images import Band, Layer
from combine.extract.sources import Found
from combine.extract.stars import Stars, without
from combine.measure.aperture import Floats
from schema.settings import Settings


def confirmed(found: Found, number: int, bands: list[Band]) -> NDArray[np.bool_]:
    """Tell which sources a band confirms; detects, where no band of the run can confirm any."""
    if all(len(band.directions) == 1 for band in bands):
        return np.isfinite(found.snr[:, number])
    return wanted(found.rule[:, number], "default")


def inverted(band: Band, number: int, found: Found, zero: float, settings: Settings) -> Floats:
    """Return the magnitudes of what the default rule confirms where the stacks, less their sources, are turned over.

    Noise is as often below the sky as above it, and no star is. What may be the wrong shape of a known source does not
    count.

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
    stars = Stars(found.x[known], found.y[known], found.snr[known, number])
    beyond = false.snr - doubt_at(false, band.both.profile, stars, settings) >= settings["detect_snr"][0]
    false = false.where(beyond)
    return np.asarray(zero - 2.5 * np.log10(false.snr * band.both.flux_sigma(false.x, false.y)))
