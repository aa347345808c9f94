"""The products of a run: valid FITS, described by their headers, the same bytes every time."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

import combine
from combine.extract.images import prepare
from combine.measure.shapes import measure_shapes
from combine.products import read_product
from combine.shapes import read_shapes
from schema.connection import Connection
from schema.settings import defaults
from tests.stacks import GRID, small_field

IMAGES = ["N", "N_masked", "NS", "NS_masked", "S", "S_masked"]
OTHERS = ["N_psf", "NS_psf", "S_psf", "coverage", "noise"]


@pytest.fixture
def field(conn: Connection, tmp_path: Path) -> int:
    """A small field with eight scans of two visits in one band, and their extractions."""
    return small_field(conn, tmp_path)


@pytest.fixture
def folder(conn: Connection, field: int, home: Path) -> Path:
    """The products of the small field."""
    return Path(combine.stack_field(conn, field, home=home).folder)


def test_a_run_leaves_seven_images_a_band_and_what_photometry_needs(folder: Path, field: int) -> None:
    names = [f"{field}_j_{name}.fits" for name in IMAGES + OTHERS]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_every_product_is_strictly_valid_and_its_sums_hold(folder: Path) -> None:
    for path in folder.iterdir():
        with fits.open(path, checksum=True) as hdus:
            hdus.verify("exception")
            for hdu in hdus:
                assert "DATE" not in hdu.header
                assert (hdu.verify_checksum(), hdu.verify_datasum()) == (1, 1), path.name


@pytest.mark.skipif(shutil.which("fitsverify") is None, reason="fitsverify is not installed")
def test_fitsverify_finds_neither_errors_nor_warnings(folder: Path) -> None:
    for path in folder.iterdir():
        done = subprocess.run(["fitsverify", "-q", path], capture_output=True, text=True)
        assert (done.returncode, done.stdout.startswith("verification OK")) == (0, True), done.stdout


def test_images_tell_where_they_look_and_how_deep(conn: Connection, folder: Path, field: int) -> None:
    with fits.open(folder / f"{field}_j_NS.fits") as hdus:
        assert [hdu.name for hdu in hdus] == ["PRIMARY", "VAR", "COUNT"]
        header = hdus[0].header
        for hdu in hdus:
            place = WCS(hdu.header).pixel_to_world(79.5, 159.5)
            assert (place.ra.deg, place.dec.deg) == pytest.approx(GRID.crval, abs=1e-9)
        assert [hdu.header.get("BUNIT") for hdu in hdus] == ["DN", "DN**2", None]
    stored = conn.execute(
        "SELECT run, n_scans, exptime, magzp, noise_pixel, noise_aper, fwhm, m5_aper, m5_det, coverage_median"
        " FROM deepcal.stack WHERE kind = 'image' AND direction = 'NS'"
    ).fetchone()
    cards = ["RUN", "NSCAN", "EXPTIME", "MAGZP", "NOISE", "NOISEAP", "FWHM", "M5APER", "M5DET", "COVMED"]
    assert [header[card] for card in cards] == [stored[0], *(pytest.approx(value, rel=1e-4) for value in stored[1:])]


def test_depths_fall_with_coverage(conn: Connection, folder: Path) -> None:
    for name in ("m5_aper", "m5_det"):
        row = conn.execute(
            f"SELECT {name}_100, {name}_60, {name}_30, {name} FROM deepcal.stack"  # noqa: S608 - two constants
            " WHERE kind = 'image' AND direction = 'NS'"
        ).fetchone()
        assert row[0] - row[1] == pytest.approx(-1.25 * np.log10(0.6), abs=1e-3)
        assert row[0] - row[2] == pytest.approx(-1.25 * np.log10(0.3), abs=1e-3)
        assert row[2] < row[3] <= row[0] + 1e-6


def test_the_stored_psf_is_what_the_extraction_would_measure(folder: Path, field: int) -> None:
    products = {d: read_product(folder / f"{field}_j_{d}_masked.fits") for d in ("N", "S", "NS")}
    stored = read_shapes({d: folder / f"{field}_j_{d}_psf.fits" for d in products}, folder / f"{field}_j_noise.fits")
    measured = measure_shapes("j", products, 20.9044, defaults())
    for direction, psf in measured.psf.items():
        assert psf.stars >= 5
        assert stored.psf[direction].stars == psf.stars
        assert np.array_equal(stored.psf[direction].fine, psf.fine)
    assert np.array_equal(stored.power, measured.power)
    band = prepare("j", products, defaults(), stored)
    assert band.both.psf is stored.psf["NS"]


def test_a_psf_file_says_how_it_is_used(folder: Path, field: int) -> None:
    with fits.open(folder / f"{field}_j_NS_psf.fits") as hdus:
        fine, header = hdus[0].data, hdus[0].header
        assert fine.sum() == pytest.approx(header["OVERSAMP"] ** 2)
        assert np.unravel_index(fine.argmax(), fine.shape) == (header["CRPIX2"] - 1, header["CRPIX1"] - 1)
        assert hdus["STAMP"].data.sum() == pytest.approx(1, abs=2e-3)
        radius, light = hdus["GROWTH"].data["RADIUS"], hdus["GROWTH"].data["LIGHT"]
        assert (np.diff(light) > -1e-4).all()
        assert light[radius == 4.0] == pytest.approx(header["APCOR4"], abs=1e-4)
        assert light[-1] == pytest.approx(1, abs=2e-3)


def test_the_noise_file_predicts_the_noise_of_apertures(conn: Connection, folder: Path, field: int) -> None:
    with fits.open(folder / f"{field}_j_noise.fits") as hdus:
        power, covariance = hdus[0].data, hdus["CORR"].data
    assert covariance[32, 32] == pytest.approx(power.mean())
    y, x = np.mgrid[-32:32, -32:32]
    disc = (np.hypot(x, y) <= 4).astype(float)
    weight = np.abs(np.fft.fft2(disc)) ** 2 / disc.size
    predicted = np.sqrt(np.sum(weight * np.fft.ifftshift(power)))
    (ratio,) = conn.execute(
        "SELECT noise_predicted / noise_pixel FROM deepcal.stack WHERE kind = 'image' AND direction = 'NS'"
    ).fetchone()
    assert predicted == pytest.approx(ratio, rel=0.15)  # of 50,000 pixels


def test_the_same_scans_give_the_same_files_whatever_the_threads(
    conn: Connection, field: int, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(os, "cpu_count", lambda n=threads: n)
        result = combine.stack_field(conn, field, home=home / str(threads))
        sums.append((result.run, conn.execute("SELECT sha256 FROM deepcal.stack ORDER BY 1").fetchall()))
        conn.execute("DELETE FROM deepcal.stack_run")
    assert sums[0] == sums[1] == sums[2]
