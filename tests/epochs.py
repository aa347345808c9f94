"""A field seen many times: stars, scans and their extractions, with everything about them known."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.connection import Connection
from schema.grid import Grid
from schema.tables.field import field
from schema.tables.scan import detection, scan
from schema.tables.source import source
from schema.tables.stack import stack_run, stack_scan
from tests.rows import put

Array = NDArray[np.float64]
TILE, RUN, CENTRE = 90091, "cccccccccccc", (359.95, 59.0619)
GRID = Grid.of(*CENTRE)
START = 2450800.5


@dataclass(frozen=True)
class Epochs:
    """Stars at pixels x, y of the field grid with magnitudes (star, band), and the Julian dates of scans."""

    x: Array
    y: Array
    mag: Array
    jdate: Array


def times(scans: int, days: float = 1280.0, seed: int = 5) -> Array:
    """Return the times of visits of six scans, at any hour of the night, over some days."""
    rng = np.random.default_rng(seed)
    visits = -(-scans // 6)
    nights = np.sort(rng.choice(int(days), visits, replace=False))
    begin = START + nights + rng.uniform(0, 0.4, visits)
    return np.asarray((begin[:, None] + np.arange(6) * 105 / 86400).ravel()[:scans])


def scattered(stars: int, scans: int, seed: int = 3) -> Epochs:
    """Place stars on a loose grid, at least 30 arcsec apart."""
    rng = np.random.default_rng(seed)
    places = np.stack(np.meshgrid(np.arange(40, 500, 45.0), np.arange(40, 3560, 45.0)), axis=-1).reshape(-1, 2)
    chosen = places[rng.permutation(len(places))[:stars]] + rng.uniform(-7, 7, (stars, 2))
    k = rng.uniform(10, 14, stars)
    return Epochs(*chosen.T, np.stack([k + 0.6, k + 0.15, k], axis=1), times(scans))


def observe(
    epochs: Epochs,
    *,
    error: float = 0.1,
    sigma: float = 0.03,
    offset: Any = None,
    light: Any = None,
    seed: int = 8,
) -> list[dict[str, Any]]:
    """Return the rows of all extractions, each star in each scan.

    Parameters
    ----------
    error : float
        Of a position per axis, arcsec.
    sigma : float
        Of a magnitude.
    offset : callable, optional
        ``offset(scan, x, y)`` returns by how far (arcsec east, north) the scan is off.
    light : callable, optional
        ``light(jdate)`` returns by how much (mag) every star differs from its mean: (star,).
    """
    rng = np.random.default_rng(seed)
    rows = []
    for number, jdate in enumerate(epochs.jdate):
        east, north = offset(number, epochs.x, epochs.y) if offset else (0.0, 0.0)
        x = epochs.x - east + rng.normal(0, error, epochs.x.size)
        y = epochs.y + north + rng.normal(0, error, epochs.x.size)
        mag = epochs.mag + rng.normal(0, sigma, epochs.mag.shape)
        if light:
            mag = mag + light(jdate)[:, None]
        rows += [
            {
                "cntr": 1000 * (number + 1) + i, "tile": TILE, "ra": a, "decl": d, "scan_key": number + 1,
                "scan": number + 1, "hemis": "n", "date": date(1999, 1, 1), "jdate": jdate, "err_maj": error,
                "err_min": error, "cc_flg": "000", "j_m": j, "j_msigcom": sigma, "h_m": h, "h_msigcom": sigma,
                "k_m": k, "k_msigcom": sigma,
            }
            for i, (a, d, (j, h, k)) in enumerate(zip(*(v.tolist() for v in (*GRID.sky(x, y), mag)), strict=True))
        ]  # fmt: skip
    return rows


def store(conn: Connection, epochs: Epochs, rows: list[dict[str, Any]], reach: Any = lambda scan: 539) -> None:
    """Load the field, its scans, which cover the columns from 0 to ``reach(scan)``, and the extractions."""
    put(conn, field, [{"tile": TILE, "ra": CENTRE[0], "dec": CENTRE[1]}])
    named = {"tile": TILE, "hemis": "n", "date": date(1999, 1, 1), "ra": CENTRE[0], "decl": CENTRE[1]}
    scans = [{"scan_key": k + 1, "scan": k + 1, "jdate": t} for k, t in enumerate(epochs.jdate)]
    put(conn, scan, [named | one | corners(reach(one["scan"])) for one in scans])
    conn.execute("SELECT add_tile_partition(%s)", (TILE,))
    put(conn, detection, rows)


def corners(last: float) -> dict[str, float]:
    """Return the corners of a scan in the scan table."""
    ra, dec = GRID.sky([0, last, 0, last], [0, 0, 3599, 3599])
    return {f"ra_{i + 1}": float(ra[i]) for i in range(4)} | {f"dec_{i + 1}": float(dec[i]) for i in range(4)}


def store_run(conn: Connection, epochs: Epochs, offsets: dict[int, tuple[Array, Array]] | None = None) -> None:
    """Load the current run: the stars are its sources, and it knows the offsets (coefficients) of some scans."""
    row = {"run": RUN, "tile": TILE, "state": "extracted", "extracted_at": "now"}
    put(conn, stack_run, [row | {"field_dra": [0.0], "field_ddec": [0.0]}])
    conn.execute("UPDATE deepcal.field SET current_run = %s WHERE tile = %s", (RUN, TILE))
    parts = [
        {"run": RUN, "scan_key": number + 1, "band": b, "direction": "n", "offset_stars": 50, "used": True}
        | {"offset_dra": list(map(float, dra)), "offset_ddec": list(map(float, ddec))}
        for number, (dra, ddec) in (offsets or {}).items()
        for b in "jhk"
    ]
    if parts:
        put(conn, stack_scan, parts)
    ra, dec = GRID.sky(epochs.x, epochs.y)
    rows = [
        {"run": RUN, "id": i + 1, "tile": TILE, "name": f"star {i}", "ra": float(ra[i]), "dec": float(dec[i])}
        | {f"{b}_m": float(m) for b, m in zip("jhk", epochs.mag[i], strict=True)}
        | {f"{b}_rule": 3 for b in "jhk"}
        | {"confirmed": True}
        for i in range(epochs.x.size)
    ]
    put(conn, source, rows)
