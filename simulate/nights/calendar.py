"""Every night of both observatories with the hours of calibration visits: about one an hour, at dusk and dawn too."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.nights.sites import HEMIS, SITES, half_night
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

JULIAN = 1721424.5  # of the midnight that begins day 1 of Python's ordinals
HOURLY = datetime.date(1997, 10, 11).toordinal()  # before: two fields every two hours
SLOTS = 16  # at most, in the longest night
DRAWS = 64  # normal numbers a night


@dataclass(frozen=True)
class Calendar:
    """Nights, in the order of time and observatory.

    `site` is 0 in the north, 1 in the south; `day` the ordinal of the night's date; `midnight` the Julian date of its
    middle; `slots` (n, 16) the hours of visits from there, NaN where a night has fewer. `draws` (n, 64) are normal
    numbers that depend on the seed and the night alone: fields of one seed share the weather.
    """

    site: Ints
    day: Ints
    midnight: Array
    slots: Array
    draws: Array


def calendar(seed: int) -> Calendar:
    """Return all nights of the survey."""
    site, day = np.concatenate([_nights(number) for number in range(2)], axis=1)
    draws = np.stack(
        [stream(0, seed, Stream.NIGHT, int(s), int(d)).normal(size=DRAWS) for s, d in zip(site, day, strict=True)]
    )
    longitude = np.array([SITES[hemis].longitude for hemis in HEMIS])[site]
    midnight = JULIAN + day - longitude / 360
    half = np.where(site == 0, half_night(SITES["n"], midnight), half_night(SITES["s"], midnight))
    return Calendar(site, day, midnight, _slots(half, day, draws), draws)


def _nights(number: int) -> Ints:
    site = SITES[HEMIS[number]]
    first, last = (datetime.date.fromisoformat(text).toordinal() for text in (site.first, site.last))
    days = np.arange(first, last + 1)
    return np.stack((np.full(days.size, number), days))


def _slots(half: Array, day: Ints, draws: Array) -> Array:
    """Spread visits from dusk to dawn: one in 55 to 70 minutes, in the first months two in two hours."""
    k = np.arange(SLOTS)
    early = (day < HOURLY)[:, None]
    length = 2 * half[:, None] - 0.4
    steps = np.where(early, np.floor(length / 2.0), np.maximum(1, np.round(length / (1.03 + 0.02 * draws[:, :1]))))
    step = length / steps
    count = np.where(early, 2 * steps + 2, steps + 1)
    hours = 0.1 - half[:, None] + np.where(early, k // 2 * step + k % 2 * 0.25, k * step)
    middle = (k > 0) & (k < count - 1)
    hours = hours + np.where(middle, 0.05 * draws[:, -SLOTS:], 0.0)
    return np.where(k < count, hours, np.nan)
