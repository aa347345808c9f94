"""Headers of Atlas Images, made and real."""

import datetime
import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from schema.cards import write_cards
from schema.errors import BadFile
from schema.grid import SinWcs
from schema.header import AtlasHeader, read_header

REAL = os.environ.get("DEEPCAL_REALDATA")
needs_real = pytest.mark.skipif(not REAL, reason="DEEPCAL_REALDATA is not set: no real Atlas Images")

IMAGE = AtlasHeader(
    hemis="n",
    date=datetime.date(2000, 10, 22),
    scan=62,
    band="h",
    direction="s",
    tile=90004,
    usy=-412,
    usxref=-256.5,
    usyref=-412.0,
    naxis1=16,
    naxis2=8,
    wcs=SinWcs((28.6575, 0.7172), (8.5, 4.5), (-0.0002777777845, 0.0002777777845), -0.0023),
    magzp=20.4978,
    skyval=278.08,
    skysig=0.79,
    seesh=0.92,
    numfrms=48,
    dyfs=-82.4,
    coadd=None,
    exptime=7.8,
    type="cal",
    dxfs=-0.25,
)


def written(path: Path, **cards: object) -> Path:
    header = write_cards(IMAGE)
    header.update(cards)
    fits.PrimaryHDU(np.zeros((IMAGE.naxis2, IMAGE.naxis1), ">f4"), header).writeto(path)
    return path


def test_a_written_header_is_read_back(tmp_path: Path) -> None:
    assert read_header(written(tmp_path / "a.fits")) == IMAGE


def test_a_gzipped_image_has_the_same_header(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.fits")
    packed = tmp_path / "a.fits.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_header(packed) == IMAGE


def test_a_tile_compressed_image_has_the_same_header(tmp_path: Path) -> None:
    path = tmp_path / "a.fits.fz"
    data = np.zeros((IMAGE.naxis2, IMAGE.naxis1), "f4")
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, write_cards(IMAGE))]).writeto(path)
    assert read_header(path) == IMAGE


def test_two_digit_years_from_90_are_of_the_last_century(tmp_path: Path) -> None:
    assert read_header(written(tmp_path / "a.fits", ORDATE="980321")).date == datetime.date(1998, 3, 21)


def test_the_coadd_number_comes_from_the_name(tmp_path: Path) -> None:
    assert read_header(written(tmp_path / "aH_asky_001022s0620186.fits")).coadd == 186


def test_a_long_exposure_is_told_by_its_frames(tmp_path: Path) -> None:
    assert read_header(written(tmp_path / "a.fits", TIMER1=7788)).exptime == pytest.approx(46.8)


@pytest.mark.parametrize(
    ("card", "value", "says"),
    [
        ("MAGZP", "NaN", "card MAGZP is 'NaN', expected a finite zero point"),
        ("TELNAME", "Palomar", "card TELNAME is 'Palomar', expected one of 'CTIO', 'Hopkins'"),
        ("ORDATE", "001340", "card ORDATE is '001340', expected the date"),
        ("SCANNO", "x", "card SCANNO is 'x', expected the scan's number"),
        ("SCANDIR", "-", "card SCANDIR is '-', expected one of 'n', 's'"),
        ("SKYSIG", 0.0, "card SKYSIG is 0.0, expected the noise"),
        ("CTYPE1", "RA---TAN", "card CTYPE1 is 'RA---TAN', expected one of 'RA---SIN'"),
    ],
)
def test_a_card_that_cannot_be_used_is_named(tmp_path: Path, card: str, value: object, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read_header(written(tmp_path / "a.fits", **{card: value}))


def test_a_bare_nan_zero_point_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fits")
    text = path.read_bytes().replace(b"MAGZP   =              20.4978", b"MAGZP   =                  NaN")
    path.write_bytes(text)
    with pytest.raises(BadFile, match="MAGZP"):
        read_header(path)


def test_an_image_without_its_scan_is_refused(tmp_path: Path) -> None:
    header = write_cards(IMAGE)
    del header["SCANNO"]
    fits.PrimaryHDU(np.zeros((8, 16), ">f4"), header).writeto(tmp_path / "a.fits")
    with pytest.raises(BadFile, match="no scan identity: card SCANNO missing"):
        read_header(tmp_path / "a.fits")


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    path.write_text("not an image\n")
    with pytest.raises(BadFile, match="no readable FITS file"):
        read_header(path)


def test_a_truncated_image_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.fits")
    path.write_bytes(path.read_bytes()[:-2880])
    with pytest.raises(BadFile, match="truncated"):
        read_header(path)


def test_a_card_atlas_images_do_not_have_is_not_written() -> None:
    with pytest.raises(KeyError, match="NOTACARD"):
        write_cards(IMAGE, {"NOTACARD": 1})


@needs_real
def test_real_headers_are_read() -> None:
    found = read_header(Path(str(REAL)) / "atlas/aJ_asky_001022s0620186.fits.gz")
    assert (found.hemis, found.date, found.scan, found.band) == ("s", datetime.date(2000, 10, 22), 62, "j")
    assert (found.direction, found.tile, found.usy, found.coadd) == ("s", 303105, -15726, 186)
    assert (found.naxis1, found.naxis2, found.magzp, found.exptime) == (512, 1024, 21.0034, 7.8)


@needs_real
def test_neighbouring_real_coadds_are_970_rows_apart() -> None:
    folder = Path(str(REAL)) / "atlas"
    first, second = (read_header(folder / f"aK_asky_990502s{name}.fits.gz") for name in ("1350080", "1350092"))
    assert second.usy - first.usy == 970


@needs_real
def test_a_real_header_is_written_with_the_same_cards() -> None:
    path = Path(str(REAL)) / "atlas/aJ_asky_001022s0620186.fits.gz"
    real = fits.getheader(path)
    made = write_cards(read_header(path))
    assert [card for card in made if card != "HISTORY"] == [card for card in real if card != "HISTORY"]


@needs_real
def test_a_real_mosaic_is_refused_with_the_reason() -> None:
    with pytest.raises(BadFile, match="no scan identity"):
        read_header(Path(str(REAL)) / "not-a-scan/gc_2mass_k.fits.gz")
