"""Broken catalogue files: refused whole, the first bad line named, recorded, nothing else touched."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest
from ingest.faults import line_fault
from ingest.parse import _sound
from schema.connection import Connection
from schema.errors import BadArgument
from schema.published import published
from tests.bars import line, write

VALUES = {
    "letters in a number": ("j_m", "x1.2", "a number (real)"),
    "a comma in a number": ("j_m", "12,467", "a number (real)"),
    "nothing in a number": ("j_m", "", "a number (real)"),
    "NaN position": ("ra", "nan", "a number from 0 below 360 deg"),
    "infinite declination": ("decl", "-inf", "a number from -90 to 90 deg"),
    "right ascension of 360": ("ra", "360.000000", "a number from 0 below 360 deg"),
    "negative right ascension": ("ra", "-0.000001", "a number from 0 below 360 deg"),
    "declination beyond the pole": ("decl", "90.000001", "a number from -90 to 90 deg"),
    "infinite magnitude": ("h_m", "1e40", "a number (real)"),
    "NaN magnitude": ("k_m", "NaN", "a number (real)"),
    "null position": ("ra", r"\N", "a number from 0 below 360 deg, never null"),
    "null key": ("pts_key", r"\N", "a whole number from 0 to 2147483647, never null"),
    "negative key": ("pts_key", "-5", "a whole number from 0 to 2147483647"),
    "key beyond an integer": ("pts_key", "3000000000", "a whole number from 0 to 2147483647"),
    "fraction in a whole number": ("err_ang", "90.5", "a whole number (smallint)"),
    "smallint too large": ("err_ang", "40000", "a whole number (smallint)"),
    "hexadecimal number": ("err_ang", "0x1F", "a whole number (smallint)"),
    "day that is none": ("date", "2000-02-30", "a night as YYYY-MM-DD, 1997-03-01 to 2002-12-31"),
    "date in another form": ("date", "22.09.2000", "a night as YYYY-MM-DD, 1997-03-01 to 2002-12-31"),
    "night before the survey": ("date", "1977-09-22", "a night as YYYY-MM-DD, 1997-03-01 to 2002-12-31"),
    "unknown hemisphere": ("hemis", "e", "'n' or 's'"),
    "flag too long": ("rd_flg", "2222", "text of at most 3 characters"),
    "letter beyond ASCII": ("designation", "00042876−8955069", "plain ASCII text"),
    "zero byte": ("designation", "0004\0", "plain ASCII text"),
    "carriage return": ("rd_flg", "2\r2", "plain ASCII text"),
}


def refused(conn: Connection, path: Path) -> str:
    """Ingest a file that must be refused; return why."""
    (result,) = ingest.psc(conn, [path])
    assert (result.state, result.rows) == ("refused", 0)
    assert conn.execute("SELECT count(*) FROM twomass.psc").fetchone() == (0,)
    assert conn.execute("SELECT state, error FROM deepcal.ingest_file").fetchall() == [("refused", result.error)]
    assert result.error is not None
    return result.error


@pytest.mark.parametrize("what", VALUES)
def test_a_bad_value_is_named(conn: Connection, tmp_path: Path, what: str) -> None:
    column, value, expected = VALUES[what]
    rows = [{"pts_key": 1}, {"pts_key": 2, column: value}, {"pts_key": 3, "ra": "late"}]
    shown = repr(value.encode().decode("ascii", "backslashreplace")).replace("\\\\", "\\")
    assert (
        refused(conn, write(tmp_path / "psc.bar", "psc", rows))
        == f"line 2, column {column}: {shown}, expected {expected}"
    )


GOOD = line("psc", pts_key=1) + "\n"
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "the file is empty"),
    "empty gzip": (lambda: gzip.compress(b""), "the file is empty"),
    "truncated gzip": (lambda: gzip.compress(GOOD.encode() * 99)[:-20], "the compressed data are damaged or end early"),
    "damaged gzip": (
        lambda: gzip.compress(GOOD.encode())[:30] + b"#####",
        "the compressed data are damaged or end early",
    ),
    "a column too few": (
        lambda: (GOOD + GOOD[: GOOD.rindex("|")] + "\n").encode(),
        "line 2, column coadd_key (the last)",
    ),
    "a column too many": (lambda: (GOOD + GOOD[:-1] + "|7\n").encode(), "60 columns, this line has 61"),
    "a last line cut off": (lambda: (GOOD + GOOD[:-3]).encode(), "the last line does not end: the file is cut off"),
    "an empty line": (lambda: (GOOD + "\n" + GOOD).encode(), "60 columns, this line has 1"),
    "commas for bars": (lambda: GOOD.replace("|", ",").encode(), "60 columns, this line has 1"),
    "two bytes a letter": (lambda: GOOD.encode("utf-16"), "line 1, column ra"),
    "a key twice": (
        lambda: (GOOD * 2).encode(),
        "line 2, column pts_key: '1', expected a key used once; line 1 has it too",
    ),
}


@pytest.mark.parametrize("what", FILES)
def test_a_broken_file_is_refused(conn: Connection, tmp_path: Path, what: str) -> None:
    content, reason = FILES[what]
    path = tmp_path / "psc.bar"
    path.write_bytes(content())
    assert reason in refused(conn, path)


def test_a_key_of_another_file_is_named_with_its_line(conn: Connection, tmp_path: Path) -> None:
    ingest.psc(conn, [write(tmp_path / "a.bar", "psc", [{"pts_key": 7}])])
    (result,) = ingest.psc(
        conn, [write(tmp_path / "b.bar", "psc", [{"pts_key": 9, "ra": 300}, {"pts_key": 7, "ra": 5}])]
    )
    assert result.error == "line 2, column pts_key: '7', expected a key that no other file has brought"


def test_a_key_of_two_columns_is_named(conn: Connection, tmp_path: Path) -> None:
    rows = [{"tile": 90004, "cntr": 1}, {"tile": 90004, "cntr": 2}, {"tile": 90004, "cntr": 1}]
    (result,) = ingest.detections(conn, [write(tmp_path / "cal.bar", "detection", rows)])
    assert result.error == "line 3, column tile, cntr: '90004, 1', expected a key used once; line 1 has it too"


def test_a_path_that_does_not_exist_is_refused_before_anything_is_loaded(conn: Connection, tmp_path: Path) -> None:
    good = write(tmp_path / "psc.bar", "psc", [{"pts_key": 1}])
    with pytest.raises(BadArgument, match="no such file or folder"):
        ingest.psc(conn, [good, tmp_path / "lost.bar"])
    assert conn.execute("SELECT count(*) FROM deepcal.ingest_file").fetchone() == (0,)


def test_a_folder_without_files_of_the_kind_is_named(conn: Connection, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"no file of the kind psc in it, expected psc\*.bar or psc\*.tbl"):
        ingest.psc(conn, [tmp_path])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_fast_and_the_slow_reading_of_a_line_agree(data: st.DataObject) -> None:
    columns = published("psc")
    text = line("psc", pts_key=1, j_m="12.467", err_ang="90")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    changed = text[:start] + data.draw(st.text("0123456789.-+eExN\\|n \t'é", max_size=3)) + text[end:]
    fast = _sound(changed.encode() + b"\n", columns)
    slow = line_fault(columns, changed.encode().decode("latin-1"))
    if slow is None and fast is None:
        assert "0x" in changed.lower()  # looked at twice, read after all
    else:
        assert (fast is None) == (slow is not None)
