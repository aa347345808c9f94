"""What one band finds by itself: detections, their values on N and S, their confirmation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from combine.extract.confirm import rules
from combine.extract.detect import MOVE, detect
from combine.extract.images import Band, Layer
from combine.extract.merge import weighted
from combine.extract.stars import Stars, fit, reaches
from combine.measure.aperture import Floats
from schema.settings import Settings

BOTH_WAYS = 5.0
"""A position is the mean of N and S where both see the source so well; else the one of N+S, which weighs them alike."""
FIT_ROUNDS = 4


@dataclass(frozen=True)
class Detections:
    """The detections of one band; positions in pixels.

    x, y, sigma : position and its error along one axis
    dx, dy : north less south
    snr, snr_n, snr_s : in the detection filter, N and S at the place of N+S; NaN where there is no such stack
    rule : rules passed
    faint : what is too faint for the list, but seen well enough to be taken off
    """

    x: Floats
    y: Floats
    sigma: Floats
    dx: Floats
    dy: Floats
    snr: Floats
    snr_n: Floats
    snr_s: Floats
    rule: NDArray[np.int16]
    faint: Stars


def detections(band: Band, settings: Settings) -> Detections:
    """Find the sources of a band on N+S and look at them on N and on S."""
    stars, faint = detect(band.both, settings)
    blank = np.full(stars.x.size, np.nan)
    heights, fluxes, sigmas = ({"n": blank, "s": blank} for _ in range(3))
    moved = {"n": stars, "s": stars}
    if len(band.directions) == 2:
        for letter, layer in band.directions.items():
            heights[letter], moved[letter] = _one_direction(layer, stars)
            sigmas[letter] = layer.flux_sigma(stars.x, stars.y)
            fluxes[letter] = heights[letter] * sigmas[letter]
    rule = rules(stars.snr, heights["n"], heights["s"], fluxes["n"], fluxes["s"], sigmas["n"], sigmas["s"], settings)
    x, y, sigma = _positions(band, stars, moved, heights, settings)
    return Detections(
        x, y, sigma, moved["n"].x - moved["s"].x, moved["n"].y - moved["s"].y,
        stars.snr, heights["n"], heights["s"], rule, faint,
    )  # fmt: skip


def _one_direction(layer: Layer, stars: Stars) -> tuple[Floats, Stars]:
    """Return the signal to noise at fixed places, and the stars where this stack sees them."""
    reach = reaches(layer.profile, stars.snr)
    fixed, _ = fit(layer.snr, layer.profile, stars, rounds=FIT_ROUNDS, move=0.0, reach=reach)
    free, _ = fit(layer.snr, layer.profile, fixed, rounds=FIT_ROUNDS, move=MOVE, reach=reach)
    return fixed.snr, free


def _positions(
    band: Band, stars: Stars, moved: dict[str, Stars], heights: dict[str, Floats], settings: Settings
) -> tuple[Floats, Floats, Floats]:
    """Return positions and their error: means of N and S weighted by flux variance where both see the source well."""
    x, y = stars.x, stars.y
    error = _error(band.both, stars, stars.snr, settings)
    if len(band.directions) == 2:
        layers = band.directions
        sigma = np.stack([_error(layers[d], stars, heights[d], settings) for d in "ns"], axis=-1)
        mean_x, mean_error = weighted(np.stack([moved[d].x for d in "ns"], axis=-1), sigma)
        mean_y, _ = weighted(np.stack([moved[d].y for d in "ns"], axis=-1), sigma)
        with np.errstate(invalid="ignore"):
            well = (heights["n"] >= BOTH_WAYS) & (heights["s"] >= BOTH_WAYS)
        x, y, error = np.where(well, mean_x, x), np.where(well, mean_y, y), np.where(well, mean_error, error)
    return x, y, error


def _error(layer: Layer, stars: Stars, snr: Floats, settings: Settings) -> Floats:
    """Return the error of a position along one axis, photons of the source included, pixels; NaN where not seen."""
    sigma = layer.flux_sigma(stars.x, stars.y)
    flux = snr * sigma
    electrons = settings["gain"][0] * settings["frames"][0] * np.maximum(layer.at(layer.count, stars.x, stars.y), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(flux > 0, layer.profile.position * np.sqrt(sigma**2 + flux / electrons) / flux, np.nan)
