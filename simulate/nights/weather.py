"""The air of every night: zero points that drift, clouds, seeing, sky and airglow at any hour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from simulate.nights.calendar import Calendar
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

EXTINCTION = np.array(((0.096, 0.026, 0.066), (0.092, 0.031, 0.065)))
"""Long-term c2 (mag per airmass) of J, H, Ks in the north and the south (Nikolaev 2000)."""
MONTHLY = (0.010, 0.004, 0.006)  # mag per airmass, its scatter from month to month
NIGHTLY = (0.008, 0.003, 0.004)  # and from night to night, which no table knows
NIGHT_ZERO = (0.045, 0.030, 0.030)  # mag, c1 from night to night
SEASON = (0.05, 0.03, 0.03)  # mag, dust on the mirrors through the months
SLOPE = (0.005, 0.003, 0.003)  # mag per hour
WIGGLE = (0.012, 0.003, 0.003)  # mag, water vapour from hour to hour
STEP_SHARE = 0.03  # nights in which the zero point jumps
PHOTOMETRIC, PARTLY = 0.84, 0.96  # of nights: clear; with cloud for some hours; the rest cloudy
THIN = 0.12  # mag, median extinction of cloud
SKY = np.array(((88.0, 290.0, 425.0), (80.0, 270.0, 405.0)))  # DN
NOISE_SCATTER = 0.06  # of the logarithm of the noise, from night to night
GLOW_DECAY = 3.0  # h, of the H airglow after dusk
CORE, BLUR, SPREAD = 0.90, 0.41, 0.31  # seeing shape: of the camera, added by the air, scatter of its logarithm


@dataclass(frozen=True)
class Air:
    """The air at given hours; arrays (n, 3) for J, H, Ks, or (n,).

    `c1` (mag, above the reference zero point), `c2` true and `c2_table` as the month's table has it (mag per airmass),
    `noise` a factor on that of a pixel, `cloud` (n,) extinction (mag), `shape` (n,) the J seeing shape, `sky` (DN),
    `glow` (n,) airglow structure in H over that of an ordinary night, `air` temperature (C), `humidity` (percent),
    `focus`.
    """

    c1: Array
    c2: Array
    c2_table: Array
    noise: Array
    cloud: Array
    shape: Array
    sky: Array
    glow: Array
    air: Array
    humidity: Array
    focus: Array


def weather(seed: int, nights: Calendar, night: Ints, hours: Array, airmass: Array) -> Air:
    """Return the air of moments.

    Parameters
    ----------
    seed : int
    nights : Calendar
    night : (n,) array
        Which of its nights.
    hours : (n,) array
        From the middle of the night.
    airmass : (n,) array
    """
    z = nights.draws[night]
    site, day = nights.site[night], nights.day[night]
    table = _month_table(seed, nights)[night]
    season = np.cos(2 * np.pi * (day / 365.25 - 0.54 + 0.5 * site))  # 1 in summer
    air = 8 + 8 * season + 3 * z[:, 0] - 0.5 * hours
    return Air(
        c1=_zero_point(z, day, hours),
        c2=table + z[:, 1:4] * NIGHTLY,
        c2_table=table,
        noise=np.exp(NOISE_SCATTER * z[:, 36:39]),
        cloud=_cloud(z, hours),
        shape=_seeing(z, hours, airmass),
        sky=_sky(z, site, hours, air),
        glow=np.exp(0.5 * z[:, 34] + 0.25 * np.sin(hours + 3 * z[:, 35])) / np.exp(0.15),
        air=air,
        humidity=np.clip(35 + 18 * z[:, 4] + 1.5 * hours, 5, 98),
        focus=np.clip(985 + 15 * z[:, 5] - 1.5 * (air - 10), 900, 1080),
    )


def _month_table(seed: int, nights: Calendar) -> Array:
    """Return c2 of every night's month and site."""
    months, place = np.unique(nights.site * 10_000 + nights.day // 30, return_inverse=True)
    scatter = np.stack([stream(0, seed, Stream.MONTH, int(month)).normal(size=3) for month in months])
    return np.round(EXTINCTION[nights.site] + scatter[place] * MONTHLY, 3)


def _zero_point(z: Array, day: Ints, hours: Array) -> Array:
    """Return c1: dust through the months, the night, a slope, waves of some hours, rarely a step."""
    dust = (day % 190 / 190 - 0.5)[:, None] * np.array(SEASON) * -2
    level = dust + z[:, 6:9] * NIGHT_ZERO + z[:, 9:12] * SLOPE * hours[:, None]
    waves = sum(
        np.sin(2 * np.pi * (hours[:, None] / period + ndtr(z[:, [first, first + 1, first + 2]])))
        for period, first in ((6.5, 12), (2.7, 15))
    )
    step = (ndtr(z[:, 18]) < STEP_SHARE) & (hours > 3 * z[:, 19])
    zero: Array = level + waves * WIGGLE + (0.03 * step * np.sign(z[:, 20]))[:, None]
    return zero


def _cloud(z: Array, hours: Array) -> Array:
    """Return the extinction of cloud, which comes for some hours of a night, or all of it, and is never even."""
    luck = ndtr(z[:, 21])
    middle, half = 4.5 * z[:, 22], 0.7 + 2.2 * ndtr(z[:, 23])
    depth = THIN * np.exp(0.9 * z[:, 24])
    here = np.where(luck > PARTLY, 1.0, np.clip(2 * (half - np.abs(hours - middle)) / half, 0, 1))
    waves = 0.55 + 0.3 * np.sin(2.1 * hours + 6 * z[:, 25]) + 0.15 * np.sin(7.3 * hours + 6 * z[:, 26])
    return np.where(luck > PHOTOMETRIC, depth * here * waves, 0.0)


def _seeing(z: Array, hours: Array, airmass: Array) -> Array:
    waves = 0.13 * np.sin(0.8 * hours + 6 * z[:, 28]) + 0.10 * np.sin(2.9 * hours + 6 * z[:, 29])
    blur = BLUR * np.exp(SPREAD * z[:, 27] + waves) * airmass**0.6
    return np.hypot(CORE, blur)


def _sky(z: Array, site: Ints, hours: Array, air: Array) -> Array:
    """Return the sky: airglow lines fall after dusk in J and H, the warm telescope shines in Ks."""
    glow = 0.3 * np.exp(-(hours + 5.5) / GLOW_DECAY) + 0.08 * np.sin(2 * np.pi * hours / 1.7 + 6 * z[:, 30])
    log = np.column_stack((0.6 * glow, glow, 0.022 * (air - 9))) + z[:, 31:34] * (0.18, 0.16, 0.07)
    sky: Array = SKY[site] * np.exp(log)
    return sky
