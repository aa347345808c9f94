"""Scores of all scans of the survey from their extractions, beside a plain evaluation scan by scan in pandas.

    python -m bench.score [--quick] [--json]

Peer: the same rules as a person would write them in Python: extractions read into pandas, stars of a visit matched by a
KD-tree, medians by numpy, every scan judged by itself. It evaluates some visits; its time for all is scaled from them.
deepcal measures more (zones, standards, nights, depth) and writes every value with its limit.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

import ingest
from bench.private import busy_seconds, empty_server
from schema.connection import Connection
from schema.settings import Settings, read
from simulate.tables import SimulatedTables, tables

SCANS, SIZES = 73_230, {"1m": 1_000_000, "2m": 2_200_000}
QUICK_SCANS, QUICK_SIZES = 2_400, {"1m": 60_000, "2m": 120_000}  # the same figures, to see that the bench runs
VISITS = {False: 400, True: 60}  # that the peer evaluates
WHOLE = 191_464_020  # extractions of the survey
EMPTY = """
TRUNCATE deepcal.ingest_file, deepcal.field, deepcal.scan, deepcal.detection, deepcal.visit_photometry,
         deepcal.night_zeropoint, twomass.standard CASCADE
"""
SOME = """
SELECT visit, scan_key, dmag
  FROM deepcal.scan_photometry
 WHERE band = 'h' AND visit IN (SELECT visit FROM deepcal.visit_photometry
                                 WHERE band = 'h' ORDER BY hashint4(visit) LIMIT %(visits)s)
"""
SEEN = """
SELECT scan_key, ra, decl, h_m, h_cmsig, rd_flg, cc_flg FROM deepcal.detection WHERE scan_key = ANY(%(keys)s)
"""
Figures = dict[str, float]


def main() -> None:
    """Measure, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures: Figures = {}
    with empty_server() as (conn, folder):
        for name, rows in (QUICK_SIZES if given.quick else SIZES).items():
            load(conn, folder / name, QUICK_SCANS if given.quick else SCANS, rows)
            figures |= {f"{what}_{name}": value for what, value in _scored(conn).items()}
        figures |= _again(conn) | _new_night(conn) | _peer(conn, VISITS[given.quick], figures["seconds_2m"])
    figures |= _growth(figures)
    print(json.dumps(figures, indent=2) if given.json else "\n".join(f"{k:28} {v:14,.3f}" for k, v in figures.items()))


def load(conn: Connection, folder: Path, scans: int, extractions: int) -> SimulatedTables:
    """Simulate tables and load them into the emptied database."""
    made = tables(out=folder, scans=scans, extractions=extractions)
    conn.execute(EMPTY)
    for loaded in (
        ingest.tiles(conn, [made.tiles]),
        ingest.standards(conn, [made.standards]),
        ingest.scans(conn, [made.scan]),
        ingest.detections(conn, made.detections),
    ):
        wrong = [result.error for result in loaded if result.error]
        if wrong:
            raise SystemExit(f"not loaded: {wrong[0]}")
    conn.execute("VACUUM ANALYZE")
    conn.execute("CHECKPOINT")
    return made


def _scored(conn: Connection) -> Figures:
    """Score everything for the first time."""
    busy, start = busy_seconds(conn), time.perf_counter()
    done = ingest.score(conn)
    seconds, busy = time.perf_counter() - start, busy_seconds(conn) - busy
    rows = _one(conn, "SELECT count(*) FROM deepcal.detection")
    return {
        "scans": done.new,
        "extractions": rows,
        "seconds": seconds,
        "cpu_seconds": busy,
        "us_extraction": 1e6 * seconds / rows,
        "scans_s": done.new / seconds,
    }


def _again(conn: Connection) -> Figures:
    """Score again with nothing new."""
    start = time.perf_counter()
    done = ingest.score(conn)
    return {"seconds_again": time.perf_counter() - start, "changed_again": done.new + done.changed}


def _new_night(conn: Connection) -> Figures:
    """Score after the extractions of one night have come anew."""
    conn.execute(
        "UPDATE deepcal.detection SET file_id = -1 WHERE scan_key IN"
        " (SELECT scan_key FROM deepcal.scan WHERE (hemis, date) ="
        " (SELECT hemis, date FROM deepcal.scan GROUP BY hemis, date ORDER BY count(*) DESC, date LIMIT 1))"
    )
    start = time.perf_counter()
    done = ingest.score(conn)
    return {"seconds_new_night": time.perf_counter() - start, "scans_new_night": done.measured.scans}


