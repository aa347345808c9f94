"""Images become rows: identity from the header, a first look at the pixels, provisional scans."""

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import ingest
from ingest.pixels import look
from schema.cards import write_cards
from schema.connection import Connection
from schema.grid import Grid
from schema.tables.field import field
from schema.tables.scan import scan
from tests.rows import put
from tests.strips import NX, NY, STRIP, load, pixels, rows, strip_field, write


@pytest.fixture
def conn(conn: Connection) -> Connection:
    """A database with the field that the strips of these tests lie on."""
    return strip_field(conn)


def test_an_image_of_an_unknown_scan_makes_a_provisional_scan(conn: Connection, tmp_path: Path) -> None:
    assert load(conn, write(tmp_path / "a.fits")) is None
    assert load(conn, write(tmp_path / "b.fits", pixels(seed=2), band := replace(STRIP, band="h"))) is None
    assert load(conn, write(tmp_path / "c.fits", pixels(seed=3), replace(band, scan=107))) is None
    known = conn.execute(
        "SELECT scan_key, hemis, date::text, scan, tile, sd, qual, provisional FROM deepcal.scan"
    ).fetchall()
    assert known == [
        (-1, "n", "1998-03-21", 106, 90004, "s", None, True),
        (-2, "n", "1998-03-21", 107, 90004, "s", None, True),
    ]
    assert rows(conn, "scan_key, band, usy, form") == [
        (-1, "j", -1800, "strip"),
        (-1, "h", -1800, "strip"),
        (-2, "h", -1800, "strip"),
    ]


def test_an_image_of_a_known_scan_finds_it(conn: Connection, tmp_path: Path) -> None:
    put(conn, scan, [{"scan_key": 5, "hemis": "n", "date": "1998-03-21", "scan": 106, "sd": "s"}])
    assert load(conn, write(tmp_path / "a.fits")) is None
    assert rows(conn, "scan_key") == [(5,)]


def test_centre_radius_and_rectangle_are_stored(conn: Connection, tmp_path: Path) -> None:
    load(conn, write(tmp_path / "a.fits"))
    ((ra, dec, radius, *rectangle),) = rows(conn, "ra, dec, radius, x0, x1, y0, y1, naxis1, naxis2")
    assert (ra, dec) == pytest.approx((28.6575, 0.7172), abs=1e-9)
    assert radius == pytest.approx(np.hypot(NX / 2, NY / 2) / 3600, rel=1e-5)
    assert rectangle == [7, 57, 2, 320, NX, NY]


def test_the_look_at_the_pixels_finds_sky_noise_and_blanks(tmp_path: Path) -> None:
    data = pixels(1600, 400)
    data[100:110, 100:120] = np.nan
    found = look(write(tmp_path / "a.fits", data))
    assert found.blank_fraction == pytest.approx(200 / (1598 * 390))
    assert found.sky_measured == pytest.approx(91, abs=0.02)
    assert found.noise_measured == pytest.approx(0.5, rel=0.03)


def test_the_noise_is_taken_beyond_the_reach_of_its_correlation(tmp_path: Path) -> None:
    data = np.repeat(pixels(1600, 100), 5, axis=1)  # five pixels in a row are one
    assert look(write(tmp_path / "a.fits", data)).noise_measured == pytest.approx(0.5, rel=0.03)


