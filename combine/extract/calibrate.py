"""The photometric tie: the zero point that makes a star's aperture flux its total magnitude."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.measure.aperture import Floats
from combine.measure.robust import clipped_mean
from schema.settings import Settings

REFERENCE_ERROR = 0.02
"""Error of a single reference magnitude that its own list does not name: keeps single stars from ruling the tie."""


@dataclass(frozen=True)
class References:
    """Stars of known magnitude.

    name : of the list: standards or psc
    x, y : pixels
    mag, error : (stars, 3) J, H, Ks; NaN where a star is unfit in a band
    """

    name: str
    x: Floats
    y: Floats
    mag: Floats
    error: Floats


@dataclass(frozen=True)
class ZeroPoint:
    """The zero point of one band and direction.

    value, error : mag; the error does not hold what all stars of the list share
    stars : used
    reference : standards, psc, or image (the stack's own zero point and curve of growth)
    """

    value: float
    error: float
    stars: int
    reference: str


def zero_point(
    band: int,
    x: Floats,
    y: Floats,
    flux: Floats,
    sigma: Floats,
    lists: list[References],
    otherwise: float,
    settings: Settings,
) -> ZeroPoint:
    """Tie one band and direction to the first list that has enough stars.

    Parameters
    ----------
    band : 0, 1, 2 for J, H, Ks
    x, y, flux, sigma : positions (pixels) and aperture fluxes (DN) of the sources
    lists : standards first
    otherwise : zero point of the image, curve of growth included, where no list serves
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        good = flux > 5 * sigma
        instrumental = np.where(good, -2.5 * np.log10(flux), np.nan)
        error = np.where(good, 1.0857 * sigma / flux, np.nan)
    for reference in lists:
        mine, star = matched(x, y, reference.x, reference.y, settings["zp_radius"][0])
        value = reference.mag[star, band] - instrumental[mine]
        total = np.sqrt(reference.error[star, band] ** 2 + error[mine] ** 2 + REFERENCE_ERROR**2)
        mean, mean_error, used = clipped_mean(value, total)
        if used >= settings["zp_standards_min" if reference.name == "standards" else "zp_stars_min"][0]:
            return ZeroPoint(mean, mean_error, used, reference.name)
    return ZeroPoint(otherwise, float("nan"), 0, "image")


def matched(
    x: Floats, y: Floats, reference_x: Floats, reference_y: Floats, radius: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs (index, reference index) that are nearest to each other and within `radius` pixels."""
    if x.size == 0 or reference_x.size == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    mine, theirs = np.column_stack((x, y)), np.column_stack((reference_x, reference_y))
    apart, nearest = cKDTree(mine).query(theirs, distance_upper_bound=radius)
    star = np.flatnonzero(np.isfinite(apart))
    _, back = cKDTree(theirs).query(mine[nearest[star]])
    star = star[back == star]
    return nearest[star].astype(np.int64), star.astype(np.int64)


def stored(points: dict[str, dict[str, ZeroPoint]], settings: Settings) -> dict[str, Any]:
    """Return the calibration as it is kept with the run."""
    common = {"standards": 0.0, "psc": settings["zp_common"][0], "image": float("nan")}
    return {
        band: {
            direction: {
                key: None if isinstance(value, float) and np.isnan(value) else value
                for key, value in {**asdict(point), "common_error": common[point.reference]}.items()
            }
            for direction, point in directions.items()
        }
        for band, directions in points.items()
    }
