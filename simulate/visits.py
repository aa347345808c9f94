"""When and how a field was observed: visits of six scans of one night, north and south in turn, 5 arcsec apart."""

import datetime
from dataclasses import dataclass

import numpy as np

from simulate.seeds import Stream, stream
from simulate.sky_math import sidereal_hours, zenith_distance

SCANS_A_VISIT = 6
STEP_EAST = 5.0  # arcsec between the scans of a visit
SCAN_SECONDS = 105.0  # from the start of one scan to the next
FIRST_DAY = datetime.date(1997, 10, 11)  # hourly visits from here on
LAST_DAY = datetime.date(2001, 2, 15)
EPOCH = datetime.datetime(2000, 1, 1, 12, tzinfo=datetime.UTC)  # JD 2451545.0
SHARED_DEC = 15.0  # deg; nearer the equator both observatories visit a field
REACH = 1.8  # airmass


@dataclass(frozen=True)
class Site:
    """An observatory: latitude and longitude east (deg), frame step along the scan (arcsec)."""

    hemis: str
    latitude: float
    longitude: float


SITES = {"n": Site("n", 31.681, -110.885), "s": Site("s", -30.165, -70.815)}


@dataclass(frozen=True)
class Scan:
    """One scan of the field: identity, time, geometry and weather."""

    index: int
    visit: int
    scan_key: int
    hemis: str
    date: datetime.date
    scan: int
    direction: str
    start: datetime.datetime
    jdate: float
    hour_angle: float
    zenith: float
    airmass: float
    east: float
    """Pointing east of the tile's centre, arcsec."""
    humidity: int
    air: float
    telescope: float
    focus: int

    @property
    def name(self) -> str:
        """The scan in file names: yymmdd, hemisphere, scan number."""
        return f"{self.date:%y%m%d}{self.hemis}{self.scan:03d}"


def observe(tile: int, seed: int, ra: float, dec: float, scans: int) -> list[Scan]:
    """Draw the scans of a field.

    Parameters
    ----------
    tile, seed : int
    ra, dec : float
        Centre of the field (deg).
    scans : int
        How many; the last visit may be short.

    Returns
    -------
    list of Scan
        In the order of time.
    """
    rng = stream(tile, seed, Stream.VISITS)
    visits = -(-scans // SCANS_A_VISIT)
    starts = sorted(_starts(rng, ra, dec, visits))
    found: list[Scan] = []
    for number, (start, hemis) in enumerate(starts):
        here = min(SCANS_A_VISIT, scans - len(found))
        found += _visit(rng, number, len(found), tile, start, SITES[hemis], (ra, dec), here)
    return found


def _starts(rng: np.random.Generator, ra: float, dec: float, visits: int) -> list[tuple[datetime.datetime, str]]:
    """Draw the starts of visits: at night, the field high, two of one night and place at least an hour apart."""
    hemispheres = "ns" if abs(dec) < SHARED_DEC else ("n" if dec > 0 else "s")
    nights = (LAST_DAY - FIRST_DAY).days
    found: list[tuple[datetime.datetime, str]] = []
    for attempt in range(10_000 * visits):
        hemis = hemispheres[len(found) % len(hemispheres)]
        site = SITES[hemis]
        midnight = datetime.datetime.combine(FIRST_DAY, datetime.time(), datetime.UTC)
        midnight += datetime.timedelta(days=int(rng.integers(nights)), hours=-site.longitude / 15)
        start = midnight + datetime.timedelta(hours=float(rng.uniform(-5, 5)))
        start = start.replace(microsecond=0)
        angle = _hour_angle(start, site, ra)
        high = 1 / np.cos(np.radians(zenith_distance(site.latitude, dec, angle))) if abs(angle) < 6 else np.inf
        if not 1 <= high < REACH and attempt < 5_000 * visits:  # a field that never rises is still simulated
            continue
        if all(other != hemis or abs(start - there) > datetime.timedelta(hours=1) for there, other in found):
            found.append((start, hemis))
        if len(found) == visits:
            break
    return found


def _hour_angle(time: datetime.datetime, site: Site, ra: float) -> float:
    hours = float(sidereal_hours(_julian(time), site.longitude)) - ra / 15
    return (hours + 12) % 24 - 12


def _julian(time: datetime.datetime) -> float:
    return 2451545.0 + (time - EPOCH).total_seconds() / 86400


def _visit(
    rng: np.random.Generator,
    visit: int,
    first: int,
    tile: int,
    start: datetime.datetime,
    site: Site,
    centre: tuple[float, float],
    scans: int,
) -> list[Scan]:
    night = (start + datetime.timedelta(hours=4)).date()
    local = start + datetime.timedelta(hours=site.longitude / 15)
    dusk = (local.hour + local.minute / 60 - 18) % 24
    number = 5 + int(24 * dusk)
    pointing = float(np.clip(rng.normal(0, 1), -2, 2))
    air = float(np.round(rng.normal(12, 4), 1))
    humidity, focus = int(rng.integers(10, 60)), int(rng.integers(960, 1010))
    found = []
    for i in range(scans):
        time = start + datetime.timedelta(seconds=SCAN_SECONDS * i)
        angle = _hour_angle(time, site, centre[0])
        zenith = float(zenith_distance(site.latitude, centre[1], angle))
        found.append(
            Scan(
                index=first + i,
                visit=visit,
                scan_key=tile % 200_000 * 10_000 + first + i + 1,
                hemis=site.hemis,
                date=night,
                scan=number + i,
                direction="ns"[i % 2],
                start=time,
                jdate=_julian(time),
                hour_angle=angle,
                zenith=zenith,
                airmass=float(1 / np.cos(np.radians(min(zenith, 80.0)))),
                east=STEP_EAST * (i - (SCANS_A_VISIT - 1) / 2) + pointing,
                humidity=humidity,
                air=air,
                telescope=round(air - 0.8, 1),
                focus=focus,
            )
        )
    return found
