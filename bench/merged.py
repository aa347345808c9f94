"""Extractions of many scans merged into stars, beside a KD-tree and pandas; growth; periods recovered.

    python -m bench.merged [--quick] [--json]

One field, seen so often that it has half a million, one and two million extractions. Seeds: the extractions themselves
(as where no stack is), and for the middle size again the sources of a run. Peer, the same task from the same seeds with
the same offsets: extractions read from the database by COPY into pandas, scipy's cKDTree for the nearest seed, groupby
for one extraction a scan and for means, scatter, chi-square, motion and the variability index, links and stars written
back by COPY into tables with the same keys. It flags nothing as ambiguous and counts no opportunities.
On a busy machine believe the processor seconds.
Periods: 0.2-100 days in 500 epochs of visits by six, semi-amplitude half of one epoch's sigma: sines, sawteeth (RR
Lyrae), contact binaries (two minima almost alike: half the period counts), detached ones (eclipses of a tenth of the
period). Constant stars whose visits share a scatter as large as that of one epoch: which share is called periodic.
"""

import argparse
import io
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

import ingest
from bench.private import busy_seconds, empty_server
from crossmatch.merged import merge
from crossmatch.merged.light_curve import LightCurve
from crossmatch.merged.periods import search
from schema.connection import Connection
from schema.grid import Grid
from simulate.tables import tables

TILE = 90161
SIZES = {"500k": (640, 520_000), "1m": (1240, 1_100_000), "2m": (2480, 2_200_000)}  # scans, extractions
QUICK_SIZES = {"500k": (60, 40_000), "1m": (120, 80_000), "2m": (240, 160_000)}  # the same figures, smaller
STARS = {False: 40, True: 3}  # of each shape
CONSTANT = {False: 60, True: 4}
RADIUS = 1.5  # arcsec
RUN = "aaaaaaaaaaaa"
EMPTY = "TRUNCATE deepcal.ingest_file, deepcal.field, deepcal.scan, deepcal.detection, deepcal.merged_link CASCADE"
AS_RUN = """
INSERT INTO deepcal.stack_run (run, tile, selection, bands, parameters, code, state, folder, field_terms, field_dra,
                               field_ddec, tie_stars, extracted_at)
VALUES (%(run)s, %(tile)s, '', 'jhk', '{}', '', 'extracted', '', 0, '{0}', '{0}', 0, now());
"""
AS_SOURCES = """
INSERT INTO deepcal.source (run, id, tile, name, ra, dec, pos_err, x, y, j_m, h_m, k_m, j_rule, h_rule, k_rule,
                            confirmed)
SELECT %(run)s, row_number() OVER (ORDER BY dec), tile, gcntr::text, ra, dec, 0.1, 0, 0, j_m, h_m, k_m, 3, 3, 3, true
  FROM deepcal.merged_source
"""
READ = """
COPY (SELECT cntr, scan_key, ra, decl, jdate, j_m, j_msigcom, h_m, h_msigcom, k_m, k_msigcom
        FROM deepcal.detection WHERE tile = 90161) TO STDOUT (FORMAT csv, HEADER)
"""
PEER_TABLES = """
DROP TABLE IF EXISTS peer_link, peer_star;
CREATE TABLE peer_link (tile integer, cntr bigint, gcntr bigint, separation real, PRIMARY KEY (tile, cntr));
CREATE INDEX ON peer_link (gcntr);
CREATE TABLE peer_star (gcntr bigint PRIMARY KEY, figures real[])
"""
SIGMA, GAP = 0.03, 0.05  # mag of one epoch; days between visits
Array = NDArray[np.float64]
Figures = dict[str, float]


def _sine(phase: Array) -> Array:
    return np.cos(2 * np.pi * phase)


def _sawtooth(phase: Array) -> Array:
    return np.interp(phase % 1, (0, 0.15, 1), (1, -1, 1))


def _contact(phase: Array) -> Array:
    return 0.9 * np.cos(4 * np.pi * phase) + 0.1 * np.cos(2 * np.pi * phase)


def _detached(phase: Array) -> Array:
    return np.interp(phase % 1, (0, 0.05, 0.45, 0.5, 0.55, 0.95, 1), (1, -1, -1, 0.2, -1, -1, 1))


SHAPES = {"sine": _sine, "sawtooth": _sawtooth, "contact": _contact, "detached": _detached}
"""Change of the magnitude by phase, from -1 to 1."""
ECLIPSING = ("contact", "detached")