def test_an_image_ingested_twice_changes_nothing(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits")
    load(conn, path)
    before = rows(conn, "*")
    assert ingest.images(conn, [path])[0].state == "known"
    assert rows(conn, "*") == before


def test_an_image_that_was_moved_is_found_at_its_new_place(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits")
    load(conn, path)
    moved = path.rename(tmp_path / "b.fits")
    assert ingest.images(conn, [moved])[0].state == "known"
    assert rows(conn, "path") == [(str(moved),)]


def test_a_copy_of_an_image_changes_nothing(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits")
    load(conn, path)
    (tmp_path / "b.fits").write_bytes(path.read_bytes())
    assert ingest.images(conn, [tmp_path / "b.fits"])[0].state == "known"
    assert rows(conn, "path") == [(str(path),)]


def test_a_changed_image_needs_replace(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits")
    load(conn, path)
    path.unlink()
    error = load(conn, write(path, pixels(seed=2), MAGZP=20.5))
    assert str(error).endswith("`--replace` loads it in place of what it brought")
    assert ingest.images(conn, [path], replace=True)[0].state == "loaded"
    assert rows(conn, "round(magzp::numeric, 2)::text") == [("20.50",)]


def test_a_gzipped_image_is_read(conn: Connection, tmp_path: Path) -> None:
    plain = write(tmp_path / "a.fits")
    packed = tmp_path / "b.fits.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert load(conn, packed) is None
    assert rows(conn, "x0, x1, y0, y1") == [(7, 57, 2, 320)]


def test_a_tile_compressed_image_is_read(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.fz"
    packed = fits.CompImageHDU(pixels(), write_cards(STRIP), compression_type="GZIP_2", quantize_level=0)
    fits.HDUList([fits.PrimaryHDU(), packed]).writeto(path)
    assert load(conn, path) is None
    assert rows(conn, "x0, x1, y0, y1, naxis1") == [(7, 57, 2, 320, NX)]


def test_an_atlas_image_is_told_from_a_strip_by_its_shape(conn: Connection, tmp_path: Path) -> None:
    header = replace(STRIP, naxis1=512, naxis2=1024, wcs=Grid.of(28.6575, 0.7172, 512, 1024))
    assert load(conn, write(tmp_path / "a.fits", pixels(1024, 512), header)) is None
    assert rows(conn, "form") == [("atlas",)]


def test_6x_images_are_told_by_their_exposure(conn: Connection, tmp_path: Path) -> None:
    assert load(conn, write(tmp_path / "a.fits", EXPTIME=46.8, TIMER1=7788)) is None
    assert load(conn, write(tmp_path / "b.fits", pixels(seed=2), replace(STRIP, band="h"), TIMER1=7788)) is None
    assert load(conn, write(tmp_path / "c.fits", pixels(seed=3), replace(STRIP, band="k"), EXPTIME=7.8)) is None
    assert rows(conn, "exptime") == [(46.8,), (46.8,), (7.8,)]


def test_pixels_that_pile_up_at_one_level_are_saturated(conn: Connection, tmp_path: Path) -> None:
    data = pixels()
    data[100:104, 20:25] = 5000
    data[200, 30] = 4000
    load(conn, write(tmp_path / "a.fits", data))
    ((brightest, level, fraction),) = rows(conn, "brightest, saturation, saturated_fraction")
    assert brightest == 5000
    assert 4970 < level < 5000
    assert fraction == pytest.approx(20 / (50 * 318), rel=1e-5)


def test_a_bright_star_alone_is_not_saturated(conn: Connection, tmp_path: Path) -> None:
    data = pixels()
    data[100, 20] = 5000
    load(conn, write(tmp_path / "a.fits", data))
    assert rows(conn, "brightest, saturation, saturated_fraction") == [(5000, None, 0)]


def test_pixels_are_known_by_their_digest_however_packed(conn: Connection, tmp_path: Path) -> None:
    load(conn, write(tmp_path / "a.fits"))
    other = write(tmp_path / "b.fits", pixels(), replace(STRIP, band="h"))
    packed = tmp_path / "b.fits.gz"
    packed.write_bytes(gzip.compress(other.read_bytes()))
    load(conn, packed)
    ((first,), (second,)) = rows(conn, "pixel_sha256")
    assert first == second


def test_frame_steps_are_kept(conn: Connection, tmp_path: Path) -> None:
    load(conn, write(tmp_path / "a.fits", DXFS=-0.25))
    assert rows(conn, "dxfs, dyfs") == [(pytest.approx(-0.25), pytest.approx(-82.4))]


def test_a_field_whose_centre_is_not_known_takes_its_images(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.field SET ra = NULL, dec = NULL")
    assert load(conn, write(tmp_path / "a.fits")) is None


def test_real_atlas_images_are_read(conn: Connection, realdata: Path) -> None:
    put(conn, field, [{"tile": 1, "ra": 275.06, "dec": -16.14}, {"tile": 2, "ra": 14.1889, "dec": -10.0321}])
    results = ingest.images(conn, [realdata / "atlas"])
    assert [result.state for result in results] == ["loaded"] * 7
    query = "SELECT hemis, date::text, scan, tile, sd FROM deepcal.scan WHERE provisional ORDER BY scan"
    assert conn.execute(query).fetchall() == [
        ("s", "2000-10-22", 62, 303105, "s"),
        ("s", "1999-05-02", 135, 308164, "n"),
        ("s", "1999-05-02", 142, 308165, "s"),
    ]
    assert {form for (form,) in rows(conn, "form")} == {"atlas"}
    for measured, told in rows(conn, "sky_measured, skyval"):
        assert measured == pytest.approx(told, rel=0.03)
    (quiet,) = conn.execute("SELECT noise_measured / skysig FROM deepcal.image WHERE band = 'h'").fetchall()
    assert quiet[0] == pytest.approx(1, abs=0.03)
