"""Damaged files of every kind: loaded whole or refused with a reason, never a traceback, never a part of their rows."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

import ingest
from schema.cards import write_cards
from schema.connection import Connection
from schema.tables.field import field
from tests.bars import write
from tests.downloads import as_csv, as_fits, as_ipac, as_parquet, as_votable, lines_and_table, vizier
from tests.rows import put
from tests.strips import STRIP, pixels
from tests.strips import write as write_image
from tests.test_ingest_coverage import FRAMES, frames

EXAMPLES = int(os.environ.get("DEEPCAL_FUZZ", "25"))
ROWS = 12
TILES = "tile,standard,ra,dec,width_arcsec,height_arcsec\n90004,FS4,28.6575,0.7172,540,3600\n90298,,,,540,3600\n"
STANDARDS = (
    "name,tile,ra,dec,epoch,pmra,pmdec,j,sj,h,sh,ks,sks\n"
    "FS4,90004,28.6575,0.7172,,,,10.532,0.01,10.297,0.01,10.259,0.01\n"
    "LHS2026,92026,128.1267,-1.5772,2000.0,510.5,-140.25,12.066,0.012,11.497,0.012,11.156,0.012\n"
)
TABLES = {
    "psc": ("twomass", "psc"),
    "xsc": ("twomass", "xsc"),
    "scans": ("deepcal", "scan"),
    "detections": ("deepcal", "detection"),
    "tiles": ("deepcal", "field"),
    "standards": ("twomass", "standard"),
    "images": ("deepcal", "image"),
    "coverage": ("deepcal", "image_coverage"),
}
_, PSC = lines_and_table("psc", ROWS)
PSC["designation"] = [f"{n:08d}+0000000" for n in range(ROWS)]


def bar(table: str) -> Callable[[Path], Any]:
    keys = {"psc": "pts_key", "xsc": "ext_key", "scan": "scan_key", "detection": "cntr"}
    rows = [{keys[table]: n, "scan": n, "tile": 90004, "ra": 10 + n} for n in range(1, ROWS + 1)]
    return lambda path: write(path, table, rows)


def packed(build: Callable[[Path], Any]) -> Callable[[Path], Any]:
    def made(path: Path) -> None:
        plain = path.with_suffix("")  # astropy packs what is named .gz
        build(plain)
        path.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))

    return made


def tiled(path: Path) -> None:
    hdu = fits.CompImageHDU(pixels(), write_cards(STRIP), compression_type="GZIP_2", quantize_level=0)
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)


SEEDS: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "psc": ("psc", "psc.bar", bar("psc")),
    "psc packed": ("psc", "psc.bar.gz", packed(bar("psc"))),
    "xsc": ("xsc", "xsc.bar", bar("xsc")),
    "scans": ("scans", "scan.bar", bar("scan")),
    "scans by name": ("scans", "scan.csv", lambda path: as_csv(path, lines_and_table("scan", ROWS)[1])),
    "detections": ("detections", "cal.bar", bar("detection")),
    "IPAC": ("psc", "psc.tbl", lambda path: as_ipac(path, PSC)),
    "IPAC without keys": ("psc", "psc.tbl", lambda path: as_ipac(path, PSC["ra", "dec", "designation", "j_m"])),
    "VOTable": ("psc", "psc.vot", lambda path: as_votable(path, PSC)),
    "VOTable binary2": ("psc", "psc.vot", lambda path: as_votable(path, PSC, "binary2")),
    "FITS": ("psc", "psc.fits", lambda path: as_fits(path, PSC)),
    "FITS of VizieR, packed": ("psc", "psc.fits.gz", packed(lambda path: as_fits(path, vizier(PSC)))),
    "Parquet": ("psc", "psc.parquet", lambda path: as_parquet(path, PSC)),
    "CSV": ("psc", "psc.csv", lambda path: as_csv(path, PSC)),
    "tiles": ("tiles", "tiles.csv", lambda path: path.write_text(TILES)),
    "standards": ("standards", "standards.csv", lambda path: path.write_text(STANDARDS)),
    "image": ("images", "a.fits", write_image),
    "image packed": ("images", "a.fits.gz", packed(write_image)),
    "image fpacked": ("images", "a.fits.fz", tiled),
    "coverage map": ("images", "c.fits", lambda path: write_image(path, frames(), FRAMES)),
}
WITH_SUM = ("psc packed", "FITS of VizieR, packed", "image packed")
"""Forms whose own checksum tells any change of their content."""


@st.composite
def damages(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Draw a change of some bytes: others in their place, some taken out or put in, the end cut off."""
    where = draw(st.floats(0, 1, exclude_max=True))
    count = draw(st.integers(1, 40))
    some = draw(st.binary(min_size=1, max_size=count) | st.sampled_from([b"\n", b"|", b",", b" ", b"\0" * 9, b"9" * 9]))
    kind = draw(st.sampled_from(["replace", "replace", "remove", "insert", "cut"]))

    def change(data: bytes) -> bytes:
        at = int(where * len(data))
        rest = {"replace": data[at + len(some) :], "remove": data[at + count :], "insert": data[at:], "cut": b""}[kind]
        return data[:at] + (some if kind in ("replace", "insert") else b"") + rest

    return change


def stored(conn: Connection, kind: str) -> list[tuple[Any, ...]]:
    query = SQL("SELECT to_jsonb(t) - '{{file_id,path,sha256,image_id}}'::text[] FROM {} AS t ORDER BY 1")
    return conn.execute(query.format(Identifier(*TABLES[kind]))).fetchall()


@pytest.mark.parametrize("what", SEEDS)
def test_a_damaged_file_is_loaded_whole_or_refused(conn: Connection, tmp_path: Path, what: str) -> None:
    kind, name, build = SEEDS[what]
    build(tmp_path / name)
    good = (tmp_path / name).read_bytes()
    if kind == "images":
        put(conn, field, [{"tile": 90004, "ra": 28.6575, "dec": 0.7172, "naxis1": 60, "naxis2": 320}])

    def load(data: bytes) -> tuple[ingest.FileResult, list[Any]]:
        (tmp_path / name).write_bytes(data)
        with conn.transaction(force_rollback=True):
            (result,) = getattr(ingest, kind)(conn, [tmp_path / name])
            return result, stored(conn, kind) + (stored(conn, "coverage") if kind == "images" else [])

    whole, rows = load(good)
    assert (whole.state, len(rows)) == ("loaded", whole.rows)

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(damages())
    def damaged(change: Callable[[bytes], bytes]) -> None:
        data = change(good)
        result, found = load(data)
        if result.state == "refused":
            assert (found, result.rows) == ([], 0)
            assert result.error
        elif what in WITH_SUM or data == good:
            assert found == rows
        else:
            assert len(found) == result.rows
            assert result.rows == whole.rows or len(data) != len(good) or b"\n" in data

    damaged()
