"""Scan tables: the 64 columns in three forms, scans filled, kept, or refused."""

from pathlib import Path
from typing import Any

import pytest

import ingest
from schema.connection import Connection
from schema.published import published
from schema.tables.scan import image, scan
from tests.bars import line, write
from tests.rows import put

NAMES = [column.name for column in published("scan")]


def load(conn: Connection, path: Path) -> str | None:
    (result,) = ingest.scans(conn, [path])
    return result.error


def keys(conn: Connection) -> list[tuple[Any, ...]]:
    return conn.execute("SELECT scan_key, scan, provisional, j_shape_avg FROM deepcal.scan ORDER BY scan").fetchall()


def wide(rows: list[dict[str, object]]) -> list[list[str]]:
    """Return header and rows of a wider table: the columns in another order, strangers between them."""
    names = ["stranger", *reversed(NAMES), "other"]
    lines = [dict(zip(NAMES, line("scan", **row).split("|"), strict=True)) for row in rows]
    return [names, *([values.get(name, "7") for name in names] for values in lines)]


def test_the_64_columns_are_loaded(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "scan.bar", "scan", [{"scan_key": 5, "scan": 17, "j_shape_avg": 1.03125}])
    assert load(conn, path) is None
    assert keys(conn) == [(5, 17, False, 1.03125)]


