"""Confirmation: which detections north and south agree on, by the default and the published rule."""

from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from combine.measure.aperture import Floats
from schema.settings import Settings


class Rule(IntFlag):
    """The rules a source passes in a band, as stored."""

    NONE = 0
    DEFAULT = 1
    PUBLISHED = 2


def rules(
    snr: Floats,
    snr_n: Floats,
    snr_s: Floats,
    flux_n: Floats,
    flux_s: Floats,
    sigma_n: Floats,
    sigma_s: Floats,
    settings: Settings,
) -> NDArray[np.int16]:
    """Return the rules each detection passes; NaN where a stack is blank passes none.

    Parameters
    ----------
    snr, snr_n, snr_s : signal to noise in the detection filter of N+S, N and S
    flux_n, flux_s, sigma_n, sigma_s : fluxes in those filters and their noise, one unit

    The published rule asks for a detection on N and on S. The default one asks for a detection on N+S, a sign of it
    on N and on S, and equal fluxes: a latent image is on one of them only. Fluxes of galaxies and blends differ with
    the seeing, so a part of the flux (`confirm_fraction`) counts as error.
    """
    total, each = settings["confirm_snr"]
    error = settings["confirm_fraction"][0] * np.maximum(np.abs(flux_n), np.abs(flux_s))
    with np.errstate(invalid="ignore"):
        sigma = np.sqrt(sigma_n**2 + sigma_s**2 + error**2)
        equal = np.abs(flux_n - flux_s) <= settings["confirm_difference"][0] * sigma
        default = (snr >= total) & (snr_n >= each) & (snr_s >= each) & equal
        both = (snr_n >= settings["publish_snr"][0]) & (snr_s >= settings["publish_snr"][0])
    return (Rule.DEFAULT * default + Rule.PUBLISHED * both).astype(np.int16)


def wanted(rule: NDArray[np.int16], confirm: str) -> NDArray[np.bool_]:
    """Tell which detections `confirm` (default, published or none) asks for."""
    bit = {"default": Rule.DEFAULT, "published": Rule.PUBLISHED, "none": Rule.NONE}[confirm]
    return np.asarray((rule & int(bit)) == int(bit))
