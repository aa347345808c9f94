"""Building a run: products, inventory, selections, and what happens when something is wrong."""

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import combine
from schema.connection import Connection
from schema.errors import BadArgument, BadFile, NotReady
from schema.tables.field import field as field_table
from schema.tables.scan import detection, image, scan
from tests.rows import put
from tests.stacks import GRID, noise_image, star_image

TILE = 99001
RNG = np.random.default_rng(11)
X, Y, FLUX = RNG.uniform(12, 148, 30), RNG.uniform(12, 308, 30), 10 ** RNG.uniform(3, 4.5, 30)


@pytest.fixture
def field(conn: Connection, tmp_path: Path) -> int:
    """A small field with eight scans of two visits in one band, and their extractions."""
    centre = {"ra": GRID.crval[0], "dec": GRID.crval[1], "naxis1": GRID.nx, "naxis2": GRID.ny}
    put(conn, field_table, [{"tile": TILE, **centre}])
    conn.execute("SELECT deepcal.add_tile_partition(%s)", (TILE,))
    identities = [
        {"scan_key": k + 1, "hemis": "n", "date": date(1999, 1, 1 + k // 6), "scan": 10 + k, "tile": TILE}
        for k in range(8)
    ]
    put(conn, scan, [row | {"sd": "ns"[k % 2]} for k, row in enumerate(identities)])
    put(conn, image, [image_values(tmp_path, k) for k in range(8)])
    ra, dec = GRID.sky(X, Y)
    put(
        conn,
        detection,
        [
            {**row, "cntr": 100 * k + n, "ra": float(ra[n]), "decl": float(dec[n]), "j_snr": 50.0, "cc_flg": "000"}
            for k, row in enumerate(identities)
            for n in range(len(X))
        ],
    )
    return TILE


def image_values(folder: Path, k: int) -> dict[str, object]:
    """Write the image of one scan and return its row."""
    path = folder / f"{k}.fits"
    fits.writeto(path, (star_image(X, Y, FLUX) + noise_image(k, 0.8) + 100 + k).astype(">f4"))
    return {
        "scan_key": k + 1, "band": "j", "usy": 0, "form": "strip", "path": str(path), "naxis1": 160, "naxis2": 320,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "crval1": GRID.crval[0], "crval2": GRID.crval[1],
        "crpix1": 80.5, "crpix2": 160.5, "cdelt1": -1 / 3600, "cdelt2": 1 / 3600, "crota2": 0.0, "ra": GRID.crval[0],
        "dec": GRID.crval[1], "radius": 0.05, "x0": 0, "x1": 160, "y0": 0, "y1": 320, "magzp": 20.9044,
        "blank_fraction": 0.0, "sky_measured": 100.0 + k, "noise_measured": 0.8,
    }  # fmt: skip


def test_a_run_leaves_seven_files_a_band_and_their_inventory(conn: Connection, field: int, home: Path) -> None:
    result = combine.stack_field(conn, field, home=home)
    assert result.built
    assert result.used == {"j": 8}
    rows = conn.execute("SELECT path, sha256, bytes, direction, kind, m5_aper FROM deepcal.stack").fetchall()
    assert len(rows) == 7
    for path, sha256, size, _direction, kind, m5 in rows:
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == sha256
        assert Path(path).stat().st_size == size
        assert (m5 is None) == (kind == "coverage")
    assert sorted(p.name for p in Path(result.folder).iterdir()) == sorted(Path(row[0]).name for row in rows)


def test_products_are_valid_fits_without_a_date(conn: Connection, field: int, home: Path) -> None:
    result = combine.stack_field(conn, field, home=home)
    for path in Path(result.folder).iterdir():
        with fits.open(path, checksum=True) as hdus:
            hdus.verify("exception")
            assert all("DATE" not in hdu.header for hdu in hdus)
    with fits.open(Path(result.folder) / f"{TILE}_j_NS.fits") as hdus:
        assert [hdu.name for hdu in hdus] == ["PRIMARY", "VAR", "COUNT"]
        assert (hdus[0].header["NSCAN"], hdus[0].header["MAGZP"], hdus[0].header["RUN"]) == (8, 20.9044, result.run)
        assert hdus["COUNT"].data.max() == 8
        assert np.nanpercentile(hdus[0].data, 25) == pytest.approx(103.5, abs=0.5)


def test_masked_copies_blank_thin_coverage(conn: Connection, field: int, home: Path, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.image SET x1 = 100 WHERE scan_key > 2")
    result = combine.stack_field(conn, field, home=home)
    with fits.open(Path(result.folder) / f"{TILE}_j_NS_masked.fits") as hdus:
        thin = (hdus["COUNT"].data < 0.3 * 8) & (hdus["COUNT"].data > 0)
        assert thin.any()
        assert np.isnan(hdus[0].data[thin]).all()


def test_asking_again_finds_the_run_and_builds_nothing(conn: Connection, field: int, home: Path) -> None:
    first = combine.stack_field(conn, field, home=home)
    second = combine.stack_field(conn, field, home=home)
    assert (second.run, second.built) == (first.run, False)
    assert conn.execute("SELECT count(*) FROM deepcal.stack_run").fetchone() == (1,)


def test_a_condition_chooses_scans(conn: Connection, field: int, home: Path) -> None:
    result = combine.stack_field(conn, field, where="date < '1999-01-02' AND sd = 'n'", home=home)
    assert result.used == {"j": 3}
    assert conn.execute("SELECT selection FROM deepcal.stack_run").fetchone() == ("date < '1999-01-02' AND sd = 'n'",)


def test_a_missing_image_is_named_and_nothing_is_left(conn: Connection, field: int, home: Path, tmp_path: Path) -> None:
    (tmp_path / "3.fits").unlink()
    with pytest.raises(BadFile, match=r"3\.fits"):
        combine.stack_field(conn, field, home=home)
    assert conn.execute("SELECT count(*) FROM deepcal.stack_run").fetchone() == (0,)
    assert not list((home / "products" / str(TILE)).iterdir())


def test_an_unknown_field_and_an_empty_one_are_told_apart(conn: Connection, field: int, home: Path) -> None:
    with pytest.raises(BadArgument, match="12345"):
        combine.stack_field(conn, 12345, home=home)
    put(conn, field_table, [{"tile": 90299}])
    with pytest.raises(NotReady, match="no centre"):
        combine.stack_field(conn, 90299, home=home)
    with pytest.raises(NotReady, match="no image"):
        combine.stack_field(conn, field, where="false", home=home)


def test_a_scan_without_extractions_is_registered_by_its_own_image(conn: Connection, field: int, home: Path) -> None:
    conn.execute("DELETE FROM deepcal.detection WHERE scan_key = 2")
    combine.stack_field(conn, field, home=home)
    found = conn.execute("SELECT count(*), min(origin), max(cntr) FROM deepcal.detection WHERE scan_key = 2").fetchone()
    assert found is not None
    assert found[0] > 15
    assert (found[1], found[2] < 0) == ("image", True)
    row = conn.execute("SELECT offset_stars, offset_dra[1] FROM deepcal.stack_scan WHERE scan_key = 2").fetchone()
    assert row is not None
    assert row[0] > 15
    assert row[1] == pytest.approx(0, abs=0.03)


def test_a_run_without_sources_cannot_become_current(conn: Connection, field: int, home: Path) -> None:
    result = combine.stack_field(conn, field, home=home)
    with pytest.raises(NotReady, match="deepcal extract"):
        combine.use(conn, result.run)
    with pytest.raises(NotReady, match="not known"):
        combine.use(conn, "000000000000")


def test_a_run_whose_products_are_gone_is_built_again(conn: Connection, field: int, home: Path) -> None:
    first = combine.stack_field(conn, field, home=home)
    conn.execute("UPDATE deepcal.field SET current_run = %s WHERE tile = %s", (first.run, field))
    for path in Path(first.folder).iterdir():
        path.unlink()
    Path(first.folder).rmdir()
    again = combine.stack_field(conn, field, home=home)
    assert (again.run, again.built) == (first.run, True)
    assert len(list(Path(again.folder).iterdir())) == 7


def test_the_same_scans_give_the_same_files(conn: Connection, field: int, home: Path, tmp_path: Path) -> None:
    first = combine.stack_field(conn, field, home=home)
    sums = sorted(conn.execute("SELECT sha256 FROM deepcal.stack").fetchall())
    conn.execute("DELETE FROM deepcal.stack_run")
    second = combine.stack_field(conn, field, home=tmp_path / "elsewhere")
    assert second.run == first.run
    assert sorted(conn.execute("SELECT sha256 FROM deepcal.stack").fetchall()) == sums


def test_what_a_killed_build_left_is_swept_away(conn: Connection, field: int, home: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = home / "products" / str(field) / f"aaaaaaaaaaaa.{gone.pid}.part"
    left.mkdir(parents=True)
    (left / "half.fits").write_bytes(b"SIMPLE")
    result = combine.stack_field(conn, field, home=home)
    assert [path.name for path in left.parent.iterdir()] == [result.run]