def test_the_columns_are_found_by_name_in_a_wider_table(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "scans.bar"
    rows = wide([{"scan_key": 5, "scan": 17, "j_shape_avg": 1.03125}, {"scan_key": 6, "scan": 18}])
    path.write_text("".join("|".join(row) + "\n" for row in rows))
    assert load(conn, path) is None
    assert keys(conn) == [(5, 17, False, 1.03125), (6, 18, False, None)]


def test_the_columns_are_found_by_name_in_an_ipac_table(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "scans.tbl"
    rows = wide([{"scan_key": 5, "scan": 17, "j_shape_avg": 1.03125}, {"scan_key": 6, "scan": 18}])
    head = [rows[0], ["char"] * 66, [""] * 66, [r"\N"] * 66]
    text = "\\RowsRetrieved = 2\n\\ a comment\n"
    text += "".join("|" + "|".join(word.rjust(15) for word in words) + "|\n" for words in head)
    text += "".join(" " + " ".join(word.rjust(15) for word in words) + " \n" for words in rows[1:])
    path.write_text(text)
    assert load(conn, path) is None
    assert keys(conn) == [(5, 17, False, 1.03125), (6, 18, False, None)]


def test_a_bad_value_in_a_wider_table_is_named_with_its_own_line(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "scans.bar"
    rows = wide([{"scan_key": 5, "scan": 17}, {"scan_key": 6, "scan": 18, "qual": 11}])
    path.write_text("".join("|".join(row) + "\n" for row in rows))
    assert load(conn, path) == "line 3, column qual: '11', expected a whole number from 0 to 10"


def test_a_missing_column_is_named(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "scans.bar"
    path.write_text("|".join(name for name in NAMES if name not in ("tile", "sd")) + "\n")
    error = load(conn, path)
    assert error is not None
    assert error.startswith("column tile, sd missing; expected the 64 columns of the scan table by name")


def test_a_scan_that_is_there_with_the_same_values_is_fine(conn: Connection, tmp_path: Path) -> None:
    load(conn, write(tmp_path / "a.bar", "scan", [{"scan_key": 5, "scan": 17}]))
    assert (
        load(conn, write(tmp_path / "b.bar", "scan", [{"scan_key": 6, "scan": 18}, {"scan_key": 5, "scan": 17}]))
        is None
    )
    assert [key for key, *_ in keys(conn)] == [5, 6]


def test_a_scan_with_other_values_is_refused(conn: Connection, tmp_path: Path) -> None:
    load(conn, write(tmp_path / "a.bar", "scan", [{"scan_key": 5, "scan": 17, "cld": 0}]))
    error = load(
        conn, write(tmp_path / "b.bar", "scan", [{"scan_key": 6, "scan": 18}, {"scan_key": 5, "scan": 17, "cld": 1}])
    )
    assert error == "line 2, column cld: '1', expected 0, as it was loaded before"
    assert [key for key, *_ in keys(conn)] == [5]


def test_a_key_that_another_scan_has_is_refused(conn: Connection, tmp_path: Path) -> None:
    load(conn, write(tmp_path / "a.bar", "scan", [{"scan_key": 5, "scan": 17}]))
    error = load(conn, write(tmp_path / "b.bar", "scan", [{"scan_key": 5, "scan": 18}]))
    assert error == "line 1, column scan_key: '5', expected another key; this one has scan 17 of 1999-12-31n"


@pytest.mark.parametrize(("second", "column"), [({"scan_key": 5, "scan": 18}, "scan_key"), ({"scan_key": 6}, "scan")])
def test_a_scan_twice_in_a_file_is_refused(
    conn: Connection, tmp_path: Path, second: dict[str, object], column: str
) -> None:
    error = load(conn, write(tmp_path / "a.bar", "scan", [{"scan_key": 5}, second]))
    assert error is not None
    assert error.startswith(f"line 2, column {column}: ")
    assert error.endswith("line 1 has it too")


def test_a_scan_known_from_its_image_is_filled_and_its_image_follows(conn: Connection, tmp_path: Path) -> None:
    put(conn, scan, [{"scan_key": -1, "hemis": "n", "date": "1999-12-31", "scan": 17, "sd": "s", "provisional": True}])
    put(
        conn,
        image,
        [{"scan_key": -1, "band": "j", "form": "atlas", "x1": 1, "y1": 1, "magzp": 20, "naxis1": 1, "naxis2": 1}],
    )
    assert load(conn, write(tmp_path / "a.bar", "scan", [{"scan_key": 5, "scan": 17, "sd": "s"}])) is None
    assert keys(conn) == [(5, 17, False, None)]
    assert conn.execute("SELECT scan_key FROM deepcal.image").fetchall() == [(5,)]


def test_a_direction_other_than_the_images_tell_is_refused(conn: Connection, tmp_path: Path) -> None:
    put(conn, scan, [{"scan_key": -1, "hemis": "n", "date": "1999-12-31", "scan": 17, "sd": "s", "provisional": True}])
    error = load(conn, write(tmp_path / "a.bar", "scan", [{"scan_key": 5, "scan": 17, "sd": "n"}]))
    assert error == "line 1, column sd: 'n', expected s, as the headers of its images say"
    assert keys(conn) == [(-1, 17, True, None)]


def test_a_changed_scan_table_needs_replace_and_goes_whole(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "scan.bar", "scan", [{"scan_key": 5, "scan": 17}])
    assert load(conn, path) is None
    write(path, "scan", [{"scan_key": 5, "scan": 17}, {"scan_key": 6, "scan": 18}, {"scan_key": 7, "scan": 19}])
    assert load(conn, path) is None  # a table that only grew
    write(path, "scan", [{"scan_key": 5, "scan": 17, "j_shape_avg": 1.5}, {"scan_key": 8, "scan": 18}])
    assert str(load(conn, path)).endswith("`--replace` loads it in place of what it brought")
    assert ingest.scans(conn, [path], replace=True)[0].rows == 2
    assert keys(conn) == [(5, 17, False, 1.5), (8, 18, False, None)]


def test_a_replacement_without_a_scan_that_has_images_is_refused(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "scan.bar", "scan", [{"scan_key": 5, "scan": 17}, {"scan_key": 6, "scan": 18}])
    load(conn, path)
    shape = {"naxis1": 540, "naxis2": 3600, "x1": 540, "y1": 3600}
    put(conn, image, [shape | {"scan_key": 6, "band": "j", "form": "strip", "magzp": 20.9}])
    write(path, "scan", [{"scan_key": 5, "scan": 17, "j_shape_avg": 1.5}])
    (result,) = ingest.scans(conn, [path], replace=True)
    assert "lacks a scan that it had before and that is in use: Key (scan_key)=(6)" in str(result.error)
    assert keys(conn) == [(5, 17, False, None), (6, 18, False, None)]
