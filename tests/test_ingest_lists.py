"""Tiles and standards: short lists, checked line by line."""

from pathlib import Path

import pytest

import ingest
from schema.connection import Connection
from schema.tables.scan import image, scan
from schema.tables.stack import stack_run
from schema.tiles import tiles
from tests.rows import put

TILES = "tile,standard,ra,dec,width_arcsec,height_arcsec\n"
STANDARDS = "name,tile,ra,dec,epoch,pmra,pmdec,j,sj,h,sh,ks,sks\n"


def load(conn: Connection, kind: str, path: Path, text: str) -> str | None:
    path.write_text(text)
    (result,) = getattr(ingest, kind)(conn, [path])
    error: str | None = result.error
    return error


def centre(conn: Connection, tile: int) -> object:
    return conn.execute("SELECT ra, dec, centre_source FROM deepcal.field WHERE tile = %s", (tile,)).fetchone()


def test_the_known_tiles_come_without_a_file(conn: Connection) -> None:
    (result,) = ingest.tiles(conn)
    assert (result.state, result.rows) == ("loaded", len(tiles()))
    assert centre(conn, 90004) == (28.6575, 0.7172, tiles()[90004].source)
    assert ingest.tiles(conn)[0].state == "known"


def test_a_tile_of_one_s_own_replaces_a_known_one(conn: Connection, tmp_path: Path) -> None:
    ingest.tiles(conn)
    assert load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90004,FS4,28.66,0.72,540,3600\n") is None
    assert centre(conn, 90004) == (28.66, 0.72, "tiles.csv")


def test_the_known_tiles_change_none_of_one_s_own(conn: Connection, tmp_path: Path) -> None:
    load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90004,FS4,28.66,0.72,540,3600\n")
    ingest.tiles(conn)
    assert centre(conn, 90004) == (28.66, 0.72, "tiles.csv")


def test_a_tile_whose_centre_is_not_known_is_loaded(conn: Connection, tmp_path: Path) -> None:
    assert load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90298,,,,540,3600\n") is None
    assert centre(conn, 90298) == (None, None, "tiles.csv")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("90004,FS4,360,0.7,540,3600", "line 2, column ra: '360', expected a number from 0 below 360 deg"),
        ("90004,FS4,28,,540,3600", "line 2, column ra, dec: '28.0, None', expected both, or neither where unknown"),
        ("tile,FS4,28,0.7,540,3600", "line 2, column tile: 'tile', expected a whole number from 0 to 2147483647"),
        ("90004,FS4,28,0.7,540", "line 2, column the last: '', expected 6 columns as in the first line"),
        (
            "90004,FS4,28,0.7,540,3600,x,y",
            "line 2, column the last: 'x,y', expected 6 columns as in the first line",
        ),
        ("90004,FS4,28,0.7,5,3600", "line 2, column field_grid_check"),
    ],
)
def test_a_bad_tile_is_named(conn: Connection, tmp_path: Path, row: str, reason: str) -> None:
    error = load(conn, "tiles", tmp_path / "tiles.csv", TILES + row + "\n")
    assert error is not None
    assert error.startswith(reason)
    assert centre(conn, 90004) is None


def test_blanks_around_the_names_of_columns_do_no_harm(conn: Connection, tmp_path: Path) -> None:
    text = TILES.replace(",", " , ") + "90004,FS4,28.66,0.72,540,3600\n"
    assert load(conn, "tiles", tmp_path / "tiles.csv", text) is None
    assert centre(conn, 90004) == (28.66, 0.72, "tiles.csv")


def test_a_column_twice_is_refused(conn: Connection, tmp_path: Path) -> None:
    text = TILES.replace("standard", "standard,ra") + "90004,FS4,1,28.66,0.72,540,3600\n"
    error = load(conn, "tiles", tmp_path / "tiles.csv", text)
    assert error is not None
    assert error.startswith("column ra more than once in the first line")


def test_columns_missing_from_a_list_are_named(conn: Connection, tmp_path: Path) -> None:
    error = load(conn, "tiles", tmp_path / "tiles.csv", "tile,ra,declination\n1,2,3\n")
    assert error is not None
    assert error.startswith(
        "column standard, dec, width_arcsec, height_arcsec missing, declination not known; expected"
    )


def test_a_field_with_stacks_keeps_its_grid(conn: Connection, tmp_path: Path) -> None:
    load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90004,FS4,28.66,0.72,540,3600\n")
    put(conn, stack_run, [{"run": "0123456789ab", "tile": 90004, "state": "stacked"}])
    error = load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90004,FS4,28.67,0.72,540,3600\n")
    assert error is not None
    assert error.endswith("expected the grid of the stacks that field 90004 has: centre 28.66, 0.72")


def test_a_field_keeps_to_the_grid_of_its_strips(conn: Connection, tmp_path: Path) -> None:
    put(conn, scan, [{"scan_key": 1, "tile": 90004, "hemis": "n", "sd": "n"}])
    strip = {
        "scan_key": 1,
        "band": "j",
        "form": "strip",
        "x1": 540,
        "y1": 3600,
        "magzp": 20,
        "naxis1": 540,
        "naxis2": 3600,
    }
    put(conn, image, [strip | {"crval1": 28.66, "crval2": 0.72}])
    error = load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90004,FS4,28.67,0.72,540,3600\n")
    assert error is not None
    assert error.endswith("expected the grid of the strips of field 90004: 540 x 3600 around 28.66, 0.72")
    assert load(conn, "tiles", tmp_path / "tiles.csv", TILES + "90004,FS4,28.66,0.72,540,3600\n") is None


def test_standards_are_loaded_and_empty_cells_are_unknown(conn: Connection, tmp_path: Path) -> None:
    text = STANDARDS + "FS4,90004,28.657522,0.717209,,,,10.534,0.008,10.318,0.01,,\n"
    assert load(conn, "standards", tmp_path / "standards.csv", text) is None
    stored = conn.execute("SELECT tile, ra, epoch, j, ks FROM twomass.standard").fetchone()
    assert stored == (90004, 28.657522, None, pytest.approx(10.534), None)


def test_a_standard_with_other_values_is_refused(conn: Connection, tmp_path: Path) -> None:
    row = "FS4,90004,28.657522,0.717209,,,,10.5,0.25,,,,\n"
    load(conn, "standards", tmp_path / "standards.csv", STANDARDS + row)
    assert load(conn, "standards", tmp_path / "standards.csv", STANDARDS + row + "\n") is None
    error = load(conn, "standards", tmp_path / "standards.csv", STANDARDS + row.replace("10.5", "10.6"))
    assert error == (
        "line 2, column name: 'FS4', expected the values loaded before: 90004, 28.657522, 0.717209, 10.5, 0.25; "
        "the file changed since it was loaded: `--replace` loads it in place of what it brought"
    )
    (result,) = ingest.standards(conn, [tmp_path / "standards.csv"], replace=True)
    assert (result.state, result.rows) == ("loaded", 1)
    assert conn.execute("SELECT j FROM twomass.standard").fetchall() == [(pytest.approx(10.6),)]


def test_an_uncertainty_of_zero_is_refused(conn: Connection, tmp_path: Path) -> None:
    text = STANDARDS + "FS4,90004,28.657522,0.717209,,,,10.5,0,,,,\n"
    error = load(conn, "standards", tmp_path / "standards.csv", text)
    assert error is not None
    assert error.startswith("line 2, column standard_uncertainty_check")
