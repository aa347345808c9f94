"""When and how one field was observed: visits of six scans, north and south in turn, on real nights of the survey."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.nights.calendar import calendar
from simulate.nights.fields import hemispheres
from simulate.nights.observed import SCANS_A_VISIT, Observed, observe_fields
from simulate.nights.schedule import Target

EPOCH = datetime.datetime(2000, 1, 1, 12, tzinfo=datetime.UTC)  # JD 2451545.0


@dataclass(frozen=True, eq=False)
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
    clear: NDArray[np.float64]
    """True zero points J, H, Ks above the reference ones (mag): c1 - c2 (X - 1) of this scan, no clouds."""
    applied: NDArray[np.float64]
    """What the survey's solution of the night has for them."""
    sky: NDArray[np.float64]
    """DN, J H Ks."""

    @property
    def name(self) -> str:
        """The scan in file names: yymmdd, hemisphere, scan number."""
        return f"{self.date:%y%m%d}{self.hemis}{self.scan:03d}"


def observe_field(tile: int, seed: int, ra: float, dec: float, scans: int) -> Observed:
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
    Observed
        In the order of time.

    Raises
    ------
    BadArgument
        The field is not in sight so often.
    """
    target = Target(tile, ra, dec, hemispheres(tile, dec), -(-scans // SCANS_A_VISIT))
    return observe_fields(seed, calendar(seed), [target], [scans])


def scans_of(observed: Observed) -> list[Scan]:
    """Return the scans of one field one by one."""
    return [_scan(observed, index) for index in range(observed.key.size)]


def _scan(observed: Observed, i: int) -> Scan:
    """Return one of the scans of one field."""
    seconds = round((float(observed.jdate[i]) - 2451545.0) * 86400)
    air = round(float(observed.air.air[i]), 1)
    return Scan(
        index=i,
        visit=int(observed.visit[i]),
        scan_key=int(observed.key[i]),
        hemis=str(observed.hemis[i]),
        date=datetime.date.fromordinal(int(observed.day[i])),
        scan=int(observed.scan[i]),
        direction=str(observed.direction[i]),
        start=EPOCH + datetime.timedelta(seconds=seconds),
        jdate=2451545.0 + seconds / 86400,
        hour_angle=float(observed.hour_angle[i]),
        zenith=float(observed.zenith[i]),
        airmass=float(observed.airmass[i]),
        east=float(observed.east[i]),
        humidity=int(observed.air.humidity[i]),
        air=air,
        telescope=round(air - 0.8, 1),
        focus=int(observed.air.focus[i]),
        clear=observed.clear[i],
        applied=observed.applied[i],
        sky=observed.air.sky[i],
    )


def observe(tile: int, seed: int, ra: float, dec: float, scans: int) -> list[Scan]:
    """Draw the scans of a field; see `observe_field`."""
    return scans_of(observe_field(tile, seed, ra, dec, scans))
