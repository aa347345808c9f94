"""Visits for tests: six scans of a field and their extractions, with stars whose magnitudes are known."""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.connection import Connection
from schema.tables.scan import detection, scan
from schema.tables.twomass import standard
from tests.rows import put

TILE, CENTRE, STARS = 90004, (359.99, 40.0), 80
JDATE = 2451545.0


def stars(number: int = STARS, faintest: float = 13.5) -> NDArray[np.float64]:
    """Return x, y (arcsec from the centre) and the magnitude of stars, the same ones every time."""
    rng = np.random.default_rng(5)
    return np.column_stack(
        (rng.uniform(-200, 200, number), np.linspace(-1750, 1750, number), rng.uniform(10, faintest, number))
    )


def put_standards(conn: Connection, sky: NDArray[np.float64], number: int = 8) -> None:
    """Make the first stars standards, with their true magnitudes."""
    ra, dec = places(sky[:number])
    put(
        conn,
        standard,
        [
            {"name": f"S{i}", "tile": TILE, "ra": ra[i], "dec": dec[i], "sj": 0.01, "sh": 0.01, "sks": 0.01}
            | dict.fromkeys(("j", "h", "ks"), float(sky[i, 2]))
            for i in range(number)
        ],
    )


def places(sky: NDArray[np.float64]) -> tuple[list[float], list[float]]:
    """Return right ascensions, across 0 h, and declinations (deg)."""
    ra = (CENTRE[0] + sky[:, 0] / 3600 / np.cos(np.radians(CENTRE[1]))) % 360
    return ra.tolist(), (CENTRE[1] + sky[:, 1] / 3600).tolist()


def put_visit(
    conn: Connection,
    sky: NDArray[np.float64],
    first: int = 1,
    *,
    hour: float = 5.0,
    airmass: float = 1.0,
    error: dict[int, dict[str, float]] | None = None,
    dim: float = 0.0,
    shift: dict[int, float] | None = None,
    noise: float = 0.005,
    profile: dict[int, float] | None = None,
    at_ten: float | None = None,
    **values: Any,
) -> list[int]:
    """Put six scans and their extractions.

    `error` is what the header's zero point of a scan is wrong by in some bands, `dim` what clouds take from all scans,
    `shift` moves the northern stars of a scan (arcsec), `profile` what its profile magnitudes gain towards the north.
    With `at_ten` the noise is that of a signal-to-noise ratio of 10 at this magnitude. `values` go into the scan table.
    """
    rng = np.random.default_rng(first)
    keys = list(range(first, first + 6))
    conn.execute("SELECT deepcal.add_tile_partition(%s)", (TILE,))
    for number, key in enumerate(keys):
        wrong = (error or {}).get(number, {})
        row = {
            "scan_key": key,
            "hemis": "n",
            "date": date(1999, 12, 31),
            "scan": key,
            "sd": "ns"[number % 2],
            "tile": TILE,
        }
        row |= {"jdate": JDATE + hour / 24 + number * 105 / 86400, "airm": airmass, "cld": 0, "xph": 0}
        row |= {f"{band}_zp_ap": -0.1 + wrong.get(band, 0.0) for band in "jhk"}
        put(conn, scan, [row | values])
        _put_extractions(
            conn, rng, sky, key, wrong, dim, (shift or {}).get(number, 0), noise, (profile or {}).get(number, 0), at_ten
        )
    return keys


def _put_extractions(
    conn: Connection,
    rng: np.random.Generator,
    sky: NDArray[np.float64],
    key: int,
    wrong: dict[str, float],
    dim: float,
    shift: float,
    noise: float,
    profile: float,
    at_ten: float | None,
) -> None:
    moved = sky + rng.normal(0, 0.1, sky.shape) * (1, 1, 0)
    moved[:, 1] += np.where(sky[:, 1] > 0, shift, 0)
    ra, dec = places(moved)
    sigma = np.full(len(sky), noise) if at_ten is None else 0.1086 * 10 ** (0.4 * (sky[:, 2] - at_ten))
    gain = profile * (sky[:, 1] > 0)
    rows = []
    for i in range(len(sky)):
        row = {"cntr": key * 10_000 + i, "tile": TILE, "scan_key": key, "ra": ra[i], "decl": dec[i], "hemis": "n"}
        row |= {"rd_flg": "222", "cc_flg": "000"}
        for band in "jhk":
            mag = float(sky[i, 2] + dim + wrong.get(band, 0.0) + rng.normal(0, sigma[i]))
            row |= {f"{band}_m": mag, f"{band}_cmsig": float(sigma[i]), f"{band}_m_stdap": mag - float(gain[i])}
        rows.append(row)
    put(conn, detection, rows)
