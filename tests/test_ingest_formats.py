"""Downloads of the published tables: the rows of a load file, whatever form and names an archive gives them."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import Table
from psycopg.sql import SQL, Identifier

import ingest
from ingest.formats import read
from schema.connection import Connection
from schema.published import published
from tests.bars import random_lines, write
from tests.downloads import WRITERS, as_csv, as_fits, as_ipac, as_votable, lines_and_table, vizier

Rows = list[tuple[Any, ...]]


def stored(conn: Connection, table: str = "psc", key: str = "pts_key") -> Rows:
    columns = SQL(", ").join(Identifier(column.name) for column in published(table))
    query = SQL("SELECT {} FROM {} ORDER BY {}").format(columns, Identifier("twomass", table), Identifier(key))
    return conn.execute(query).fetchall()


def load(conn: Connection, path: Path, kind: str = "psc") -> ingest.FileResult:
    (result,) = getattr(ingest, kind)(conn, [path])
    return result  # type: ignore[no-any-return]  # chosen by name


def from_lines(conn: Connection, folder: Path, lines: list[str], kind: str = "psc", key: str = "pts_key") -> Rows:
    """Return what a load file with these lines stores, and take it away again."""
    path = folder / "lines.bar"
    path.write_text("\n".join(lines) + "\n")
    with conn.transaction(force_rollback=True):
        assert load(conn, path, kind).error is None
        return stored(conn, kind, key)


@pytest.mark.parametrize("form", WRITERS)
def test_a_download_with_the_names_of_gator_stores_what_the_load_file_stores(
    conn: Connection, tmp_path: Path, form: str
) -> None:
    lines, table = lines_and_table("psc", 60)
    name, writer = WRITERS[form]
    wanted = from_lines(conn, tmp_path, lines)
    assert load(conn, writer(tmp_path / name, table)).error is None
    assert stored(conn) == wanted


@pytest.mark.parametrize("form", WRITERS)
def test_a_download_with_the_names_of_vizier_stores_what_the_load_file_stores(
    conn: Connection, tmp_path: Path, form: str
) -> None:
    lines, table = lines_and_table("psc", 40, seed=2)
    name, writer = WRITERS[form]
    wanted = from_lines(conn, tmp_path, lines)
    assert load(conn, writer(tmp_path / name, vizier(table))).error is None
    assert stored(conn) == wanted


@pytest.mark.parametrize("form", ["IPAC", "VOTable", "FITS", "Parquet"])
def test_the_389_columns_of_the_xsc_are_read(conn: Connection, tmp_path: Path, form: str) -> None:
    lines, table = lines_and_table("xsc", 15, seed=3)
    name, writer = WRITERS[form]
    wanted = from_lines(conn, tmp_path, lines, "xsc", "ext_key")
    assert load(conn, writer(tmp_path / name.replace("psc", "xsc"), table), "xsc").error is None
    assert stored(conn, "xsc", "ext_key") == wanted


def test_rows_are_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, table = lines_and_table("psc", 60)
    for module in ("fits_table", "parquet", "ipac", "votable"):
        monkeypatch.setattr(f"ingest.formats.{module}.ROWS", 25)
    for form in ("IPAC", "FITS", "gzipped FITS", "Parquet", "VOTable"):
        name, writer = WRITERS[form]
        blocks = list(read(writer(tmp_path / name, table), "psc") or ())
        assert [rows.num_rows for _, rows in blocks] == [25, 25, 10], form
        assert np.diff([line for line, _ in blocks]).tolist() == [25, 25], form


def test_columns_that_a_download_lacks_are_null(conn: Connection, tmp_path: Path) -> None:
    _, table = lines_and_table("psc", 5)
    some = table["ra", "dec", "designation", "pts_key", "j_m", "ph_qual"]
    assert load(conn, as_fits(tmp_path / "psc.fits", some)).rows == 5
    query = "SELECT count(*), count(ra), count(err_maj), count(date), count(ph_qual) FROM twomass.psc"
    assert conn.execute(query).fetchone() == (5, 5, 0, 0, 5)


def test_a_load_file_may_still_not_lack_a_value(conn: Connection, tmp_path: Path) -> None:
    error = load(conn, write(tmp_path / "psc.bar", "psc", [{"pts_key": 1, "err_maj": r"\N"}])).error
    assert error == r"line 1, column err_maj: '\N', expected a number (real), never null"


def test_columns_that_no_row_can_do_without_are_named(conn: Connection, tmp_path: Path) -> None:
    _, table = lines_and_table("psc", 5)
    error = load(conn, as_csv(tmp_path / "psc.csv", table["ra", "j_m", "pts_key"])).error
    assert error is not None
    assert error.startswith("column decl, designation missing; get all columns: Gator (Select All)")
    assert error.endswith("The table has ra, j_m, pts_key")


def test_the_names_of_a_wider_table_may_be_in_any_order_and_case(conn: Connection, tmp_path: Path) -> None:
    lines = random_lines("scan", 3, np.random.default_rng(1))
    names = [column.name for column in published("scan")]
    path = tmp_path / "scan.csv"
    rows = [line.split("|") for line in lines]
    wide = [",".join(["x", *reversed(row), "2"]) for row in rows]
    path.write_text("extra," + ",".join(name.upper() for name in reversed(names)) + ",more\n" + "\n".join(wide) + "\n")
    assert load(conn, path, "scans").rows == 3


def test_extractions_by_name_get_their_partition(conn: Connection, tmp_path: Path) -> None:
    _, table = lines_and_table("detection", 7)
    assert load(conn, as_ipac(tmp_path / "cal.tbl", table), "detections").rows == 7
    assert conn.execute("SELECT count(*) FROM deepcal.detection WHERE tile = 90004").fetchone() == (7,)


def keyless(count: int = 6, start: int = 0) -> Table:
    _, table = lines_and_table("psc", count + start)
    table = table[start:]
    table["designation"] = [f"{n:08d}+0000000" for n in range(start, start + count)]
    return table


def test_sources_without_keys_get_keys_of_their_own(conn: Connection, tmp_path: Path) -> None:
    table = keyless()
    del table["pts_key"]
    assert load(conn, as_fits(tmp_path / "psc.fits", table)).rows == 6
    assert [row[0] for row in conn.execute("SELECT pts_key FROM twomass.psc ORDER BY 1")] == [
        2_000_000_000 + n for n in range(6)
    ]


def test_overlapping_downloads_store_a_source_once(conn: Connection, tmp_path: Path) -> None:
    first, second = keyless(6), keyless(6, start=4)
    del first["pts_key"], second["pts_key"]
    assert load(conn, as_fits(tmp_path / "a.fits", first)).rows == 6
    assert load(conn, as_csv(tmp_path / "b.csv", second)).rows == 4
    assert conn.execute("SELECT count(DISTINCT designation), max(pts_key) FROM twomass.psc").fetchone() == (
        10,
        2_000_000_009,
    )


def test_a_source_that_comes_with_its_key_takes_the_place_of_the_one_without(conn: Connection, tmp_path: Path) -> None:
    with_keys, without = keyless(6), keyless(6)
    del without["pts_key"]
    load(conn, as_fits(tmp_path / "a.fits", without))
    assert load(conn, as_fits(tmp_path / "b.fits", with_keys[:4])).rows == 4
    keys = [key for (key,) in conn.execute("SELECT pts_key FROM twomass.psc ORDER BY 1")]
    assert keys == [1, 2, 3, 4, 2_000_000_004, 2_000_000_005]
    cells = [key for (key,) in conn.execute("SELECT DISTINCT pts_key FROM twomass.psc_cell ORDER BY 1")]
    assert cells == keys
    counts = conn.execute("SELECT row_count FROM deepcal.ingest_file ORDER BY file_id").fetchall()
    assert counts == [(2,), (4,)]
    assert all(check.agrees for check in ingest.verify(conn, "psc"))


def test_downloads_of_neighbouring_cones_may_overlap(conn: Connection, tmp_path: Path) -> None:
    assert load(conn, as_fits(tmp_path / "a.fits", keyless(6))).rows == 6
    assert load(conn, as_ipac(tmp_path / "b.tbl", keyless(6, start=3))).rows == 3


def test_a_key_of_another_source_is_refused(conn: Connection, tmp_path: Path) -> None:
    load(conn, as_fits(tmp_path / "a.fits", keyless(6)))
    moved = keyless(6)
    moved["ra"][2] += 1
    error = load(conn, as_fits(tmp_path / "b.fits", moved)).error
    assert error is not None
    assert error.startswith("line 3, column pts_key: '3', expected the source with this key, which lies at")


def test_flags_that_became_numbers_get_their_zeros_back(conn: Connection, tmp_path: Path) -> None:
    table = keyless(2)
    table["rd_flg"] = [22, 202]
    table["ndet"] = [6, 666666]
    load(conn, as_fits(tmp_path / "psc.fits", table))
    query = "SELECT rd_flg, ndet FROM twomass.psc ORDER BY pts_key"
    assert conn.execute(query).fetchall() == [("022", "000006"), ("202", "666666")]


def test_designations_lose_the_prefix_of_some_archives(conn: Connection, tmp_path: Path) -> None:
    table = keyless(3)
    table["designation"] = ["2MASS J00000001+0000000", "J00000002+0000000", "00000003+0000000"]
    load(conn, as_csv(tmp_path / "psc.csv", table))
    names = [name for (name,) in conn.execute("SELECT designation FROM twomass.psc ORDER BY 1")]
    assert names == ["00000001+0000000", "00000002+0000000", "00000003+0000000"]


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_a_votable_is_read_packed_or_not(conn: Connection, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = as_votable(tmp_path / "psc.vot", keyless(4))
    path.write_bytes(pack(path.read_bytes()))
    assert load(conn, path).rows == 4


def test_the_real_download_of_ngc_188_is_loaded(conn: Connection, realdata: Path) -> None:
    assert load(conn, realdata / "psc" / "ngc188_psc_vizier.fits").rows == 5014
    query = "SELECT ra, decl, j_m, ph_qual, err_maj FROM twomass.psc WHERE designation = '00383204+8448300'"
    assert conn.execute(query).fetchall() == [(9.633532, 84.80835, 13.079, "AAA", None)]


def test_a_writer_s_rights_are_enough_for_downloads(conn: Connection, tmp_path: Path) -> None:
    without = keyless(3)
    del without["pts_key"]
    conn.execute("SET LOCAL ROLE deepcal_writer")
    assert load(conn, as_fits(tmp_path / "a.fits", without)).error is None
    assert load(conn, as_fits(tmp_path / "b.fits", keyless(3))).error is None
