"""Loading PSC files and calibration extractions, beside a bare server-side COPY of the same bytes in the same run.

    python -m bench.ingest [--quick] [--json]

Peer: `COPY table FROM 'file' (DELIMITER '|', NULL '\\N')` by the server itself into a table of the same types, with no
key, no index, no check. deepcal checks every value, sorts the rows by sky cell, fills the table of cells, makes primary
key, sky index, cell index and statistics, on a private server as `deepcal db start` makes it. Memory is the largest
resident size (VmHWM) of the process that loads, a process of its own; that of the server is not in it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from psycopg.sql import SQL, Identifier, Literal

import ingest
from bench.private import busy_seconds, empty_server
from bench.psc_file import write_psc
from deepcal import server
from schema.connection import Connection, connect
from schema.published import published

ROWS = {"1m": 1_000_000, "5m": 5_000_000, "10m": 10_000_000}
QUICK = {"1m": 50_000, "5m": 100_000, "10m": 200_000}  # the same figures, to see that the bench runs
SKY = 470_992_970  # rows of the All-Sky PSC
TILES, SMALL = 4, 2600  # tiles of the small files; rows of a calibration scan
GB = 1e9
Figures = dict[str, float]


def main() -> None:
    """Measure, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--load", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        print(json.dumps(_load(*given.load)))
        return
    figures: Figures = {}
    with empty_server() as (conn, folder):
        for name, rows in (QUICK if given.quick else ROWS).items():
            figures |= {f"{what}_{name}": value for what, value in _psc(conn, folder, rows).items()}
        figures |= _several(conn, folder, 50_000 if given.quick else 1_000_000)
        figures |= _packed(conn, folder, 50_000 if given.quick else 1_000_000)
        figures |= _extractions(conn, folder, 40 if given.quick else 800)
    figures |= _whole_sky(figures)
    lines = [f"{name:28} {value:14,.3f}" for name, value in figures.items()]
    print(json.dumps(figures, indent=2) if given.json else "\n".join([*lines, _in_words(figures)]))


def _psc(conn: Connection, folder: Path, rows: int) -> Figures:
    """Load one file into an empty table; the bare COPY goes before and after."""
    path = folder / "psc_aaa.bar"
    write_psc(path, rows)
    before = _bare(conn, path, "psc")
    done = _loaded(conn, "psc", path)
    bare = (before + _bare(conn, path, "psc")) / 2
    order = _one(conn, "SELECT correlation FROM pg_stats WHERE tablename = 'psc_q3c_idx'")
    heap = _one(conn, "SELECT pg_table_size('twomass.psc') + pg_table_size('twomass.psc_cell')")
    indexes = _one(conn, "SELECT pg_indexes_size('twomass.psc') + pg_indexes_size('twomass.psc_cell')")
    path.unlink()
    return {
        "bare_rows_s": rows / bare,
        "rows_s": rows / done["seconds"],
        "ratio": bare / done["seconds"],
        "us_row": 1e6 * done["seconds"] / rows,
        "us_row_bare": 1e6 * bare / rows,
        "share_read_sort": done["read"] / done["seconds"],
        "share_copy": done["copy"] / done["seconds"],
        "share_indexes": done["rest"] / done["seconds"],
        "cpu_us_row_client": 1e6 * done["cpu"] / rows,
        "cpu_us_row_server": 1e6 * done["cpu_server"] / rows,
        "peak_rss_mb": done["rss"],
        "order_correlation": order,
        "bytes_row_table": heap / rows,
        "bytes_row_indexes": indexes / rows,
    }


def _several(conn: Connection, folder: Path, rows: int) -> Figures:
    """Load five files by one command: the next is read while one is sent."""
    south, paths = -30.0, [folder / f"psc_a{letter}.bar" for letter in "abcde"]
    for path in paths:
        south = write_psc(path, rows, south)
    bare = sum(_bare(conn, path, "psc") for path in paths)
    done = _loaded(conn, "psc", *paths)
    more = folder / "psc_baa.bar"
    write_psc(more, rows, south)
    grown = {"bare": _bare(conn, more, "psc")} | _apart("psc", more)  # the indexes grow with the rows
    for path in (*paths, more):
        path.unlink()
    return {
        "ratio_five_files": bare / done["seconds"],
        "rows_s_five_files": 5 * rows / done["seconds"],
        "peak_rss_mb_five_files": done["rss"],
        "ratio_one_more_file": grown["bare"] / grown["seconds"],
    }


def _packed(conn: Connection, folder: Path, rows: int) -> Figures:
    """Load a .gz; the bare COPY is that of its text."""
    write_psc(folder / "psc_aaa.bar", rows)
    write_psc(folder / "psc_aaa.gz", rows)
    bare = _bare(conn, folder / "psc_aaa.bar", "psc")
    done = _loaded(conn, "psc", folder / "psc_aaa.gz")
    return {"ratio_gz": bare / done["seconds"], "peak_rss_mb_gz": done["rss"]}