def _growth(figures: Figures) -> Figures:
    """Say what an extraction more costs, and what all of the survey's would."""
    more = figures["extractions_2m"] - figures["extractions_1m"]
    slope = (figures["seconds_2m"] - figures["seconds_1m"]) / more
    return {
        "growth_us_extraction": 1e6 * slope,
        "minutes_whole_survey": (figures["seconds_2m"] + slope * (WHOLE - figures["extractions_2m"])) / 60,
    }


def _peer(conn: Connection, visits: int, ours: float) -> Figures:
    """Evaluate some visits scan by scan in pandas."""
    settings, everything = read(conn), _one(conn, "SELECT count(*) FROM deepcal.scan")
    keys = frame(conn, SOME, {"visits": visits})
    start = time.perf_counter()
    chosen = {"keys": keys.scan_key.tolist()}
    seen = frame(conn, SEEN, chosen)
    scans = frame(conn, "SELECT * FROM deepcal.scan WHERE scan_key = ANY(%(keys)s)", chosen).set_index("scan_key")
    found = {}
    for _, mine in keys.groupby("visit"):
        offsets = _offsets({key: seen[seen.scan_key == key] for key in mine.scan_key}, settings)
        for key in mine.scan_key:
            found[key] = (_quality(scans.loc[key], offsets.get(key), settings), offsets.get(key, np.nan))
    seconds = (time.perf_counter() - start) * everything / len(keys)
    theirs = keys.scan_key.map({key: offset for key, (_, offset) in found.items()})
    return {
        "peer_seconds_scaled": seconds,
        "peer_scans_evaluated": len(found),
        "ratio_peer": seconds / ours,
        "mmag_between": 1000 * float((keys.dmag.astype(float) - theirs).abs().median()),
    }


def _offsets(scans: dict[int, pd.DataFrame], settings: Settings) -> dict[int, float]:
    """Return by how much each scan of a visit sees its bright stars fainter than the visit does, in H."""
    radius, bright = settings["score_match"][0], settings["score_bright"][0]
    seed = scans[max(scans, key=lambda key: len(scans[key]))]
    tree = cKDTree(_places(seed))
    found = {}
    for key, scan in scans.items():
        if not len(scan):
            continue
        distance, index = tree.query(_places(scan), distance_upper_bound=radius)
        good = (
            np.isfinite(distance)
            & (scan.h_cmsig < bright)
            & scan.rd_flg.str[1].isin(["1", "2"])
            & (scan.cc_flg.str[1] == "0")
        )
        if good.sum() >= settings["score_stars_min"][0]:
            found[key] = float(np.nanmedian(scan.h_m[good].to_numpy() - seed.h_m.to_numpy()[index[good]]))
    middle = np.median(list(found.values())) if found else np.nan
    return {key: value - middle for key, value in found.items()}


def _places(scan: pd.DataFrame) -> np.ndarray:
    east = (scan.ra - scan.ra.iloc[0] + 180) % 360 - 180
    return np.column_stack((east * np.cos(np.radians(scan.decl)) * 3600, scan.decl * 3600))


def _quality(scan: "pd.Series[float]", offset: float | None, settings: Settings) -> float:
    """Judge one scan in H by flags, overlap, seeing, focus and depth."""
    if scan.cld == 1 or scan.xph == 1 or (offset is not None and abs(offset) >= settings["score_overlap"][2]):
        return 0.0
    if scan.j_shape_avg >= settings["score_seeing_max"][0] or scan.h_2mrat < settings["score_focus_min"][0]:
        return 1.0
    if scan.j_shape_rms >= settings["score_shape_rms"][0]:
        return 1.0
    margin = scan.h_msnr10 - settings["score_snr10_limit"][1]
    return 10 * max(
        min(0.5 + margin / (2 * settings["score_depth_span"][0]), 1), settings["score_sensitivity_floor"][0]
    )


def frame(conn: Connection, query: str, values: dict[str, object]) -> pd.DataFrame:
    """Ask the database."""
    cursor = conn.execute(query.encode(), values)
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


def _one(conn: Connection, query: str) -> float:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None, "a count has a row"
    return float(row[0])


if __name__ == "__main__":
    main()
