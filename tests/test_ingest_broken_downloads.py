"""Broken downloads: refused whole whatever their form, with place, value and expectation; the other files go on."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from astropy.io import fits
from astropy.table import Table

import ingest
from schema.connection import Connection
from tests.bars import write
from tests.downloads import as_csv, as_fits, as_ipac, as_parquet, as_votable, lines_and_table

Build = Callable[[Path], Any]
ROWS = 30
_, GOOD = lines_and_table("psc", ROWS)
GOOD["designation"] = [f"{n:08d}+0000000" for n in range(ROWS)]
SOME = GOOD["ra", "dec", "designation", "pts_key", "j_m", "ph_qual", "date"]


def changed(name: str, row: int, value: Any, kind: str | None = None) -> Table:
    """Return the good table with one value changed, the column of another type if need be."""
    table = SOME.copy()
    if kind is not None:
        table[name] = table[name].astype(kind)
    table[name][row] = value
    return table


def text(writer: Callable[[Path, Table], Path], change: Callable[[str], str], table: Table = SOME) -> Build:
    """Return a builder of a text file whose content was changed."""

    def build(path: Path) -> None:
        writer(path, table)
        path.write_bytes(change(path.read_text()).encode("latin-1"))

    return build


def raw(writer: Callable[[Path, Table], Path], change: Callable[[bytes], bytes], table: Table = SOME) -> Build:
    """Return a builder of a file whose bytes were changed."""

    def build(path: Path) -> None:
        writer(path, table)
        path.write_bytes(change(path.read_bytes()))

    return build


def line(number: int, change: Callable[[str], str]) -> Callable[[str], str]:
    """Return a change of one line, counted from 1; negative from the end."""

    def made(content: str) -> str:
        lines = content.rstrip("\n").split("\n")
        lines[number - 1 if number > 0 else number] = change(lines[number - 1 if number > 0 else number])
        return "\n".join(lines) + "\n"

    return made


def without_line(number: int) -> Callable[[str], str]:
    return lambda content: "\n".join(content.split("\n")[: number - 1] + content.split("\n")[number:])


def cell(old: str, new: str) -> Callable[[str], str]:
    return lambda content: re.sub(old, new, content, count=1)


def wide(path: Path) -> None:
    table = SOME.copy()
    table["ra"] = np.zeros((ROWS, 2))
    as_fits(path, table)


def variable(path: Path) -> None:
    columns = [fits.Column("ra", "PD()", array=np.array([np.zeros(n + 1) for n in range(3)], object))]
    columns += [fits.Column(name, "D", array=np.zeros(3)) for name in ("dec", "pts_key")]
    fits.BinTableHDU.from_columns(columns).writeto(path)


def lists(path: Path) -> None:
    columns = {"ra": [[1.0], [2.0]], "dec": [1.0, 2.0], "designation": ["a", "b"], "pts_key": [1, 2]}
    pyarrow.parquet.write_table(pa.table(columns), path)


def binary2(path: Path, table: Table) -> Path:
    return as_votable(path, table, "binary2")


COUNT = b"NAXIS2  =                   30"
BROKEN: dict[str, tuple[str, Build, tuple[str, ...]]] = {
    # IPAC tables
    "ipac: fewer rows than promised": (
        "t.tbl", text(as_ipac, without_line(20)), ("29 rows, the header promises 30", "get it again"),
    ),
    "ipac: more rows than promised": (
        "t.tbl", text(as_ipac, lambda t: t.replace("=30", "=12")), ("30 rows, the header promises 12",),
    ),
    "ipac: cut in the middle of a line": (
        "t.tbl", raw(as_ipac, lambda b: b.rstrip()[:-12]), ("the last line does not end", "get it again"),
    ),
    "ipac: letters in a number": (
        "t.tbl", text(as_ipac, line(20, lambda t: " x" + t[2:])), ("line 20, column ra: 'x", "a number from 0"),
    ),
    "ipac: no names": ("t.tbl", text(as_ipac, lambda t: t.replace("|", " ")), ("without a line of column names",)),
    "ipac: header lines disagree": (
        "t.tbl", text(as_ipac, line(3, lambda t: t + "char|")), ("header lines disagree", "8, 9"),
    ),
    "ipac: an empty line between rows": (
        "t.tbl", text(as_ipac, line(20, lambda t: "")), ("line 20, column", "expected a row of values"),
    ),
    "ipac: a header line between rows": (
        "t.tbl", text(as_ipac, line(20, lambda t: "|ra|dec|")), ("line 20", "expected a row of values"),
    ),
    "ipac: a line too long": (
        "t.tbl", text(as_ipac, line(20, lambda t: t.rstrip() + " " * 30 + "1.5")), ("line 20", "1.5", "at most"),
    ),
    "ipac: a value below a bar": (
        "t.tbl", text(as_ipac, line(20, lambda t: t[1:] + " ")), ("line 20", "a blank below every bar"),
    ),
    "ipac: a letter beyond ASCII": (
        "t.tbl", text(as_ipac, line(20, lambda t: t[:3] + "\xb1" + t[4:])), ("line 20, column ra", "plain ASCII text"),
    ),
    "ipac: no rows": ("t.tbl", lambda path: path.write_text("|ra|dec|\n|double|double|\n"), ("designation missing",)),
    "ipac: no rows but all columns": (
        "t.tbl", text(as_ipac, lambda t: "\n".join(t.split("\n")[1:5]) + "\n"), ("no rows below the header",),
    ),
    "ipac: no position": (
        "t.tbl", lambda path: as_ipac(path, changed("ra", 3, np.ma.masked)), ("line 9, column ra", "never null"),
    ),
    # VOTables
    "votable: cut off": ("t.vot", raw(as_votable, lambda b: b[:-400]), ("no readable VOTable", "get it again")),
    "votable: other XML": ("t.vot", lambda path: path.write_text("<?xml version='1.0'?><html/>"), ("VOTable",)),
    "votable: an error of the service": (
        "t.vot",
        text(as_votable, cell("<RESOURCE[^>]*>", r'\g<0><INFO name="QUERY_STATUS" value="ERROR">no such table</INFO>')),
        ("the service answered with an error", "no such table"),
    ),
    "votable: cut by the service": (
        "t.vot",
        text(as_votable, cell("</TABLE>", '</TABLE><INFO name="QUERY_STATUS" value="OVERFLOW"/>')),
        ("the service says that the table is cut off (OVERFLOW)", "ask for all rows"),
    ),
    "votable: truncated by VizieR": (
        "t.vot",
        text(as_votable, cell("</TABLE>", '</TABLE><INFO name="matches">truncated result (maxtup=50)</INFO>')),
        ("truncated result (maxtup=50)",),
    ),
    "votable: fewer rows than promised": (
        "t.vot", text(as_votable, cell("<TABLE", '<TABLE nrows="31"')), ("30", "31", "get it again"),
    ),
    "votable: no rows": ("t.vot", lambda path: as_votable(path, SOME[:0]), ("a VOTable without rows",)),
    "votable: letters in a number": (
        "t.vot", text(as_votable, cell(r"<TD>\d+\.", "<TD>x.")), ("line ", "Invalid literal for float", "x."),
    ),
    "votable: beyond the pole": (
        "t.vot", lambda path: as_votable(path, changed("dec", 4, 90.5)),
        ("row 5, column decl: '90.5', expected a number from -90 to 90 deg",),
    ),
    "votable: empty position": (
        "t.vot", lambda path: as_votable(path, changed("dec", 4, np.nan)), ("row 5, column decl", "never null"),
    ),
    "votable: binary data damaged": (
        "t.vot", raw(binary2, lambda b: re.sub(rb"(<STREAM[^>]*>\s*).{40}", rb"\1", b)), ("VOTable",),
    ),
    # FITS tables
    "fits: cut off": ("t.fits", raw(as_fits, lambda b: b[:-3000]), ("rows, the header promises 30: cut off",)),
    "fits: cut in the header": ("t.fits", raw(as_fits, lambda b: b[:4000]), ("no table in the FITS file",)),
    "fits: more rows than promised": (
        "t.fits",
        raw(as_fits, lambda b: b.replace(COUNT, COUNT[:-2] + b"12")),
        ("more bytes than the 12 rows that the header promises",),
    ),
    "fits: no rows": ("t.fits", lambda path: as_fits(path, SOME[:0]), ("a FITS table without rows",)),
    "fits: an image": ("t.fits", lambda path: fits.writeto(path, np.zeros((5, 5))), ("no table in the FITS file",)),
    "fits: single precision": (
        "t.fits", lambda path: as_fits(path, changed("ra", 0, 1, "f4")), ("column ra is in single precision",),
    ),
    "fits: two values a row": ("t.fits", wide, ("column ra has (2,) values a row, expected one",)),
    "fits: columns of variable length": ("t.fits", variable, ("columns of variable length",)),
    "fits: NaN position": (
        "t.fits", lambda path: as_fits(path, changed("ra", 6, np.nan)), ("row 7, column ra", "never null"),
    ),
    "fits: right ascension of 360": (
        "t.fits", lambda path: as_fits(path, changed("ra", 6, 360.0)), ("row 7, column ra: '360.0'", "below 360 deg"),
    ),
    "fits: infinite magnitude": (
        "t.fits", lambda path: as_fits(path, changed("j_m", 6, np.inf)), ("row 7, column j_m: 'inf'", "a number"),
    ),
    "fits: fraction of a key": (
        "t.fits", lambda path: as_fits(path, changed("pts_key", 6, 7.5, "f8")), ("row 7, column pts_key: '7.5'",),
    ),
    "fits: negative key": (
        "t.fits", lambda path: as_fits(path, changed("pts_key", 6, -7)), ("row 7, column pts_key: '-7'",),
    ),
    "fits: a name too long": (
        "t.fits", lambda path: as_fits(path, changed("ph_qual", 6, "AAAA", "U9")),
        ("row 7, column ph_qual: 'AAAA', expected text of at most 3 characters",),
    ),
    "fits: a night before the survey": (
        "t.fits", lambda path: as_fits(path, changed("date", 6, "1977-09-22")), ("row 7, column date: '1977-09-22'",),
    ),
    "fits: key twice": (
        "t.fits", lambda path: as_fits(path, changed("pts_key", 6, 1)),
        ("line 7, column pts_key: '1', expected a source once; line 1 has it too",),
    ),
    "fits: name twice where keys are missing": (
        "t.fits", lambda path: as_fits(path, changed("designation", 6, "00000002+0000000")["ra", "dec", "designation"]),
        ("line 7, column designation", "line 3 has it too"),
    ),
    "fits: a column twice": (
        "t.fits", raw(as_fits, lambda b: b.replace(b"'j_m     '", b"'ra      '")), ("column ra more than once",),
    ),
    "fits: a column type that is none": (
        "t.fits", raw(as_fits, lambda b: b.replace(b"TFORM1  = 'D", b"TFORM1  = 'Z")), ("FITS",),
    ),
    "fits: a damaged count": (
        "t.fits", raw(as_fits, lambda b: b.replace(COUNT, COUNT[:-2] + b"x0")), ("NAXIS2",),
    ),
    "fits: truncated gzip": (
        "t.fits.gz", raw(as_fits, lambda b: b[:-50]), ("the compressed data are damaged or end early",),
    ),
    "fits: damaged gzip": (
        "t.fits.gz", raw(as_fits, lambda b: b[:900] + b"#####" + b[905:]), ("damaged",),
    ),
    # Parquet files
    "parquet: cut off": ("t.parquet", raw(as_parquet, lambda b: b[:-30]), ("no readable Parquet file",)),
    "parquet: only the first bytes": ("t.parquet", lambda path: path.write_bytes(b"PAR1"), ("no readable Parquet",)),
    "parquet: damaged inside": (
        "t.parquet", raw(as_parquet, lambda b: b[:4] + bytes(60) + b[64:]), ("the Parquet file is damaged",),
    ),
    "parquet: no rows": ("t.parquet", lambda path: as_parquet(path, SOME[:0]), ("a Parquet file without rows",)),
    "parquet: lists": ("t.parquet", lists, ("row 1, column ra",)),
    "parquet: words in a number": (
        "t.parquet", lambda path: as_parquet(path, changed("j_m", 2, "faint", "U9")), ("row 3, column j_m: 'faint'",),
    ),
    "votable: a text longer than its column": (
        "t.vot", text(as_votable, cell(r"(<TD>)(00000003)", r"\1 much too long \2")),
        ("line ", "expected a text no longer than its column"),
    ),
    # Text with names
    "csv: a column too few": (
        "t.csv", text(as_csv, line(9, lambda t: t.rpartition(",")[0])), ("line 9", "7 columns, this line has 6"),
    ),
    "csv: a column too many": ("t.csv", text(as_csv, line(9, lambda t: t + ",7")), ("line 9", "this line has 8")),
    "csv: an empty line": ("t.csv", text(as_csv, line(9, lambda t: "")), ("line 9", "this line is empty")),
    "csv: only the names": ("t.csv", text(as_csv, lambda t: t.split("\n")[0] + "\n"), ("no rows below",)),
    "csv: letters in a number": (
        "t.csv", text(as_csv, line(9, lambda t: "x" + t)), ("line 9, column ra: 'x", "a number from 0 below 360 deg"),
    ),
    "csv: a column twice": ("t.csv", text(as_csv, lambda t: t.replace("j_m", "ra", 1)), ("column ra more than once",)),
    "csv: another encoding": ("t.csv", text(as_csv, line(9, lambda t: t[:-1] + "\xe9")), ("column",)),
    "csv: hexadecimal key": (
        "t.csv", text(as_csv, line(9, lambda t: re.sub(r",(\d+),", ",0x1F,", t, count=1))), ("line 9", "0x1F"),
    ),
    "csv: a quote that never ends": ("t.csv", text(as_csv, line(9, lambda t: '"' + t)), ("line",)),
    # anything
    "nothing at all": ("t.tbl", lambda path: path.write_bytes(b""), ("the file is empty",)),
    "nothing, gzipped": ("t.tbl", lambda path: path.write_bytes(gzip.compress(b"")), ("the file is empty",)),
    "a picture": ("t.csv", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\n"), ("line 1, column ra",)),
    "a page of a web site": ("t.tbl", lambda path: path.write_text("<html>\n<p>\n"), ("line 1, column ra",)),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_download_is_refused_whole_and_recorded(conn: Connection, tmp_path: Path, what: str) -> None:
    name, build, parts = BROKEN[what]
    build(tmp_path / name)
    good = write(tmp_path / "good.bar", "psc", [{"pts_key": 999}])
    refused, loaded = ingest.psc(conn, [tmp_path / name, good])
    assert (refused.state, refused.rows, loaded.state) == ("refused", 0, "loaded")
    assert refused.error is not None
    assert [part for part in parts if part not in refused.error] == [], refused.error
    assert conn.execute("SELECT array_agg(pts_key) FROM twomass.psc").fetchone() == ([999],)
    recorded = conn.execute("SELECT path, error FROM deepcal.ingest_file WHERE state = 'refused'").fetchall()
    assert recorded == [(str(tmp_path / name), refused.error)]
