"""Matches beside plain q3c and STILTS, cones beside q3c_radial_query, and refreshes beside a full one, in the same run.

    python -m bench.crossmatch [--quick] [--json]

The nearest PSC row within 2 arcsec of every detection: detections clustered in 35 fields, and all over the sky.
Peers: q3c_join with DISTINCT ON as Debian ships q3c (PARALLEL UNSAFE, a database of its own), on a PSC of the same 60
columns in the order of its files, with a sky index and statistics; STILTS tskymatch2 (`apt-get install stilts`) reading
and writing FITS with three columns. Precomputed for deepcal: the cells of the PSC, once at load (cells_seconds, here
by the server; a load makes them itself).
Seconds are of the clock; cpu_seconds those of all processors for one match, to be believed on a busy machine.
Refreshes: 100 fields of 10,000 sources; one of them extracted again, 10,000 new rows of the PSC, and nothing changed.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
import sqlalchemy as sa
from astropy.table import Table
from numpy.typing import NDArray
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from sqlalchemy.dialects import postgresql

from bench.private import empty_server, server_seconds
from crossmatch import Names, Positions, match_tables
from schema.connection import Connection
from schema.tables.field import field
from schema.tables.stack import stack_run
from schema.tables.twomass import psc
from tests.rows import put

Array = NDArray[np.float64]
Figures = dict[str, float]
FILES = Path(__file__).with_name("crossmatch_sql")
FIELDS, SIZE = 35, (540 / 3600, 1.0)  # deg
TUPLE = [
    ("columns", ">i2"),
    ("size_id", ">i4"),
    ("id", ">i4"),
    ("size_ra", ">i4"),
    ("ra", ">f8"),
    ("size_dec", ">i4"),
    ("dec", ">f8"),
]
LITERALS = {"TEXT": "'00000000+0000000'", "DATE": "'1999-01-01'", "BOOLEAN": "TRUE"}


@dataclass(frozen=True)
class Sizes:
    """Rows of the PSC and of the detections, sizes of the scaling, fields and sources of the refresh, changed rows."""

    psc: int
    detections: int
    scaling: tuple[int, ...]
    runs: int
    sources: int
    cones: int


FULL = Sizes(5_000_000, 1_000_000, (1_000_000, 5_000_000, 20_000_000), 100, 10_000, 300)
QUICK = Sizes(250_000, 50_000, (50_000, 100_000), 20, 1_000, 60)


def main() -> None:
    """Measure, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    sizes = QUICK if given.quick else FULL
    sky = Sky.make(sizes)
    figures: Figures = {"psc_rows": sizes.psc, "detections": sizes.detections}
    with _servers() as (ours, plain, folder):
        figures |= _fill(ours, plain, sky)
        for name in sky.left:
            figures |= _match(ours, plain, name)
            figures |= _stilts(folder, sky, name, figures[f"{name}_seconds"])
        figures |= _scaling(ours, sky, sizes)
        figures |= _cones(ours, sky, sizes.cones)
        figures |= _refreshes(ours, sky, sizes)
    print(json.dumps(figures, indent=2) if given.json else "\n".join(f"{k:34} {v:14,.3f}" for k, v in figures.items()))