def _extractions(conn: Connection, folder: Path, files: int) -> Figures:
    """Load many small files, one a scan; the bare COPY gets all of them as one file."""
    write_psc(folder / "psc_aaa.bar", files * SMALL)
    inside, whole = folder / "detections", folder / "all.bar"
    inside.mkdir()
    with (folder / "psc_aaa.bar").open() as lines, whole.open("w") as together:
        for number in range(files):
            tile = 90_001 + number * TILES // files
            text = "".join(_extraction(number * SMALL + n, tile, next(lines)) for n in range(SMALL))
            (inside / f"cal_{tile}_991231n{number:03d}.bar").write_text(text)
            together.write(text)
    bare, rows = _bare(conn, whole, "detection"), files * SMALL
    done = _loaded(conn, "detections", inside)
    return {
        "extraction_files_s": files / done["seconds"],
        "extraction_rows_s": rows / done["seconds"],
        "ratio_extractions": bare / done["seconds"],
        "peak_rss_mb_extractions": done["rss"],
        "hours_all_extractions": 191_464_020 * done["seconds"] / rows / 3600,
    }


def _extraction(cntr: int, tile: int, line: str) -> str:
    """Return a line of the PSC as one of the calibration extractions."""
    fields = line.rstrip("\n").split("|")
    kept = [field for field, column in zip(fields, published("psc"), strict=True) if column.name in _SHARED]
    return "|".join([str(cntr), str(tile), *kept]) + "\n"


_SHARED = {column.name for column in published("detection")}


def _whole_sky(figures: Figures) -> Figures:
    """Say what the All-Sky PSC would take, from the largest load."""
    on_disk = (figures["bytes_row_table_10m"] + figures["bytes_row_indexes_10m"]) * SKY
    sorting = 1.5 * 290 * 6_000_000  # bytes of a line, lines of the largest file
    return {
        "growth_of_us_row": figures["us_row_10m"] / figures["us_row_1m"],
        "hours_all_sky": figures["us_row_10m"] * SKY / 1e6 / 3600,
        "gb_all_sky": on_disk / GB,
        "gb_to_sort_in": sorting / GB,
    }


def _in_words(figures: Figures) -> str:
    """Say what bounds the largest load, and what the whole sky takes."""
    shares = {name: figures[f"share_{name}_10m"] for name in ("read_sort", "copy", "indexes")}
    client, server = figures["cpu_us_row_client_10m"], figures["cpu_us_row_server_10m"]
    return (
        f"The largest load: {shares['read_sort']:.0%} of the time reading and sorting, {shares['copy']:.0%} sending, "
        f"{shares['indexes']:.0%} indexes and statistics; client and server need {client:.1f} + {server:.1f} us of "
        f"processor a row, {(client + server) / figures['us_row_10m']:.2f} cores of {len(os.sched_getaffinity(0))} on "
        f"average.\nThe All-Sky PSC, {SKY:,} rows, takes {figures['hours_all_sky']:.1f} hours and "
        f"{figures['gb_all_sky']:.0f} GB, and {figures['gb_to_sort_in']:.1f} GB to sort in."
    )


def _bare(conn: Connection, path: Path, table: str) -> float:
    """Return the seconds of a bare COPY."""
    columns = SQL(", ").join(SQL("{} {}").format(Identifier(c.name), SQL(c.type)) for c in published(table))  # type: ignore[arg-type]
    conn.execute(SQL("DROP TABLE IF EXISTS public.bare"))
    conn.execute(SQL("CREATE TABLE public.bare ({})").format(columns))
    copy = SQL("COPY public.bare FROM {} (DELIMITER '|', NULL '\\N')").format(Literal(str(path)))
    seconds = _seconds(lambda: conn.execute(copy))
    conn.execute("DROP TABLE public.bare")
    conn.execute("CHECKPOINT")  # what it left to write is not ours
    return seconds


def _loaded(conn: Connection, kind: str, *paths: Path) -> Figures:
    """Load files into the empty table, by a process of their own."""
    conn.execute("TRUNCATE twomass.psc, twomass.psc_cell, deepcal.detection")
    conn.execute("DELETE FROM deepcal.ingest_file")
    conn.execute("CHECKPOINT")
    return _apart(kind, *paths)


def _apart(kind: str, *paths: Path) -> Figures:
    """Load files by a process of their own, whose memory is theirs alone."""
    command = [sys.executable, "-m", "bench.ingest", "--load", kind, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def _load(kind: str, *paths: str) -> Figures:
    """Load files; seconds until all rows were read, then until all were sent, then of the rest; CPU seconds; memory."""
    marks: list[tuple[float, int, int]] = []

    def note(stage: str, done: int, total: int) -> None:
        marks.append((time.perf_counter(), done, total))

    with connect(server.start()) as conn:
        start, cpu, served = time.perf_counter(), time.process_time(), busy_seconds(conn)
        results = getattr(ingest, kind)(conn, paths, note)
        end, cpu, served = time.perf_counter(), time.process_time() - cpu, busy_seconds(conn) - served
    assert all(result.state == "loaded" for result in results), results
    rows = sum(result.rows for result in results)
    read = min(when for when, done, _ in marks if done >= rows // 2) - start
    sent = min(when for when, done, _ in marks if done >= rows) - start
    peak = float(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1000
    parts = {"read": read, "copy": sent - read, "rest": end - start - sent}
    return {"seconds": end - start, "cpu": cpu, "cpu_server": served, "rss": peak} | parts


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _one(conn: Connection, query: str) -> float:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None, "a query for one value"
    return float(row[0])


if __name__ == "__main__":
    main()