def main() -> None:
    """Measure, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    figures: Figures = {}
    with empty_server() as (conn, folder):
        for name, (scans, extractions) in (QUICK_SIZES if given.quick else SIZES).items():
            load(conn, folder / name, scans, extractions)
            busy = busy_seconds(conn)
            result = merge(conn, TILE)
            figures |= {f"extractions_{name}": result.extractions, f"seconds_{name}": result.seconds}
            figures |= {f"cpu_seconds_{name}": busy_seconds(conn) - busy}
            if name == "1m":
                figures |= _beside_peer(conn)
    figures["growth"] = np.log(figures["seconds_2m"] / figures["seconds_500k"]) / np.log(
        figures["extractions_2m"] / figures["extractions_500k"]
    )
    figures |= _periods(STARS[given.quick]) | _constant(CONSTANT[given.quick])
    print(json.dumps(figures, indent=2) if given.json else "\n".join(f"{k:28} {v:14,.3f}" for k, v in figures.items()))


def load(conn: Connection, folder: Path, scans: int, extractions: int) -> None:
    """Simulate one field and load it into the emptied database."""
    made = tables(out=folder, only=[TILE], scans=scans, extractions=extractions)
    conn.execute(EMPTY)
    for loaded in (
        ingest.tiles(conn, [made.tiles]),
        ingest.scans(conn, [made.scan]),
        ingest.detections(conn, made.detections),
    ):
        wrong = [result.error for result in loaded if result.error]
        if wrong:
            raise SystemExit(f"not loaded: {wrong[0]}")
    conn.execute("VACUUM ANALYZE deepcal.detection")
    conn.execute("CHECKPOINT")


def _beside_peer(conn: Connection) -> Figures:
    """Merge again from the sources of a run, and let the peer do so."""
    conn.execute(AS_RUN, {"run": RUN, "tile": TILE})
    conn.execute(AS_SOURCES, {"run": RUN})
    conn.execute("UPDATE deepcal.field SET current_run = %s WHERE tile = %s", (RUN, TILE))
    merge(conn, TILE)  # what was stored before goes, as it will for the peer
    busy = busy_seconds(conn)
    result = merge(conn, TILE)
    busy = busy_seconds(conn) - busy
    start, cpu = time.perf_counter(), time.process_time() + busy_seconds(conn)
    _peer(conn)
    seconds, cpu = time.perf_counter() - start, time.process_time() + busy_seconds(conn) - cpu
    ((same, all_links),) = conn.execute(
        "SELECT count(*) FILTER (WHERE p.gcntr = l.gcntr), count(*) FROM deepcal.merged_link AS l"
        " LEFT JOIN peer_link AS p USING (cntr)"
    ).fetchall()
    return {
        "seconds_run_1m": result.seconds,
        "peer_seconds_1m": seconds,
        "cpu_seconds_run_1m": busy,
        "peer_cpu_seconds_1m": cpu,
        "peer_over_deepcal_1m": seconds / result.seconds,
        "links_as_peer_1m": same / all_links,
    }


def _peer(conn: Connection) -> None:
    """Group extractions around the same seeds with a KD-tree and pandas."""
    with conn.cursor() as cursor, cursor.copy(READ) as copy:
        data = pd.read_csv(io.BytesIO(b"".join(copy)))
    seeds = np.array(conn.execute("SELECT ra, dec FROM deepcal.source ORDER BY id").fetchall())
    ((ra0, dec0),) = conn.execute("SELECT ra, dec FROM deepcal.field WHERE tile = %s", (TILE,)).fetchall()
    grid = Grid.of(ra0, dec0)
    tree = cKDTree(np.stack(grid.pixel(*seeds.T), axis=1))
    data["x"], data["y"] = grid.pixel(data["ra"], data["decl"])
    for width in (2.0, RADIUS):  # the shift of every scan to the seeds, then the links
        distance, index = tree.query(data[["x", "y"]].to_numpy(), distance_upper_bound=width)
        data["distance"], data["seed"] = distance, index
        near = data[np.isfinite(distance)]
        if width > RADIUS:
            off = near[["x", "y"]] - tree.data[near["seed"]]
            shift = off.groupby(near["scan_key"]).median().reindex(data["scan_key"]).to_numpy()
            data[["x", "y"]] -= np.nan_to_num(shift)
    links = near.sort_values("distance").drop_duplicates(["seed", "scan_key"])
    stars = links.groupby("seed")["cntr"].min().rename("gcntr").to_frame()
    links = links.join(stars, on="seed")
    stars["figures"] = _figures(links).round(6).to_numpy().tolist()
    conn.execute(PEER_TABLES)
    rows = links[["cntr", "gcntr", "distance"]].assign(tile=TILE)[["tile", "cntr", "gcntr", "distance"]]
    with conn.cursor() as cursor:
        with cursor.copy("COPY peer_link FROM STDIN (FORMAT csv)") as copy:
            copy.write(rows.to_csv(index=False, header=False))
        with cursor.copy("COPY peer_star FROM STDIN") as copy:
            for row in stars.itertuples(index=False):
                copy.write_row((row.gcntr, row.figures))


def _figures(links: pd.DataFrame) -> pd.DataFrame:
    """Return position, motion, magnitudes, scatter, chi-square and the variability index of every star."""
    by = links.groupby("seed")
    found = by[["x", "y"]].mean()
    year = links["jdate"] / 365.25 - by["jdate"].transform("mean") / 365.25
    for axis in ("x", "y"):
        found[f"pm_{axis}"] = (year * links[axis]).groupby(links["seed"]).sum() / (year**2).groupby(links["seed"]).sum()
    deviation = {}
    for b in "jhk":
        weight = links[f"{b}_msigcom"] ** -2.0
        weight = weight.where(links[f"{b}_m"].notna())
        mean = (weight * links[f"{b}_m"]).groupby(links["seed"]).sum() / weight.groupby(links["seed"]).sum()
        n = by[f"{b}_m"].count()
        apart = (links[f"{b}_m"] - mean.reindex(links["seed"]).to_numpy()) / links[f"{b}_msigcom"]
        found[f"{b}_m"], found[f"{b}_msd"], found[f"{b}_n"] = mean, by[f"{b}_m"].std(), n
        found[f"{b}_chi2"] = (apart**2).groupby(links["seed"]).sum()
        deviation[b] = apart * np.sqrt(n / (n - 1)).reindex(links["seed"]).to_numpy()
    pairs = pd.concat([deviation[a] * deviation[b] for a, b in ("jh", "hk", "jk")])
    seed = pd.concat([links["seed"]] * 3)
    found["var_index"] = (np.sign(pairs) * np.sqrt(pairs.abs())).groupby(seed).mean()
    return found.fillna(0)


def _periods(stars: int) -> Figures:
    """Search variables of half a sigma for their periods."""
    rng = np.random.default_rng(11)
    figures: Figures = {}
    seconds = 0.0
    for name, shape in SHAPES.items():
        right = 0
        for _ in range(stars):
            when = _epochs(rng)
            period = 10 ** rng.uniform(np.log10(0.2), 2)
            light = 0.5 * SIGMA * shape(when / period + rng.random())
            mag = light[:, None] + rng.normal(0, SIGMA, (500, 3))
            start = time.process_time()
            found = search(LightCurve.of(when, mag, np.full(mag.shape, SIGMA), GAP), 0.1, 200, shuffles=0)
            seconds += time.process_time() - start
            cycles = (1, 2) if name in ECLIPSING else (1,)
            right += any(abs(1 / found.period - n / period) < 1 / np.ptp(when) for n in cycles)
        figures[f"recovered_{name}"] = right / stars
    return figures | {"cpu_seconds_a_period": seconds / stars / len(SHAPES)}


def _constant(stars: int) -> Figures:
    """Say which share of constant stars is called periodic, and what shuffles cost."""
    rng = np.random.default_rng(12)
    chances, start = [], time.process_time()
    for _ in range(stars):
        when = _epochs(rng)
        shared = np.repeat(rng.normal(0, SIGMA, 84), 6)[:500]
        mag = shared[:, None] + rng.normal(0, SIGMA, (500, 3))
        chances.append(search(LightCurve.of(when, mag, np.full(mag.shape, SIGMA), GAP), 0.1, 200).false_alarm)
    return {
        "constant_under_0.1": float(np.mean(np.array(chances) < 0.1)),
        "constant_under_0.01": float(np.mean(np.array(chances) < 0.01)),
        "cpu_seconds_with_shuffles": (time.process_time() - start) / stars,
    }


def _epochs(rng: np.random.Generator) -> Array:
    """Return 500 Julian dates in visits of six scans over 3.5 years."""
    nights = np.sort(rng.choice(1280, 84, replace=False)) + rng.uniform(0, 0.4, 84)
    return (2450800.5 + (nights[:, None] + np.arange(6) * 105 / 86400).ravel())[:500]


if __name__ == "__main__":
    main()
