"""Angles on the sky: galactic coordinates, sidereal time, zenith distance, names made of positions."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# J2000 to galactic (Murray 1989, A&A 218, 325)
GALACTIC = np.array(
    [
        [-0.054875539390, -0.873437104725, -0.483834991775],
        [+0.494109453633, -0.444829594298, +0.746982248696],
        [-0.867666135681, -0.198076389622, +0.455983794523],
    ]
)


def vectors(ra: ArrayLike, dec: ArrayLike) -> Array:
    """Return (n, 3) unit vectors of positions in deg."""
    a, d = np.radians(np.asarray(ra, float)), np.radians(np.asarray(dec, float))
    return np.stack((np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)), axis=-1)


def galactic(ra: ArrayLike, dec: ArrayLike) -> tuple[Array, Array]:
    """Return galactic longitude and latitude (deg) of J2000 positions (deg)."""
    x, y, z = np.moveaxis(vectors(ra, dec) @ GALACTIC.T, -1, 0)
    return np.degrees(np.arctan2(y, x)) % 360, np.degrees(np.arcsin(np.clip(z, -1, 1)))


def sidereal_hours(jdate: ArrayLike, longitude: float) -> Array:
    """Return the local mean sidereal time (h) at a Julian date and a longitude east (deg)."""
    days = np.asarray(jdate, float) - 2451545.0
    hours: Array = (18.697374558 + 24.06570982441908 * days + longitude / 15) % 24
    return hours


def zenith_distance(latitude: float, dec: ArrayLike, hour_angle: ArrayLike) -> Array:
    """Return the zenith distance (deg) from latitude and declination (deg) and hour angle (h)."""
    phi, d, h = np.radians(latitude), np.radians(dec), np.radians(15 * np.asarray(hour_angle, float))
    cosine = np.sin(phi) * np.sin(d) + np.cos(phi) * np.cos(d) * np.cos(h)
    distance: Array = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return distance


def position_angle(ra0: ArrayLike, dec0: ArrayLike, ra: ArrayLike, dec: ArrayLike) -> Array:
    """Return the angle (deg, 0 to 360, east of north) from a first position to a second, both in deg."""
    a0, d0 = np.radians(ra0), np.radians(dec0)
    a, d = np.radians(ra), np.radians(dec)
    east = np.cos(d) * np.sin(a - a0)
    north = np.cos(d0) * np.sin(d) - np.sin(d0) * np.cos(d) * np.cos(a - a0)
    angle: Array = np.degrees(np.arctan2(east, north)) % 360
    return angle


def designations(ra: Array, dec: Array, blank: str = " ") -> Any:
    """Return an Arrow array of hhmmssss+ddmmsss names: the positions (deg) cut, not rounded, to sexagesimal digits.

    `blank` follows each name, as in the Point Source Catalog.
    """
    seconds = np.floor(ra * 24000 + 1e-6).astype(np.int64)  # hundredths of a second of time
    tenths = np.floor(np.abs(dec) * 36000 + 1e-6).astype(np.int64)
    time = seconds // 360000 * 1_000_000 + seconds // 6000 % 60 * 10_000 + seconds % 6000
    arc = tenths // 36000 * 100_000 + tenths // 600 % 60 * 1000 + tenths % 600
    hours, degrees = (
        pc.utf8_lpad(pc.cast(pa.array(number), pa.string()), width, "0") for number, width in ((time, 8), (arc, 7))
    )
    sign = pc.if_else(pa.array(np.asarray(dec < 0)), "-", "+")
    return pc.binary_join_element_wise(hours, sign, degrees, blank, "")


def sexagesimal(value: float, digits: int, sign: str = "") -> str:
    """Return a number of hours or degrees as dd:mm:ss with decimal digits of the seconds, `sign` "+" to force one."""
    unit = 10**digits
    total = round(abs(value) * 3600 * unit)
    whole, part = divmod(total, unit)
    lead = "-" if value < 0 else sign
    text = f"{lead}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{text}.{part:0{digits}d}" if digits else text
