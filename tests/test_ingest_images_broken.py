"""Images that cannot be used: headers, pixels, cut files, places off every field, identities taken."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from schema.connection import Connection
from schema.grid import Grid
from schema.tables.scan import scan
from tests.rows import put
from tests.strips import NX, NY, STRIP, load, pixels, strip_field, write


@pytest.fixture
def conn(conn: Connection) -> Connection:
    """A database with the field that the strips of these tests lie on."""
    return strip_field(conn)


CARDS: dict[str, tuple[dict[str, Any], str]] = {
    "no telescope": ({"TELNAME": None}, "no scan identity: card TELNAME missing"),
    "no zero point": ({"MAGZP": None}, "card MAGZP is missing, expected a finite zero point in mag"),
    "a zero point in words": ({"MAGZP": "NaN"}, "card MAGZP is 'NaN', expected a finite zero point in mag"),
    "a zero point off the scale": ({"MAGZP": 0.0}, "image_magzp_check"),
    "a band that is none": ({"FILTER": "z"}, "card FILTER is 'z', expected one of 'j', 'h', 'k'"),
    "a night that is none": ({"ORDATE": "980231"}, "card ORDATE is '980231', expected the date of the night as yymmdd"),
    "another projection": ({"CTYPE1": "RA---TAN"}, "card CTYPE1 is 'RA---TAN'"),
    "a pixel scale off the sky": ({"CDELT1": -0.1}, "card CDELT1 is -0.1, expected about 1 arcsec a pixel"),
    "a centre off the sphere": ({"CRVAL2": 97.0}, "cards CRVAL1, CRVAL2 are 28.6575, 97.0"),
    "a reference pixel off the sky": ({"CRPIX1": 1e9}, "the pixels do not lie on the sky"),
    "an unknown telescope": ({"TELNAME": "Palomar"}, "card TELNAME is 'Palomar', expected one of 'CTIO', 'Hopkins'"),
    "a direction that is none": ({"SCANDIR": "e"}, "card SCANDIR is 'e', expected one of 'n', 's'"),
    "a scan without a number": ({"SCANNO": "1o6"}, "card SCANNO is '1o6', expected the scan's number in its night"),
    "a tile too large": ({"STRIP_ID": 99999999999}, "out of range"),
    "no noise": ({"SKYSIG": 0.0}, "card SKYSIG is 0.0, expected the noise in DN, above zero"),
    "no seeing": ({"SEESH": -1.0}, "card SEESH is -1.0, expected the seeing shape, above zero"),
    "no sky": ({"SKYVAL": "dark"}, "card SKYVAL is 'dark', expected the sky in DN"),
    "a sum of other pixels": ({"DATASUM": "12345"}, "the pixels do not have the sum that card DATASUM tells"),
    "an exposure that is none": ({"EXPTIME": 10.0}, "card EXPTIME is 10.0, expected 7.8 s, or a multiple: 46.8 s"),
    "two exposures": ({"EXPTIME": 46.8}, "card EXPTIME is 46.8, expected 7.8 s, as TIMER1 1298 ms tells"),
    "a rotated strip": (
        {"CROTA2": 0.1},
        "60 x 320 pixels, expected an Atlas Image (512 x 1024 or 512 x 698) or a strip",
    ),
    "a reference pixel elsewhere": ({"CRPIX1": 12.0}, "60 x 320 pixels, expected an Atlas Image"),
}


@pytest.mark.parametrize("what", CARDS)
def test_an_unusable_header_is_refused(conn: Connection, tmp_path: Path, what: str) -> None:
    cards, reason = CARDS[what]
    error = load(conn, write(tmp_path / "a.fits", **cards))
    assert error is not None
    assert reason in error
    assert conn.execute("SELECT count(*) FROM deepcal.scan").fetchone() == (0,)


PIXELS: dict[str, tuple[NDArray[Any], str]] = {
    "all blank": (np.full((NY, NX), np.nan, np.float32), "every pixel is blank"),
    "all the same": (np.full((NY, NX), 7, np.float32), "noise of 0.0 DN between pixels 6 columns apart"),
    "infinite": (np.where(np.isnan(pixels()), np.inf, pixels()).astype(np.float32), "some pixels are infinite"),
}


@pytest.mark.parametrize("what", PIXELS)
def test_unusable_pixels_are_refused(conn: Connection, tmp_path: Path, what: str) -> None:
    data, reason = PIXELS[what]
    error = load(conn, write(tmp_path / "a.fits", data))
    assert error is not None
    assert error.startswith(reason)


OUTSIDE = replace(STRIP, naxis1=512, naxis2=1024, wcs=Grid.of(10.0, -10.0, 512, 1024))


def test_an_image_that_overlaps_no_field_is_refused(conn: Connection, tmp_path: Path) -> None:
    error = load(conn, write(tmp_path / "a.fits", pixels(1024, 512), OUTSIDE))
    assert error is not None
    assert error.startswith("lies around 10.0000, -10.0000 and overlaps no field: the nearest, 90004, is 21.4")
    conn.execute("UPDATE deepcal.field SET ra = 10.0, dec = -10.1")
    assert load(conn, tmp_path / "a.fits") is None


def test_an_image_without_any_field_asks_for_them(conn: Connection, tmp_path: Path) -> None:
    conn.execute("DELETE FROM deepcal.field")
    error = load(conn, write(tmp_path / "a.fits"))
    assert error == "there are no fields yet: `deepcal ingest tiles` first, then this image again"


def test_a_truncated_image_is_refused(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits")
    path.write_bytes(path.read_bytes()[:-20000])
    error = load(conn, path)
    assert error is not None
    assert "truncated" in error


def test_a_truncated_gzipped_image_is_refused(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(gzip.compress(write(tmp_path / "a.fits").read_bytes())[:-20000])
    error = load(conn, path)
    assert error is not None
    assert error.startswith("the compressed data are damaged or end early")


def test_a_text_file_is_refused(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    path.write_text("no image\n")
    error = load(conn, path)
    assert error is not None
    assert error.startswith("no readable FITS file")


def test_another_file_with_the_identity_of_a_known_image_is_refused(conn: Connection, tmp_path: Path) -> None:
    first = write(tmp_path / "a.fits")
    load(conn, first)
    error = load(conn, write(tmp_path / "b.fits", pixels(seed=2)))
    assert error == f"this image (scan, band and USYREF -1800) was loaded from {first}, other bytes"


def test_a_direction_other_than_the_scan_table_s_is_refused(conn: Connection, tmp_path: Path) -> None:
    put(conn, scan, [{"scan_key": 5, "hemis": "n", "date": "1998-03-21", "scan": 106, "sd": "n"}])
    assert load(conn, write(tmp_path / "a.fits")) == "card SCANDIR is 's', the scan table says 'n' for this scan"


def test_a_strip_off_the_grid_of_its_field_is_refused(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.field SET ra = 28.6585")
    error = load(conn, write(tmp_path / "a.fits"))
    assert error == (
        "60 x 320 pixels around (28.6575, 0.7172), expected the grid of field 90004: 60 x 320 around (28.6585, 0.7172)"
    )


def test_a_real_mosaic_is_refused(conn: Connection, realdata: Path) -> None:
    error = load(conn, realdata / "not-a-scan" / "gc_2mass_k.fits.gz")
    assert error is not None
    assert error.startswith("no scan identity: card TELNAME, ORDATE, SCANNO")
