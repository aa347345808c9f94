"""The calibration of a night as the survey made it: lines in time for H and Ks, J from visit to visit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.nights.calendar import Calendar
from simulate.nights.weather import weather

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

VISIT_ERROR = 0.006  # mag, of the mean zero point of a visit
USUAL_AIRMASS = 1.2
CLOUDY = 0.06  # mag below the night's median: a visit that the survey left out


@dataclass(frozen=True)
class Solution:
    """Solutions of all nights: (n, 16, 3) zero points at the visits as measured, and (n, 3) rms about the solution."""

    measured: Array
    used: NDArray[np.bool_]
    """(n, 16): the visits that define the solution."""
    line: Array
    """(n, 2, 3): level at midnight and slope per hour."""
    rms: Array


def solve(seed: int, nights: Calendar) -> Solution:
    """Measure the zero point of every hourly visit, whatever its field, and lay the night's lines through them."""
    count, slots = nights.slots.shape
    night = np.repeat(np.arange(count), slots)
    hours = np.nan_to_num(nights.slots).ravel()
    airmass = np.full(hours.size, USUAL_AIRMASS)
    air = weather(seed, nights, night, hours, airmass)
    error = VISIT_ERROR * np.stack([np.roll(nights.draws[:, -slots:], shift, axis=1) for shift in (3, 5, 7)], axis=-1)
    measured = (air.c1 + (air.c2 - air.c2_table) * (airmass - 1)[:, None] - air.cloud[:, None]).reshape(count, slots, 3)
    measured += error
    there = _usable(measured, np.isfinite(nights.slots))
    t = np.nan_to_num(nights.slots)[..., None]
    number = there.sum(axis=1)
    mean_t = (there * t).sum(axis=1) / number
    mean = (there * measured).sum(axis=1) / number
    spread = np.maximum((there * (t - mean_t[:, None]) ** 2).sum(axis=1), 1.0)
    slope = (there * (t - mean_t[:, None]) * measured).sum(axis=1) / spread
    line = np.stack((mean - slope * mean_t, slope), axis=1)
    residual = there * (measured - line[:, :1] - line[:, 1:] * t)
    return Solution(measured, there[..., 0], line, np.sqrt((residual**2).sum(axis=1) / np.maximum(number - 2, 1)))


def _usable(measured: Array, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (n, 16, 1): visits not far below the median of their night in any band."""
    middle = np.nanmedian(np.where(there[..., None], measured, np.nan), axis=1, keepdims=True)
    clear: NDArray[np.bool_] = there & (measured > middle - CLOUDY).all(axis=2)
    return clear[..., None]


def applied(solution: Solution, nights: Calendar, night: Ints, hours: Array) -> Array:
    """Return the c1 (n, 3) that the survey applied at moments of its nights."""
    found: Array = solution.line[night, 0] + solution.line[night, 1] * hours[:, None]
    for number in np.unique(night).tolist():
        mine = night == number
        there = solution.used[number]
        found[mine, 0] = np.interp(hours[mine], nights.slots[number][there], solution.measured[number][there, 0])
    return found
