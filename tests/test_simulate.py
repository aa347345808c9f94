"""A simulated field: its files, their formats, and that they agree with its truth."""

import csv
import datetime
import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io import fits

import simulate.make
from schema.errors import BadArgument, BadFile
from schema.header import read_header
from schema.published import published
from simulate import SimulatedField

SCANS = 7


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimulatedField:
    return simulate.field(90004, scans=SCANS, seed=3, out=tmp_path_factory.mktemp("field"), bands="k", crowding="low")


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> SimulatedField:
    out = tmp_path_factory.mktemp("atlas")
    return simulate.field(90004, scans=2, seed=3, out=out, bands="k", crowding="low", form="atlas")


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    """Read a bar-delimited file back by the published columns; every value must be of its column's type."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    columns = published(table)
    convert: dict[str, Callable[[str], Any]] = {
        "d": int,
        "s": str,
        "%Y-%m-%d": datetime.date.fromisoformat,
    }
    found = []
    for line in text.decode().splitlines():
        words = line.split("|")
        assert len(words) == len(columns)
        row: dict[str, Any] = {}
        for column, word in zip(columns, words, strict=True):
            assert column.null or word != "\\N", column.name
            row[column.name] = None if word == "\\N" else convert.get(column.format, float)(word)
        found.append(row)
    return found


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, workers in (("one", 1), ("four", 4)):
        monkeypatch.setattr(simulate.make, "WORKERS", workers)
        simulate.field(90004, scans=2, seed=5, out=tmp_path / name, bands="j", crowding="low")
    assert digests(tmp_path / "one") == digests(tmp_path / "four")


def test_another_seed_gives_another_sky(made: SimulatedField, tmp_path: Path) -> None:
    other = simulate.field(90004, scans=1, seed=4, out=tmp_path, bands="k", crowding="low")
    assert other.psc.read_bytes() != made.psc.read_bytes()


def test_bands_do_not_change_each_other(made: SimulatedField, tmp_path: Path) -> None:
    again = simulate.field(90004, scans=SCANS, seed=3, out=tmp_path, bands="hk", crowding="low")
    wanted = made.images[0]
    assert (tmp_path / "images" / wanted.name).read_bytes() == wanted.read_bytes()
    assert len(again.images) == 2 * SCANS


def test_progress_is_told_for_every_scan(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    simulate.field(90004, scans=2, out=tmp_path, bands="k", crowding="low", progress=lambda *what: told.append(what))
    assert told == [("sky", 0, 2), ("scans", 1, 2), ("scans", 2, 2)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"tile": 90298}, "its centre is not known"),
        ({"tile": 12345}, "its centre is not known"),
        ({"scans": 0}, "at least one scan"),
        ({"bands": "jx"}, "bands 'jx'"),
        ({"form": "cube"}, "form 'cube'"),
        ({"crowding": "none"}, "crowding 'none'"),
        ({"centre": (400.0, 0.0)}, "RA 0 to 360"),
    ],
)
def test_arguments_that_cannot_be_used_are_named(tmp_path: Path, arguments: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {"tile": 90004, "out": tmp_path / "out"}
    with pytest.raises(BadArgument, match=says):
        simulate.field(**given | arguments)
    assert not (tmp_path / "out").exists()


def test_any_number_can_be_simulated_at_a_given_centre(tmp_path: Path) -> None:
    made = simulate.field(12345, scans=1, out=tmp_path, bands="k", crowding="low", centre=(10.0, -80.0))
    assert read_header(made.images[0]).wcs.crval == (10.0, -80.0)
    assert read_header(made.images[0]).hemis == "s"


def test_scan_lines_are_valid(made: SimulatedField) -> None:
    scans = rows(made.scan, "scan")
    assert len(scans) == len({row["scan_key"] for row in scans}) == SCANS
    assert [row["sd"] for row in scans] == list("nsnsnsn")
    assert all(row["qual"] is None and 0 < row["airm"] < 2 and row["tile"] == 90004 for row in scans)
    assert [row["scan"] - scans[0]["scan"] for row in scans[:6]] == list(range(6))
    assert scans[0]["decl"] == pytest.approx(0.7172, abs=1e-5)


def test_corners_go_with_the_direction_of_the_scan(made: SimulatedField) -> None:
    north, south = rows(made.scan, "scan")[:2]
    assert north["dec_1"] < north["dec_3"]
    assert south["dec_1"] > south["dec_3"]
    assert north["ra_1"] > north["ra_2"]


def test_each_scan_of_a_visit_is_5_arcsec_east_of_the_last(made: SimulatedField) -> None:
    scans = rows(made.scan, "scan")[:6]
    steps = np.diff([row["ra"] for row in scans]) * 3600 * np.cos(np.radians(0.7172))
    assert steps == pytest.approx(5, abs=0.01)


def test_the_point_source_file_is_in_the_published_format(made: SimulatedField) -> None:
    psc = rows(made.psc, "psc")
    assert len(psc) == made.counts["psc"] > 100
    assert len({row["pts_key"] for row in psc}) == len(psc)
    assert {len(row["designation"]) for row in psc} == {17}
    assert {len(row["ph_qual"] + row["rd_flg"] + row["bl_flg"] + row["cc_flg"]) for row in psc} == {12}
    assert any(row["cc_flg"] != "000" for row in psc)


def test_neighbours_in_the_psc_are_the_nearest(made: SimulatedField) -> None:
    psc = rows(made.psc, "psc")
    by_key = {row["pts_key"]: row for row in psc}
    scale = np.cos(np.radians(0.7172))
    places = np.array([(row["ra"] * scale, row["decl"]) for row in psc]) * 3600
    for row in psc[:20]:
        apart = np.hypot(*(places - (row["ra"] * scale * 3600, row["decl"] * 3600)).T)
        assert row["prox"] == pytest.approx(np.sort(apart)[1], abs=0.06)
        assert by_key[row["pxcntr"]] is not row


def test_limits_in_the_psc_have_no_uncertainty(made: SimulatedField) -> None:
    for row in rows(made.psc, "psc"):
        for band, quality in zip("jhk", row["ph_qual"], strict=True):
            assert (row[f"{band}_cmsig"] is None) == (quality == "U")


def test_psc_positions_and_magnitudes_carry_errors(made: SimulatedField) -> None:
    truth = pq.read_table(made.truth["objects"]).to_pandas()
    truth = truth[(truth.kind == "star") & ~truth.blended]
    misses, errors = [], []
    for row in rows(made.psc, "psc"):
        if row["k_snr"] is None or row["k_snr"] < 30 or row["rd_flg"] != "222":
            continue
        ra = (truth.ra - row["ra"]) * 3600
        dec = (truth.dec - row["decl"]) * 3600
        best = np.hypot(ra, dec).idxmin()
        if np.hypot(ra[best], dec[best]) < 1:
            misses.append(dec[best])
            errors.append(row["k_m"] - truth.k_m[best])
    assert 0.05 < np.std(misses) < 0.12
    assert 0.015 < np.std(errors) < 0.05


def test_the_extended_source_file_is_in_the_published_format(made: SimulatedField) -> None:
    xsc = rows(made.xsc, "xsc")
    assert len(xsc) == made.counts["xsc"] > 3
    assert all(row["r_k20fe"] > 4 and 0.1 <= row["k_ba"] <= 1 and -90 <= row["k_phi"] <= 90 for row in xsc)
    assert {row["ext_key"] for row in xsc} >= {row["ext_key"] for row in rows(made.psc, "psc") if row["ext_key"]}


def test_every_scan_has_its_extractions(made: SimulatedField) -> None:
    assert [path.name for path in made.detections] == [
        path.name.replace("aK_strip_", "cal_90004_").replace(".fits", ".bar.gz") for path in made.images
    ]
    found = rows(made.detections[0], "detection")
    assert len(found) > 100
    assert len({row["cntr"] for row in found}) == len(found)
    assert all(row["tile"] == 90004 for row in found)


def test_extractions_are_displaced_by_the_scan_s_offset(made: SimulatedField) -> None:
    truth = pq.read_table(made.truth["objects"]).to_pandas()
    stars = truth[(truth.kind == "star") & (truth.neighbour > 12) & (truth.k_m < 13)]
    scan = pq.read_table(made.truth["scans"]).to_pandas().query("band == 'k' and good").iloc[0]
    path = next(path for path in made.detections if f"{scan.hemis}{scan.scan:03d}" in path.name)
    found = rows(path, "detection")
    ra, dec = np.array([(row["ra"], row["decl"]) for row in found]).T
    shifts = []
    for star in stars.itertuples():
        east, north = (ra - star.ra) * 3600 * np.cos(np.radians(star.dec)), (dec - star.dec) * 3600
        best = np.hypot(east, north).argmin()
        if np.hypot(east[best], north[best]) < 2:
            shifts.append((east[best], north[best]))
    assert np.median(shifts, axis=0) == pytest.approx((scan.dra, scan.ddec), abs=0.1)


def test_standards_are_published_with_their_errors(made: SimulatedField) -> None:
    with made.standards.open() as file:
        found = list(csv.DictReader(file))
    truth = pq.read_table(made.truth["objects"]).to_pandas()
    assert found[0]["name"] == "FS4"
    assert len(found) == (truth.standard > 0).sum() >= 6
    primary = truth[truth.standard == 1].iloc[0]
    assert float(found[0]["j"]) == pytest.approx(primary.j_m, abs=5 * float(found[0]["sj"]))
    assert all(0.004 <= float(row["sks"]) <= 0.02 for row in found)


def test_the_tile_file_has_the_field_s_centre(made: SimulatedField) -> None:
    with made.tiles.open() as file:
        (tile,) = csv.DictReader(file)
    assert tile == {
        "tile": "90004",
        "standard": "FS4",
        "ra": "28.6575",
        "dec": "0.7172",
        "width_arcsec": "540",
        "height_arcsec": "3600",
    }


def test_strips_have_headers_of_atlas_images(made: SimulatedField) -> None:
    header = read_header(made.images[0])
    assert (header.naxis1, header.naxis2, header.type, header.tile) == (540, 3600, "cal", 90004)
    assert (header.wcs.crval, header.wcs.crpix, header.wcs.crota2) == ((28.6575, 0.7172), (270.5, 1800.5), 0.0)
    truth = pq.read_table(made.truth["scans"]).to_pandas().query("band == 'k'")
    assert [read_header(path).magzp for path in made.images] == pytest.approx(truth.magzp.to_list(), abs=1e-4)


def test_about_510_columns_of_a_strip_are_valid_and_move_with_the_pointing(made: SimulatedField) -> None:
    firsts = []
    for path in made.images[:6]:
        valid = np.flatnonzero(np.isfinite(fits.getdata(path)).mean(axis=0) > 0.9)
        assert valid.size == 510
        firsts.append(valid[0])
    assert np.diff(firsts).tolist() == [-5] * 5


def test_faults_are_listed_by_scan_and_band(made: SimulatedField) -> None:
    scans = pq.read_table(made.truth["scans"]).to_pandas()
    assert len(scans) == 3 * SCANS
    assert scans.shape_along.map(len).eq(37).all()
    assert (scans.good == scans.fault.isna()).all()
    assert (scans.good == ~(scans.harm >= 1)).all()
    assert made.counts["spoiled"] == scans[~scans.good].scan_key.nunique() == 1


def test_every_kind_of_fault_is_in_a_demo() -> None:
    from simulate.faults import KINDS, plan_faults
    from simulate.nights.visits import observe

    planned = plan_faults(90330, 1, observe(90330, 1, 247.89, 30.15, 60))
    assert {fault.kind for fault in planned.values()} == {*KINDS, "glitch"}


def test_neighbouring_atlas_images_share_54_rows_of_the_same_photons(atlas: SimulatedField) -> None:
    headers = {read_header(path).usy: path for path in atlas.images[:4]}
    assert sorted(headers) == [156, 1126, 2096, 3066]
    low, high = (fits.getdata(headers[usy]) for usy in (156, 1126))
    difference = low[-54:] - high[:54]
    assert np.nanstd(difference) < 1e-3
    assert np.isnan(low[:, [0, 1, 510, 511]]).all()


def test_atlas_images_place_stars_by_their_own_projection(atlas: SimulatedField) -> None:
    truth = pq.read_table(atlas.truth["objects"]).to_pandas()
    bright = truth[(truth.kind == "star") & (truth.neighbour > 12) & truth.k_m.between(9, 12)]
    scans = pq.read_table(atlas.truth["scans"]).to_pandas().query("band == 'k'")
    for path in atlas.images:
        header = read_header(path)
        scan = scans[scans.direction == header.direction].iloc[0]
        image = fits.getdata(path)
        x, y = header.wcs.pixel(bright.ra, bright.dec)
        for px, py in zip(x - scan.dra, y + scan.ddec, strict=True):
            if 10 < px < 500 and 10 < py < 1010:
                box = image[int(py) - 6 : int(py) + 8, int(px) - 6 : int(px) + 8]
                r, c = np.unravel_index(np.nanargmax(box), box.shape)
                assert np.hypot(int(px) - 6 + c - px, int(py) - 6 + r - py) < 1.5


def test_the_command_writes_a_field_and_prints_json(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from deepcal.cli import main; main()", "simulate", "90004"]
    options = ["--scans", "1", "--bands", "k", "--crowding", "low", "--out", str(tmp_path), "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["counts"]["images"] == len(list((tmp_path / "images").iterdir())) == 1


def test_the_command_takes_a_centre(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from deepcal.cli import main; main()", "simulate", "12345"]
    done = subprocess.run([*command, "--centre", "10", "--out", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "expected RA,Dec" in done.stderr


def test_compressed_images_hold_the_same_pixels_and_coverage_maps_lie_beside_them(
    made: SimulatedField, tmp_path: Path
) -> None:
    arguments: dict[str, Any] = {"scans": 1, "seed": 3, "bands": "k", "crowding": "low"}
    plain = simulate.field(90004, out=tmp_path / "plain", **arguments)
    squeezed = simulate.field(90004, out=tmp_path / "gz", gz=True, coverage=True, **arguments)
    assert gzip.decompress(squeezed.images[0].read_bytes()) == plain.images[0].read_bytes()
    (beside,) = [path for path in squeezed.images[0].parent.iterdir() if path.name.startswith("cK_strip")]
    with fits.open(beside) as coverage, fits.open(plain.images[0]) as image:
        assert coverage[0].header["BUNIT"] == "frames"
        assert coverage[0].header["CRVAL1"] == image[0].header["CRVAL1"]
        assert ((coverage[0].data > 0) == np.isfinite(image[0].data)).all()
        assert 5 < np.median(coverage[0].data[coverage[0].data > 0]) < coverage[0].data.max() < 7.2


def test_empirical_wings_are_recorded_and_a_folder_without_them_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="psf_emp_2mass_j"):
        simulate.field(90004, scans=1, out=tmp_path / "out", psf=tmp_path)
    assert not (tmp_path / "out").exists()


def test_empirical_wings_change_the_images(realdata: Path, tmp_path: Path) -> None:
    arguments: dict[str, Any] = {"scans": 1, "seed": 3, "bands": "k", "crowding": "low"}
    model = simulate.field(90004, out=tmp_path / "model", **arguments)
    other = simulate.field(90004, out=tmp_path / "other", psf=realdata / "psf", **arguments)
    assert pq.read_schema(other.truth["scans"]).metadata[b"psf"] == str(realdata / "psf").encode()
    assert pq.read_schema(model.truth["scans"]).metadata[b"psf"] == b"model"
    here, there = (fits.getdata(field.images[0]) for field in (model, other))
    assert np.nanmedian(np.abs(here - there)) < 0.05 < np.nanmax(np.abs(here - there))
