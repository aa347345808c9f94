"""The scans of many fields as arrays: six a visit, north and south in turn, each 5 arcsec east of the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.nights.calendar import Calendar
from simulate.nights.schedule import Target, schedule
from simulate.nights.sites import HEMIS, SITES, airmass, hour_angle
from simulate.nights.solution import applied, solve
from simulate.nights.weather import Air, weather
from simulate.seeds import Stream, stream
from simulate.sky.angles import zenith_distance

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SCANS_A_VISIT = 6
STEP_EAST = 5.0  # arcsec between the scans of a visit
SCAN_SECONDS = 105.0  # from the start of one scan to the next
SCANS_AN_HOUR = 12  # of calibration and survey together
FIRST_SCAN = 5
LEAST_RMS = 0.002  # mag
SCAN_ZERO = 0.004  # mag, of the zero point from scan to scan


@dataclass(frozen=True)
class Observed:
    """Scans in the order of fields and time; arrays (n,), per band (n, 3).

    `field` is the index of the field, `visit` counts within it. `hours` is the time from the middle of the `night`.
    `clear` is the true zero point above the reference (mag) without clouds, `cloud` (n,) what they take away; `applied`
    is the zero point of the survey's solution, `rms` (n, 3) the scatter of the night's visits about it.
    """

    field: Ints
    tile: Ints
    visit: Ints
    key: Ints
    night: Ints
    hours: Array
    hemis: NDArray[np.str_]
    day: Ints
    scan: Ints
    direction: NDArray[np.str_]
    jdate: Array
    hour_angle: Array
    zenith: Array
    airmass: Array
    east: Array
    air: Air
    clear: Array
    cloud: Array
    applied: Array
    rms: Array


def observe_fields(seed: int, nights: Calendar, targets: Sequence[Target], scans: Sequence[int]) -> Observed:
    """Observe fields so many times each; the last visit of a field may be short."""
    visits = schedule(seed, nights, targets)
    order = np.argsort(visits.field, kind="stable")
    field, night, slot = visits.field[order], visits.night[order], visits.slot[order]
    start = np.searchsorted(field, np.arange(len(targets)))
    visit = np.arange(field.size) - start[field]
    number = np.minimum(SCANS_A_VISIT, np.array(scans)[field] - SCANS_A_VISIT * visit)
    at = np.repeat(np.arange(field.size), number)
    step = np.arange(at.size) - np.repeat(np.cumsum(number) - number, number)
    rng = stream(min(target.tile for target in targets), seed, Stream.VISITS)
    pointing = np.clip(rng.normal(0, 1, field.size), -2, 2)
    return _scans(seed, nights, targets, _Places(field[at], visit[at], night[at], slot[at], step, pointing[at]), rng)


@dataclass(frozen=True)
class _Places:
    """Where every scan stands in the schedule: field, visit, night, slot, number in the visit; pointing east."""

    field: Ints
    visit: Ints
    night: Ints
    slot: Ints
    step: Ints
    pointing: Array


def _scans(
    seed: int, nights: Calendar, targets: Sequence[Target], place: _Places, rng: np.random.Generator
) -> Observed:
    tile = np.array([target.tile for target in targets])[place.field]
    hours = nights.slots[place.night, place.slot] + place.step * SCAN_SECONDS / 3600
    jdate = nights.midnight[place.night] + hours / 24
    angle, zenith, mass = _pointing(nights.site[place.night], jdate, targets, place.field)
    air = weather(seed, nights, place.night, hours, mass)
    above = (mass - 1)[:, None]
    solution = solve(seed, nights)
    clear = air.c1 - air.c2 * above + rng.normal(0, SCAN_ZERO, (tile.size, 3))
    index = SCANS_A_VISIT * place.visit + place.step
    return Observed(
        field=place.field,
        tile=tile,
        visit=place.visit,
        key=tile % 200_000 * 10_000 + index + 1,
        night=place.night,
        hours=hours,
        hemis=np.array(list(HEMIS))[nights.site[place.night]],
        day=nights.day[place.night],
        scan=FIRST_SCAN + SCANS_AN_HOUR * place.slot + place.step,
        direction=np.array(list("ns"))[place.step % 2],
        jdate=jdate,
        hour_angle=angle,
        zenith=zenith,
        airmass=mass,
        east=STEP_EAST * (place.step - (SCANS_A_VISIT - 1) / 2) + place.pointing,
        air=air,
        clear=clear,
        cloud=air.cloud * rng.uniform(0.7, 1.3, tile.size),
        applied=applied(solution, nights, place.night, hours) - air.c2_table * above,
        rms=np.maximum(solution.rms[place.night], LEAST_RMS),
    )


def _pointing(site: Ints, jdate: Array, targets: Sequence[Target], field: Ints) -> tuple[Array, Array, Array]:
    """Return hour angle (h), zenith distance (deg) and airmass of every scan."""
    ra, dec = np.array([(target.ra, target.dec) for target in targets])[field].T
    angle, zenith, mass = np.empty((3, jdate.size))
    for number, hemis in enumerate(HEMIS):
        mine = site == number
        angle[mine] = hour_angle(SITES[hemis], jdate[mine], ra[mine])
        zenith[mine] = zenith_distance(SITES[hemis].latitude, dec[mine], angle[mine])
        mass[mine] = airmass(SITES[hemis], dec[mine], angle[mine])
    return angle, zenith, mass


def part(observed: Observed, mine: Any) -> Observed:
    """Return some of the scans: a mask, a slice or indices."""
    values = {name: value[mine] for name, value in vars(observed).items() if name != "air"}
    return Observed(**values, air=Air(**{name: value[mine] for name, value in vars(observed.air).items()}))
