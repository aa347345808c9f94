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

    value, error : mag; the error holds what all stars of a list share, and is common to all sources of the run
    stars : used
    reference : standards, psc, both joined by a plus, or image (the stack's own zero point and curve of growth)
    image : that of the image itself, curve of growth included, mag
    """

    value: float
    error: float
    stars: int
    reference: str
    image: float


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
    """Tie one band and direction to the standards and the PSC, each weighted by its error, common parts included.

    Parameters
    ----------
    band : 0, 1, 2 for J, H, Ks
    x, y, flux, sigma : positions (pixels) and aperture fluxes (DN) of the sources
    lists : of reference stars; one with too few stars in the field does not count
    otherwise : zero point of the image, curve of growth included, where no list serves
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        good = flux > 5 * sigma
        instrumental = np.where(good, -2.5 * np.log10(flux), np.nan)
        error = np.where(good, 1.0857 * sigma / flux, np.nan)
    points = []
    for reference in lists:
        mine, star = matched(x, y, reference.x, reference.y, settings["zp_radius"][0])
        value = reference.mag[star, band] - instrumental[mine]
        total = np.sqrt(reference.error[star, band] ** 2 + error[mine] ** 2 + REFERENCE_ERROR**2)
        mean, mean_error, used = clipped_mean(value, total)
        least, common = LISTS[reference.name]
        if used >= settings[least][0]:
            points.append(
                ZeroPoint(mean, float(np.hypot(mean_error, settings[common][0])), used, reference.name, otherwise)
            )
    return _joined(points) if points else ZeroPoint(otherwise, float("nan"), 0, "image", otherwise)


LISTS = {"standards": ("zp_standards_min", "zp_standards_common"), "psc": ("zp_stars_min", "zp_common")}
"""Settings of each list: least number of stars, and the error all its magnitudes share."""


def _joined(points: list[ZeroPoint]) -> ZeroPoint:
    """Average zero points from different lists under their inverse variances."""
    weight = np.array([point.error**-2 for point in points])
    value = float(np.average([point.value for point in points], weights=weight))
    stars = sum(point.stars for point in points)
    return ZeroPoint(
        value, float(weight.sum() ** -0.5), stars, "+".join(point.reference for point in points), points[0].image
    )


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


def stored(points: dict[str, dict[str, ZeroPoint]]) -> dict[str, Any]:
    """Return the calibration as it is kept with the run."""
    return {
        band: {
            direction: {
                key: None if isinstance(value, float) and np.isnan(value) else value
                for key, value in asdict(point).items()
            }
            for direction, point in directions.items()
        }
        for band, directions in points.items()
    }
