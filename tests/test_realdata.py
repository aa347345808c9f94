"""Real Atlas Images from disk to sources: survey scans in fields made by hand."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import combine
import ingest
from combine.measure.aperture import annulus, aperture
from combine.stack.detect import find_stars
from schema.connection import Connection, connect
from schema.header import read_header
from schema.tables.field import field
from tests.rows import put

M17, NGC309 = 1, 2


@dataclass(frozen=True)
class Real:
    """The seven real images, stacked and extracted in two fields made by hand."""

    conn: Connection
    m17: combine.StackResult
    ngc309: combine.StackResult
    m17_sources: combine.ExtractResult
    ngc309_sources: combine.ExtractResult


@pytest.fixture(scope="module")
def real(
    fresh_database: Callable[[], AbstractContextManager[str]], realdata: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Real]:
    """Ingest, stack and extract once: survey scans, no scan line, no extractions."""
    home = tmp_path_factory.mktemp("real")
    with fresh_database() as dsn, connect(dsn) as conn:
        with conn.transaction():
            put(conn, field, [{"tile": M17, "ra": 275.06, "dec": -16.14, "naxis1": 1000, "naxis2": 2100}])
            put(conn, field, [{"tile": NGC309, "ra": 14.1889, "dec": -10.0321, "naxis1": 540, "naxis2": 1060}])
        results = ingest.images(conn, [realdata / "atlas"])
        assert [r.state for r in results] == ["loaded"] * 7
        stacks = [combine.stack_field(conn, tile, where="true", home=home) for tile in (M17, NGC309)]
        sources = [combine.extract_field(conn, tile, confirm="none", home=home) for tile in (M17, NGC309)]
        yield Real(conn, *stacks, *sources)


def test_images_of_unknown_scans_make_provisional_ones(real: Real) -> None:
    rows = real.conn.execute(
        "SELECT hemis, scan, sd, tile, provisional, qual FROM deepcal.scan ORDER BY scan"
    ).fetchall()
    assert rows == [
        ("s", 62, "s", 303105, True, None),
        ("s", 135, "n", 308164, True, None),
        ("s", 142, "s", 308165, True, None),
    ]


def test_m17_is_stacked_and_the_shared_rows_count_once(real: Real) -> None:
    assert real.m17.used == {"k": 2}
    count = {}
    for direction in ("N", "S", "NS"):
        with fits.open(Path(real.m17.folder) / f"{M17}_k_{direction}.fits") as hdus:
            count[direction] = hdus["COUNT"].data.copy()
    assert (count["N"].max(), count["S"].max(), count["NS"].max()) == (1, 1, 2)
    # The scans overlap in a strip about 82 arcsec wide, less the blank and the spoiled columns on both its sides.
    assert 65 <= (count["NS"] == 2).any(axis=0).sum() <= 85


def test_offsets_between_the_m17_scans_are_small(real: Real) -> None:
    rows = real.conn.execute(
        "SELECT offset_dra[1], offset_ddec[1], offset_stars FROM deepcal.stack_scan WHERE run = %s ORDER BY scan_key",
        (real.m17.run,),
    ).fetchall()
    assert all(stars >= 20 for *_, stars in rows)
    assert abs(rows[0][0] - rows[1][0]) <= 0.13
    assert abs(rows[0][1] - rows[1][1]) <= 0.13


def test_zero_points_of_the_m17_scans_agree(realdata: Path) -> None:
    found = {}
    for path in sorted((realdata / "atlas").glob("aK_asky_990502s*")):
        header, data = read_header(path), np.asarray(fits.getdata(path), np.float32)
        x, y, *_ = find_stars(data, 30)
        flux = aperture(data, x, y, 4.0).sum - np.pi * 16 * annulus(data, x, y, 14, 20)
        bright = flux > 3000
        ra, dec = header.wcs.sky(x[bright], y[bright])
        found.setdefault(header.scan, []).append((ra, dec, header.magzp - 2.5 * np.log10(flux[bright])))
    first, second = (tuple(map(np.concatenate, zip(*found[scan], strict=True))) for scan in (135, 142))
    apart = np.hypot((first[0][:, None] - second[0]) * np.cos(np.radians(-16.1)), first[1][:, None] - second[1]) * 3600
    mine, theirs = np.nonzero(apart < 1.0)
    assert len(mine) >= 20
    assert abs(np.median(first[2][mine] - second[2][theirs])) <= 0.02


def test_one_direction_gives_sources_that_nothing_confirms(real: Real) -> None:
    assert real.ngc309_sources.one_direction
    assert real.ngc309_sources.confirmed == 0
    assert real.ngc309_sources.sources > 50
    assert real.conn.execute("SELECT count(*) FROM deepcal.deepcal_src").fetchone() == (0,)


def test_the_bands_of_ngc_309_are_merged(real: Real) -> None:
    row = real.conn.execute(
        "SELECT count(*) FILTER (WHERE j_snr > 6 AND h_snr > 6), count(*) FILTER (WHERE j_snr > 6 AND k_snr > 6) "
        "FROM deepcal.source WHERE tile = %s",
        (NGC309,),
    ).fetchone()
    assert row is not None
    # 47 and 35 pairs were found on the plain images at 6 sigma; the filter made for the noise finds more, not fewer.
    assert row[0] >= 47
    assert row[1] >= 35


def test_only_the_strip_with_both_directions_confirms_in_m17(real: Real) -> None:
    assert real.m17_sources.sources > 1000
    assert 0 < real.m17_sources.confirmed < real.m17_sources.sources / 2


def test_a_mosaic_and_a_truncated_table_are_refused(conn: Connection, realdata: Path) -> None:
    (mosaic,) = ingest.images(conn, [realdata / "not-a-scan" / "gc_2mass_k.fits.gz"])
    assert (mosaic.state, mosaic.rows) == ("refused", 0)
    assert mosaic.error is not None
    assert "ORDATE" in mosaic.error
    (table,) = ingest.psc(conn, [realdata / "psc" / "m16_psc_truncated.tbl"])
    assert table.state == "refused"
    assert table.error is not None
    assert "929" in table.error
    assert "23938" in table.error
