"""Images become rows: identity from the header, a first look at the pixels, provisional scans, refusals."""

import datetime
import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray
from psycopg.sql import SQL

import ingest
from ingest.pixels import look
from schema.cards import write_cards
from schema.connection import Connection
from schema.grid import Grid
from schema.header import AtlasHeader
from schema.tables.field import field
from schema.tables.scan import scan
from tests.rows import put

NX, NY = 60, 320
STRIP = AtlasHeader(
    hemis="n",
    date=datetime.date(1998, 3, 21),
    scan=106,
    band="j",
    direction="s",
    tile=90004,
    usy=-1800,
    usxref=-270.5,
    usyref=-1800.0,
    naxis1=NX,
    naxis2=NY,
    wcs=Grid.of(28.6575, 0.7172, NX, NY),
    magzp=20.95,
    skyval=91.0,
    skysig=0.49,
    seesh=1.04,
    numfrms=48,
    dyfs=-82.4,
    coadd=None,
    exptime=7.8,
    type="cal",
)


@pytest.fixture
def conn(conn: Connection) -> Connection:
    """A database with the field that the strips of these tests lie on."""
    put(conn, field, [{"tile": 90004, "ra": 28.6575, "dec": 0.7172, "naxis1": NX, "naxis2": NY}])
    return conn


def pixels(ny: int = NY, nx: int = NX, seed: int = 1) -> NDArray[np.float32]:
    """Return a sky of 91 DN with white noise of 0.5 DN, ten columns and two rows of its rim blank."""
    image = np.random.default_rng(seed).normal(91, 0.5, (ny, nx)).astype(np.float32)
    image[:, :7] = image[:, -3:] = image[:2] = np.nan
    return image


def write(path: Path, data: NDArray[Any] | None = None, header: AtlasHeader = STRIP, **cards: Any) -> Path:
    """Write a strip; `cards` change its header (None removes a card)."""
    hdu = fits.PrimaryHDU(pixels() if data is None else data, write_cards(header))
    for card, value in cards.items():
        if value is None:
            del hdu.header[card]
        else:
            hdu.header[card] = value
    hdu.writeto(path)
    return path


def load(conn: Connection, path: Path) -> str | None:
    (result,) = ingest.images(conn, [path])
    assert (result.state == "refused") == (result.error is not None)
    return result.error


def rows(conn: Connection, columns: LiteralString) -> list[tuple[Any, ...]]:
    return conn.execute(SQL("SELECT {} FROM deepcal.image ORDER BY image_id").format(SQL(columns))).fetchall()


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


def test_a_field_whose_centre_is_not_known_takes_its_images(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.field SET ra = NULL, dec = NULL")
    assert load(conn, write(tmp_path / "a.fits")) is None


FRAMES = replace(STRIP, bunit="frames")


def frames() -> NDArray[np.float32]:
    """Return a coverage map: six frames, five near the rim, none outside."""
    counts = np.full((NY, NX), 6, np.float32)
    counts[:40] = 5
    counts[:, :7] = 0
    return counts


def test_a_coverage_map_is_linked_to_its_image(conn: Connection, tmp_path: Path) -> None:
    assert load(conn, write(tmp_path / "cJ_strip_980321s106.fits", frames(), FRAMES)) is None
    assert load(conn, write(tmp_path / "aJ_strip_980321s106.fits")) is None
    query = (
        "SELECT c.path LIKE '%%cJ_strip%%', c.frames_median, c.frames_max, c.bare_fraction "
        "FROM deepcal.image AS i JOIN deepcal.image_coverage AS c USING (scan_key, band, usy)"
    )
    assert conn.execute(query).fetchall() == [(True, 6, 6, pytest.approx(7 / NX))]
    assert rows(conn, "band") == [("j",)]


COVERAGES: dict[str, tuple[NDArray[Any], AtlasHeader, str]] = {
    "negative": (frames() - 7, FRAMES, "a coverage map without any frame"),
    "partly negative": (frames() - 1, FRAMES, "pixels from -1 to 5 in a coverage map, expected 0 to 7 frames"),
    "a sky": (pixels(), FRAMES, "in a coverage map, expected 0 to 7 frames"),
    "empty": (np.zeros((NY, NX), np.float32), FRAMES, "a coverage map without any frame"),
    "without its card": (frames(), STRIP, "named as a coverage map, but card BUNIT is '', expected 'frames'"),
}


@pytest.mark.parametrize("what", COVERAGES)
def test_an_unusable_coverage_map_is_refused(conn: Connection, tmp_path: Path, what: str) -> None:
    data, header, reason = COVERAGES[what]
    error = load(conn, write(tmp_path / "cJ_strip_980321s106.fits", data, header))
    assert error is not None
    assert reason in error
    assert conn.execute("SELECT count(*) FROM deepcal.image_coverage").fetchone() == (0,)


def test_another_coverage_map_of_the_same_image_is_refused(conn: Connection, tmp_path: Path) -> None:
    first = write(tmp_path / "cJ_strip_a.fits", frames(), FRAMES)
    load(conn, first)
    error = load(conn, write(tmp_path / "cJ_strip_b.fits", frames() * 0.5, FRAMES))
    assert error == f"this coverage map (scan, band and USYREF -1800) was loaded from {first}, other bytes"


def test_a_coverage_map_of_another_shape_is_refused(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.field SET ra = NULL, dec = NULL")
    load(conn, write(tmp_path / "a.fits"))
    wide = replace(FRAMES, naxis1=80, wcs=Grid.of(28.6575, 0.7172, 80, NY))
    error = load(conn, write(tmp_path / "c.fits", np.full((NY, 80), 6, np.float32), wide))
    assert error == "80 x 320 pixels, the image of it has 60 x 320"


def test_a_coverage_map_that_moved_is_found(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "c.fits", frames(), FRAMES)
    load(conn, path)
    moved = path.rename(tmp_path / "elsewhere.fits")
    ingest.images(conn, [moved])
    assert conn.execute("SELECT path FROM deepcal.image_coverage").fetchone() == (str(moved),)


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


def test_a_real_mosaic_is_refused(conn: Connection, realdata: Path) -> None:
    error = load(conn, realdata / "not-a-scan" / "gc_2mass_k.fits.gz")
    assert error is not None
    assert error.startswith("no scan identity: card TELNAME, ORDATE, SCANNO")