@dataclass(frozen=True)
class Sky:
    """Stars of the PSC, in the order of its files, detections and fields: positions (n, 2) in deg."""

    stars: Array
    fields: Array
    left: dict[str, Array]

    @classmethod
    def make(cls, sizes: Sizes) -> "Sky":
        """Draw a sky: one star in twenty lies in a field."""
        rng = np.random.default_rng(1)
        fields = _anywhere(rng, FIELDS)
        in_fields = _in_fields(rng, np.repeat(fields, sizes.psc // 20 // FIELDS, axis=0))
        stars = np.vstack([in_fields, _anywhere(rng, sizes.psc - len(in_fields))])
        drawn = rng.integers(0, len(in_fields), sizes.detections)
        scan = rng.integers(0, 200, sizes.detections)
        clustered = in_fields[drawn[np.lexsort((scan, drawn // (len(in_fields) // FIELDS)))]]  # scan by scan, as loaded
        uniform = stars[rng.integers(0, len(stars), sizes.detections)]
        order = np.lexsort((stars[:, 0], np.floor(stars[:, 1] * 10)))
        return cls(stars[order], fields, {"clustered": _near(rng, clustered), "uniform": _near(rng, uniform)})


def _anywhere(rng: np.random.Generator, rows: int) -> Array:
    return np.column_stack([rng.uniform(0, 360, rows), 0.95 * np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))])


def _in_fields(rng: np.random.Generator, centres: Array) -> Array:
    shift = rng.uniform(-0.5, 0.5, centres.shape) * SIZE
    return np.column_stack(
        [_ra(centres[:, 0] + shift[:, 0] / np.cos(np.radians(centres[:, 1]))), centres[:, 1] + shift[:, 1]]
    )


def _near(rng: np.random.Generator, places: Array) -> Array:
    shift = rng.normal(0, 0.25 / 3600, places.shape)
    return np.column_stack(
        [_ra(places[:, 0] + shift[:, 0] / np.cos(np.radians(places[:, 1]))), places[:, 1] + shift[:, 1]]
    )


def _ra(ra: Array) -> Array:
    return np.asarray(ra % 360 % 360)


@contextmanager
def _servers() -> Iterator[tuple[Connection, Connection, Path]]:
    """Run a private server; hand out its database, one with q3c as it is shipped, and the folder."""
    with empty_server() as (ours, folder):
        ours.execute("CREATE DATABASE plain TEMPLATE template0")
        plain_dsn = make_conninfo(ours.info.dsn, dbname="plain")
        with psycopg.connect(plain_dsn, autocommit=True) as plain:
            plain.execute("CREATE EXTENSION q3c; SET jit = off")
            yield ours, plain, folder


def _fill(ours: Connection, plain: Connection, sky: Sky) -> Figures:
    """Load stars and detections into both databases."""
    for conn in (ours, plain):
        for name, places in (sky.left | {"stars": sky.stars}).items():
            conn.execute(SQL("CREATE TABLE public.{} (id int, ra float8, dec float8)").format(Identifier(name)))
            _copy(conn, name, places)
            conn.execute(SQL("ALTER TABLE public.{} ADD PRIMARY KEY (id)").format(Identifier(name)))
            conn.execute(SQL("VACUUM ANALYZE public.{}").format(Identifier(name)))
    columns = ", ".join(f"{column.name} {column.type.compile(dialect=_dialect())}" for column in psc.columns)
    plain.execute(f"CREATE TABLE psc ({columns})".encode())
    plain.execute(_stars("psc", "id").encode())
    plain.execute("CREATE INDEX ON psc (q3c_ang2ipix(ra, decl))")
    plain.execute("VACUUM ANALYZE psc")
    ours.execute(_stars("twomass.psc", "q3c_ang2ipix(ra, dec)").encode())
    ours.execute("VACUUM ANALYZE twomass.psc")
    seconds = _seconds(lambda: _cells(ours))
    (rows,) = ours.execute("SELECT count(*) FROM twomass.psc_cell").fetchall()[0]
    return {"cells_seconds": seconds, "cells_per_row": rows / len(sky.stars)}


def _cells(ours: Connection) -> None:
    ours.execute((FILES / "cells.sql").read_bytes(), {"file_id": 0})
    ours.execute("VACUUM ANALYZE twomass.psc_cell")


def _copy(conn: Connection, name: str, places: Array) -> None:
    """Copy positions into a table, numbered from 0, as tuples of binary COPY."""
    rows = np.zeros(len(places), TUPLE)
    rows["columns"], rows["size_id"], rows["size_ra"], rows["size_dec"] = 3, 4, 8, 8
    rows["id"], rows["ra"], rows["dec"] = np.arange(len(places)), places[:, 0], places[:, 1]
    statement = SQL("COPY public.{} FROM STDIN (FORMAT binary)").format(Identifier(name))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff")


def _stars(table: str, order: str, file_id: int = 0) -> str:
    """Return the statement that fills a table with all columns of the PSC, in an order."""
    given = {"ra": "ra", "decl": "dec", "pts_key": "id", "file_id": str(file_id), "err_maj": "0.1", "err_min": "0.1"}
    values = [given.get(column.name) or _literal(column.type.compile(dialect=_dialect())) for column in psc.columns]
    names = ", ".join(column.name for column in psc.columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM public.stars ORDER BY {order}"  # noqa: S608 - our own names


def _literal(kind: str) -> str:
    return "'A'" if kind.startswith("CHAR") else LITERALS.get(kind, "45")


def _dialect() -> sa.Dialect:
    return postgresql.dialect()


def _match(ours: Connection, plain: Connection, name: str) -> Figures:
    """Match one set of detections, by deepcal and by plain q3c, in turns; the best of two."""
    ours_s, plain_s, ours_busy, plain_busy = [], [], [], []
    for _ in range(2):
        before = server_seconds(ours)
        ours_s.append(_seconds(lambda: _run(ours, name)))
        ours_busy.append(server_seconds(ours) - before)
        before = server_seconds(plain)
        plain_s.append(_seconds(lambda: _plain(plain, name)))
        plain_busy.append(server_seconds(plain) - before)
    compared = [dict(_found(conn)) for conn in (ours, plain)]
    wrong = sum(compared[0].get(key) != value for key, value in compared[1].items())
    return {
        f"{name}_seconds": min(ours_s),
        f"{name}_plain_seconds": min(plain_s),
        f"{name}_over_plain": min(plain_s) / min(ours_s),
        f"{name}_cpu_seconds": min(ours_busy),
        f"{name}_plain_cpu_seconds": min(plain_busy),
        f"{name}_cpu_over_plain": min(plain_busy) / min(ours_busy),
        f"{name}_missing_or_extra": float(len(compared[0].keys() ^ compared[1].keys())),
        f"{name}_other_than_plain": float(wrong),
    }


def _run(conn: Connection, name: str) -> None:
    sides = Positions.find(conn, name, Names()), Positions.find(conn, "twomass.psc", Names())
    match_tables(conn, *sides, 2.0, into="found", replace=True)


def _plain(conn: Connection, name: str) -> None:
    with conn.transaction():
        conn.execute("DROP TABLE IF EXISTS found")
        text = (FILES / "plain_match.sql").read_text()
        conn.execute(SQL(text).format(left=Identifier(name)))


def _found(conn: Connection) -> list[tuple[int, int]]:
    return conn.execute("SELECT left_key, right_key FROM public.found").fetchall()


def _stilts(folder: Path, sky: Sky, name: str, ours: float) -> Figures:
    """Match the same tables by STILTS, reading and writing FITS; nothing where it is not installed."""
    program = shutil.which("stilts")
    if program is None:
        return {}
    for kind, places in (("left", sky.left[name]), ("right", sky.stars)):
        columns = {"id": np.arange(len(places), dtype=np.int32), "ra": places[:, 0], "dec": places[:, 1]}
        Table(columns).write(folder / f"{kind}.fits", overwrite=True)
    words = ["in1=left.fits", "in2=right.fits", "out=out.fits", "ra1=ra", "dec1=dec", "ra2=ra", "dec2=dec", "error=2"]
    command = [program, "-Xmx6g", "tskymatch2", *words, "join=1and2", "find=best1"]
    seconds = _seconds(lambda: subprocess.run(command, cwd=folder, check=True, capture_output=True))
    return {f"{name}_stilts_seconds": seconds, f"{name}_over_stilts": seconds / ours}


def _scaling(ours: Connection, sky: Sky, sizes: Sizes) -> Figures:
    """Match more and more detections anywhere on the sky."""
    rng, figures = np.random.default_rng(2), {}
    for rows in sizes.scaling:
        places = _near(rng, sky.stars[rng.integers(0, len(sky.stars), rows)])
        ours.execute("DROP TABLE IF EXISTS public.many; CREATE TABLE public.many (id int, ra float8, dec float8)")
        _copy(ours, "many", places)
        ours.execute("ALTER TABLE public.many ADD PRIMARY KEY (id); ANALYZE public.many")
        seconds = _seconds(lambda: _run(ours, "many"))
        figures |= {
            f"scaling_{rows / 1e6:g}m_seconds": seconds,
            f"scaling_{rows / 1e6:g}m_us_a_row": seconds / rows * 1e6,
        }
    ours.execute("DROP TABLE public.many")
    return figures


def _cones(ours: Connection, sky: Sky, number: int) -> Figures:
    """Ask for cones of 10 arcsec, by the function and by q3c_radial_query, in turns."""
    places = sky.left["uniform"][:number].tolist()
    function = "SELECT count(*) FROM deepcal.psc_cone(%s, %s, 10)"
    radial = "SELECT count(*) FROM twomass.psc WHERE q3c_radial_query(ra, decl, %s, %s, 10 / 3600.0)"
    times: dict[str, list[float]] = {function: [], radial: []}
    for place in places:
        for query, taken in times.items():
            taken.append(_seconds(lambda: ours.execute(query.encode(), place)))  # noqa: B023 - called at once
    ours_s, radial_s = statistics.median(times[function]), statistics.median(times[radial])
    return {"cone_ms": 1000 * ours_s, "cone_radial_ms": 1000 * radial_s, "cone_over_radial": radial_s / ours_s}


def _refreshes(ours: Connection, sky: Sky, sizes: Sizes) -> Figures:
    """Refresh the matches of many fields: all, nothing, one run, some rows of the catalogue."""
    rng = np.random.default_rng(3)
    runs = [f"{number:012x}" for number in range(sizes.runs)]
    centres = np.vstack([sky.fields, _anywhere(rng, max(sizes.runs - FIELDS, 0))])[: sizes.runs]
    for tile, run in enumerate(runs):
        put(ours, field, [{"tile": tile}])
        put(ours, stack_run, [{"run": run, "tile": tile, "state": "stacked"}])
        _extract(ours, rng, run, tile, centres[tile], sizes.sources)
    ours.execute("UPDATE deepcal.field SET current_run = lpad(to_hex(tile), 12, '0')")
    ours.execute("VACUUM ANALYZE deepcal.source")
    full = _refresh(ours)
    ours.execute("VACUUM ANALYZE deepcal.xmatch, deepcal.xmatch_history")
    again = _refresh(ours, everything=True)
    nothing = statistics.median(_refresh(ours) for _ in range(9))
    _extract(ours, rng, runs[0], 0, centres[0], sizes.sources)
    one = _refresh(ours)
    _new_rows(ours, rng, centres, sizes)
    rows = _refresh(ours)
    return {
        "refresh_sources": float(sizes.runs * sizes.sources),
        "refresh_changed": float(sizes.sources),
        "refresh_first_seconds": full,
        "refresh_all_seconds": again,
        "refresh_one_run_seconds": one,
        "refresh_one_run_share": one / again,
        "refresh_rows_seconds": rows,
        "refresh_rows_share": rows / again,
        "refresh_nothing_ms": 1000 * nothing,
    }


def _refresh(ours: Connection, *, everything: bool = False) -> float:
    return _seconds(lambda: ours.execute("CALL deepcal.refresh_xmatch(%s)", [everything]))


def _extract(ours: Connection, rng: np.random.Generator, run: str, tile: int, centre: Array, rows: int) -> None:
    """Replace the sources of a run, as an extraction does."""
    places = _in_fields(rng, np.repeat(centre[None], rows, axis=0))
    bound = {"run": run, "tile": tile, "ra": places[:, 0].tolist(), "dec": places[:, 1].tolist()}
    with ours.transaction():
        ours.execute("DELETE FROM deepcal.source WHERE run = %s", [run])
        ours.execute((FILES / "sources.sql").read_bytes(), bound)
        ours.execute(
            "UPDATE deepcal.stack_run SET state = 'extracted', extracted_at = clock_timestamp() WHERE run = %s", [run]
        )


def _new_rows(ours: Connection, rng: np.random.Generator, centres: Array, sizes: Sizes) -> None:
    """Load as many new rows of the PSC as a run has sources, in all fields, as one file."""
    places = _in_fields(rng, np.repeat(centres, sizes.sources // sizes.runs, axis=0))
    ours.execute("DROP TABLE IF EXISTS public.stars; CREATE TABLE public.stars (id int, ra float8, dec float8)")
    _copy(ours, "stars", places)
    (file_id,) = ours.execute((FILES / "file.sql").read_bytes(), {"rows": len(places)}).fetchall()[0]
    with ours.transaction():
        ours.execute("UPDATE public.stars SET id = id + %s", [sizes.psc])
        ours.execute(_stars("twomass.psc", "q3c_ang2ipix(ra, dec)", file_id).encode())
        ours.execute((FILES / "cells.sql").read_bytes(), {"file_id": file_id})


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
