"""Which field is visited when: every hour the visible field that lags most, until each has its visits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.errors import BadArgument
from simulate.nights.calendar import Calendar
from simulate.nights.sites import HEMIS, SITES, airmass, hour_angle, reach
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

A_NIGHT = 3  # visits of one field, as long as other nights are left
WHIM = 0.3  # of chance in the choice


@dataclass(frozen=True)
class Target:
    """A field to visit: its tile, centre (deg), the observatories that see it and the visits it needs."""

    tile: int
    ra: float
    dec: float
    hemis: str
    visits: int


@dataclass(frozen=True)
class Visits:
    """Visits in the order of time: index of the field, of the night in its calendar and of the slot in the night."""

    field: Ints
    night: Ints
    slot: Ints


def schedule(seed: int, nights: Calendar, targets: Sequence[Target]) -> Visits:
    """Give every field its visits.

    Nights are taken in an order of chance, so that the dates of a field are spread over the years and its seasons.

    Raises
    ------
    BadArgument
        All nights together have not so many hours with a field in sight.
    """
    first = min(target.tile for target in targets)
    rng = stream(first, seed, Stream.SCHEDULE)
    order = rng.permutation(nights.day.size)
    wanted = np.array([target.visits for target in targets])
    left = wanted.copy()
    seen = np.zeros((nights.day.size, nights.slots.shape[1]), bool)
    found: list[tuple[int, int, int]] = []
    for most in (A_NIGHT, 2 * A_NIGHT, nights.slots.shape[1]):
        for night in order.tolist():
            if not left.any():
                break
            up = _in_sight(nights, night, targets) & ~seen[night][:, None]
            found += _one_night(rng, night, up, left, wanted, most, seen)
    if left.any():
        tile = targets[int(np.argmax(left))].tile
        raise BadArgument(
            f"tile {tile}: {int(left.max())} of {int(wanted[np.argmax(left)])} visits find no hour with the field in "
            "sight; ask for fewer scans"
        )
    field, at, slot = np.array(found).T
    time = nights.midnight[at] + nights.slots[at, slot] / 24
    by_time = np.argsort(time, kind="stable")
    return Visits(field[by_time], at[by_time], slot[by_time])


def _one_night(
    rng: np.random.Generator, night: int, up: Flags, left: Ints, wanted: Ints, most: int, seen: Flags
) -> list[tuple[int, int, int]]:
    """Fill the free slots of a night; counts what is left down."""
    tonight = np.zeros(left.size, np.int64)
    found = []
    whims = rng.random(up.shape)
    for slot in np.flatnonzero((up & (left > 0)).any(axis=1)).tolist():
        fit = up[slot] & (left > 0) & (tonight < most)
        if not fit.any():
            continue
        choice = int(np.argmax(np.where(fit, left / wanted + WHIM * whims[slot], -1.0)))
        left[choice] -= 1
        tonight[choice] += 1
        seen[night, slot] = True
        found.append((choice, night, slot))
    return found


def _in_sight(nights: Calendar, night: int, targets: Sequence[Target]) -> Flags:
    """Return (slots, fields): which fields an observatory visits and has in sight."""
    letter = HEMIS[int(nights.site[night])]
    site = SITES[letter]
    ra, dec = np.array([(target.ra, target.dec) for target in targets]).T
    mine = np.array([letter in target.hemis for target in targets])
    hours = nights.slots[night]
    angle = hour_angle(site, (nights.midnight[night] + np.nan_to_num(hours) / 24)[:, None], ra)
    up: Flags = (airmass(site, dec, angle) < reach(site, dec)) & mine & np.isfinite(hours)[:, None]
    return up
