"""The two observatories, and what of the sky and of the night they see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulate.sky.angles import sidereal_hours, zenith_distance

Array = NDArray[np.float64]

DUSK = -12.0  # deg, altitude of the sun at the first and the last visit
OBLIQUITY = 23.44  # deg
WORST_AIRMASS = 1.7
SLACK = 1.12  # a field that never rises so high is visited near its best


@dataclass(frozen=True)
class Site:
    """An observatory: latitude and longitude east (deg), its first and last night."""

    hemis: str
    latitude: float
    longitude: float
    first: str
    last: str


SITES = {
    "n": Site("n", 31.681, -110.885, "1997-06-01", "2000-12-01"),
    "s": Site("s", -30.165, -70.815, "1998-03-18", "2001-02-15"),
}
HEMIS = "ns"


def half_night(site: Site, midnight: Array) -> Array:
    """Return half the length (h) of nights, from the Julian dates of their midnights."""
    day = midnight - 2451544.5  # from the beginning of 2000
    sun = -np.radians(OBLIQUITY) * np.cos(2 * np.pi * (day + 10) / 365.25)
    latitude = np.radians(site.latitude)
    cosine = (np.sin(np.radians(DUSK)) - np.sin(latitude) * np.sin(sun)) / (np.cos(latitude) * np.cos(sun))
    half: Array = 12 - np.degrees(np.arccos(np.clip(cosine, -1, 1))) / 15
    return half


def hour_angle(site: Site, jdate: ArrayLike, ra: ArrayLike) -> Array:
    """Return hour angles (h, -12 to 12) of right ascensions (deg)."""
    hours: Array = (sidereal_hours(jdate, site.longitude) - np.asarray(ra, float) / 15 + 12) % 24 - 12
    return hours


def airmass(site: Site, dec: ArrayLike, angle: ArrayLike) -> Array:
    """Return the airmass at a declination (deg) and hour angles (h); 99 below 10 deg."""
    zenith = zenith_distance(site.latitude, dec, angle)
    return np.where(zenith < 80, 1 / np.cos(np.radians(np.minimum(zenith, 80.0))), 99.0)


def reach(site: Site, dec: ArrayLike) -> Array:
    """Return the largest airmass at which fields of a declination (deg) are visited."""
    return np.maximum(WORST_AIRMASS, SLACK * airmass(site, dec, 0.0))
