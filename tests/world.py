"""A small world for queries: a field with scans, images, a run, its stacks and sources, and catalogue rows."""

from datetime import date

import numpy as np

from crossmatch import refresh
from schema.connection import Connection
from schema.grid import Grid
from schema.tables.completeness import completeness
from schema.tables.field import field
from schema.tables.files import ingest_file
from schema.tables.scan import image, scan, scan_review, scan_score
from schema.tables.source import source
from schema.tables.stack import stack, stack_run, stack_scan
from schema.tables.twomass import psc, xsc
from tests.rows import put

TILE, RUN, CENTRE, SOURCES = 90330, "0123456789ab", (247.89, 30.1467), 40
GRID = Grid.of(*CENTRE)
STRIP = {"naxis1": 540, "naxis2": 3600, "crval1": CENTRE[0], "crval2": CENTRE[1], "crpix1": 270.5, "crpix2": 1800.5}
STRIP |= {"cdelt1": -1 / 3600, "cdelt2": 1 / 3600, "crota2": 0.0, "ra": CENTRE[0], "dec": CENTRE[1], "radius": 0.5056}


def make_world(conn: Connection) -> None:
    """Fill an empty database: 12 scans of which the last was left out, 40 sources, every second one in the PSC."""
    put(conn, field, [{"tile": TILE, "standard": "P330-E", "ra": CENTRE[0], "dec": CENTRE[1], "centre_source": "test"}])
    make_scans(conn)
    make_run(conn)
    make_sources(conn)
    counts = {"run": RUN, "injected": 100, "found": 90, "sources": 50, "false_inverted": 1}
    put(conn, completeness, [counts | {"band": b, "kind": "star", "mag_low": 15.0, "mag_high": 15.5} for b in "jhk"])
    refresh(conn)


def make_scans(conn: Connection) -> None:
    """Twelve scans with a score, the first one reviewed; strips of scan k are valid from column 5 k."""
    scans = [
        {"scan_key": k, "scan": k, "date": date(1999, 4, 1), "tile": TILE, "hemis": "n", "sd": "ns"[k % 2]}
        for k in range(1, 13)
    ]
    put(conn, scan, scans)
    put(
        conn,
        scan_score,
        [{"scan_key": k, "rules": 1, "base": 10.0, "quality": k / 2, "worst": "seeing"} for k in range(1, 13)],
    )
    put(conn, scan_review, [{"scan_key": 1, "quality": 9.5, "reviewer": "me", "reason": "looks well"}])
    strips = [
        STRIP
        | {
            "scan_key": k,
            "band": b,
            "usy": 0,
            "form": "strip",
            "path": f"{k}{b}.fits",
            "x0": 5 * k,
            "x1": 5 * k + 450,
            "y0": 0,
            "y1": 3600,
        }
        for k in range(1, 13)
        for b in "jhk"
    ]
    put(conn, image, [strip | {"magzp": 20.5} for strip in strips])


def make_run(conn: Connection) -> None:
    """The current run with its 21 products; it left out scan 12."""
    put(
        conn,
        stack_run,
        [{"run": RUN, "tile": TILE, "bands": "jhk", "state": "extracted", "extracted_at": "now", "confirm": "default"}],
    )
    conn.execute("UPDATE deepcal.field SET current_run = %s", (RUN,))
    used = [{"scan_key": k, "used": k < 12, "reason": None if k < 12 else "noise 2.10 > 1.60"} for k in range(1, 13)]
    parts = [
        {"run": RUN, "band": b, "direction": "ns"[part["scan_key"] % 2], "weight": 0.01, **part}
        for part in used
        for b in "jhk"
    ]
    put(conn, stack_scan, parts)
    kinds = [(d, kind) for kind in ("image", "masked") for d in ("N", "S", "NS")] + [("NS", "coverage")]
    put(
        conn,
        stack,
        [
            {
                "run": RUN,
                "band": b,
                "direction": d,
                "kind": kind,
                "n_scans": 11,
                "m5_aper": 18.0,
                "path": f"{b}_{d}_{kind}.fits",
            }
            for b in "jhk"
            for d, kind in kinds
        ],
    )


def make_sources(conn: Connection) -> None:
    """Sources down the middle of the field, fainter to the north; every second one has a PSC star 0.2 arcsec north."""
    y = np.linspace(100, 3500, SOURCES)
    ra, dec = GRID.sky(np.full(SOURCES, 270.0), y)
    magnitudes = np.linspace(10, 18, SOURCES)
    rows = []
    for i in range(SOURCES):
        row = {
            "run": RUN,
            "id": i + 1,
            "tile": TILE,
            "name": f"DC {i + 1}",
            "ra": float(ra[i]),
            "dec": float(dec[i]),
            "y": float(y[i]),
        }
        for k, b in enumerate("jhk"):
            row |= {f"{b}_m": float(magnitudes[i]) - 0.3 * k, f"{b}_msig": 0.02, f"{b}_snr": 50.0 - i, f"{b}_rule": 3}
        rows.append(row | {"confirmed": True})
    put(conn, source, rows)
    put(
        conn,
        ingest_file,
        [{"kind": kind, "sha256": kind, "path": f"{kind}_aaa.gz", "state": "loaded"} for kind in ("psc", "xsc")],
    )
    (files,) = conn.execute("SELECT array_agg(file_id ORDER BY kind) FROM deepcal.ingest_file").fetchall()[0]
    near = [{"ra": row["ra"], "decl": row["dec"] + 0.2 / 3600} for row in rows]
    put(
        conn,
        psc,
        [
            place | {"pts_key": i, "file_id": files[0], "j_m": magnitudes[i], "cc_flg": "000"}
            for i, place in enumerate(near)
            if i % 2 == 0
        ],
    )
    put(conn, xsc, [near[0] | {"ext_key": 7, "file_id": files[1]}])
