"""Extraction from products on disk to rows of deepcal.source."""

from pathlib import Path

import numpy as np
import pytest

from combine import ExtractResult, extract_field, has_sources
from schema.connection import Connection
from schema.errors import BadArgument, BadFile, NotReady
from schema.tables.twomass import psc, standard
from tests.rows import put
from tests.skies import GRID, MAGZP, RUN, TILE, direction, joined, open_field, sky, store_run

STARS = open_field(60, np.geomspace(20, 3000, 60), 21)
COLUMNS = "id, name, ra, dec, j_m, j_msig, j_flux, h_m, k_m, k_m95, prox, confirmed, cc_flg, j_rule"


@pytest.fixture
def run(conn: Connection, tmp_path: Path) -> Path:
    """Store the products of a run with 60 stars in J; return the data folder."""
    store_run(conn, tmp_path, {"j": sky(*STARS, seed=10)})
    return tmp_path


def rows(conn: Connection, columns: str = COLUMNS) -> list[tuple[object, ...]]:
    return conn.execute(f"SELECT {columns} FROM deepcal.source ORDER BY id").fetchall()  # noqa: S608  # own columns


def put_psc(conn: Connection) -> None:
    """Store the stars as the PSC would, 0.1 mag brighter than the images' zero points say."""
    x, y, flux = STARS
    ra, dec = GRID.sky(x, y)
    mags = {f"{b}_m": MAGZP[b] - 0.1 - 2.5 * np.log10(flux) for b in "jhk"}
    fit = {"rd_flg": "222", "ph_qual": "AAA", "cc_flg": "000", "gal_contam": 0, "ext_key": None}
    put(
        conn,
        psc,
        [
            fit
            | {"pts_key": i, "ra": float(ra[i]), "decl": float(dec[i])}
            | {name: float(m[i]) for name, m in mags.items()}
            | {f"{b}_cmsig": 0.02 for b in "jhk"}
            for i in range(x.size)
        ],
    )


def test_the_stars_become_sources_numbered_by_declination(conn: Connection, run: Path) -> None:
    result = extract_field(conn, TILE, home=run)
    found = rows(conn)
    assert isinstance(result, ExtractResult)
    assert (result.sources, result.confirmed) == (len(found), len(found))
    assert len(found) == pytest.approx(60, abs=2)
    assert [row[0] for row in found] == list(range(1, len(found) + 1))
    declinations = [row[3] for row in found]
    assert declinations == sorted(declinations)
    assert len({row[1] for row in found}) == len(found)
    assert has_sources(conn, RUN)


def test_a_changed_setting_asks_for_a_new_extraction(conn: Connection, run: Path) -> None:
    assert not has_sources(conn, RUN)
    extract_field(conn, TILE, home=run)
    assert has_sources(conn, RUN)
    conn.execute("UPDATE deepcal.setting SET value = '{6}' WHERE name = 'detect_snr'")
    assert not has_sources(conn, RUN)


def test_three_bands_make_one_list(conn: Connection, tmp_path: Path) -> None:
    x, y, flux = STARS
    store_run(conn, tmp_path, {b: sky(x, y, flux * (1 + 0.2 * i), 40 + i, b) for i, b in enumerate("jhk")})
    extract_field(conn, TILE, home=tmp_path)
    found = rows(conn, "j_m, h_m, k_m, prox")
    assert len(found) == pytest.approx(60, abs=2)
    assert sum(None not in row for row in found) >= 58
    assert min(float(row[3]) for row in found) > 15  # type: ignore[arg-type]  # a distance


def test_positions_are_those_of_the_grid(conn: Connection, run: Path) -> None:
    extract_field(conn, TILE, home=run)
    x, y, _ = STARS
    ra, dec = GRID.sky(x, y)
    for r, d in rows(conn, "ra, dec"):
        apart = np.hypot((ra - float(r)) * np.cos(np.radians(30)), dec - float(d)) * 3600  # type: ignore[arg-type]
        assert apart.min() < 0.5


def test_extracting_twice_gives_the_same_rows(conn: Connection, run: Path) -> None:
    extract_field(conn, TILE, home=run)
    before = rows(conn, "*")
    extract_field(conn, TILE, home=run)
    assert rows(conn, "*") == before


def test_a_source_keeps_its_name_in_the_next_run(conn: Connection, run: Path) -> None:
    extract_field(conn, TILE, home=run)
    x, y, flux = STARS
    store_run(conn, run, {"j": sky(x + 0.3, y, flux, seed=30)}, "bbbbbbbbbbbb")
    extract_field(conn, TILE, run="bbbbbbbbbbbb", home=run)
    names = [
        {name for (name,) in conn.execute("SELECT name FROM deepcal.source WHERE run = %s", (r,)).fetchall()}
        for r in (RUN, "bbbbbbbbbbbb")
    ]
    assert len(names[0] & names[1]) >= 58


def test_magnitudes_are_tied_to_the_psc(conn: Connection, run: Path) -> None:
    put_psc(conn)
    result = extract_field(conn, TILE, home=run)
    point = result.calibration["j"]["n"]
    assert point["reference"] == "psc"
    assert point["stars"] >= 20
    x, y, flux = STARS
    measured = np.array(rows(conn, "x, y, j_m"), float)
    near = [int(np.hypot(x - a, y - b).argmin()) for a, b, _ in measured]
    difference = measured[:, 2] - (MAGZP["j"] - 0.1 - 2.5 * np.log10(flux[near]))
    bright = flux[near] > 100
    assert np.median(difference[bright]) == pytest.approx(0, abs=0.01)


def test_standards_join_the_tie_and_moving_ones_do_not(conn: Connection, run: Path) -> None:
    x, y, flux = STARS
    ra, dec = GRID.sky(x, y)
    mag = MAGZP["j"] - 2.5 * np.log10(flux)
    put(
        conn,
        standard,
        [
            {"name": f"S{i}", "tile": TILE, "ra": float(ra[i]), "dec": float(dec[i]), "epoch": 1999.0}
            | {"pmra": 500.0 if i >= 50 else None, "pmdec": None, "j": float(mag[i]), "sj": 0.01}
            for i in range(40, 60)
        ],
    )
    point = extract_field(conn, TILE, home=run).calibration["j"]["n"]
    assert (point["reference"], point["stars"]) == ("standards", 10)


def test_without_any_reference_the_zero_point_is_that_of_the_image(conn: Connection, run: Path) -> None:
    point = extract_field(conn, TILE, home=run).calibration["j"]["n"]
    assert (point["reference"], point["stars"]) == ("image", 0)
    assert point["value"] == pytest.approx(MAGZP["j"], abs=0.02)
    assert point["error"] is None


def test_a_latent_image_is_no_source_unless_all_are_wanted(conn: Connection, tmp_path: Path) -> None:
    x, y, flux = STARS
    spoiled = joined(
        direction("N", np.append(x, 158.2), np.append(y, 199.3), np.append(flux, 60.0), 1),
        direction("S", x, y, flux, 2),
    )
    store_run(conn, tmp_path, {"j": spoiled})
    latent = "sqrt((x - 158.2) ^ 2 + (y - 199.3) ^ 2) < 1, confirmed"
    extract_field(conn, TILE, home=tmp_path)
    assert (True, True) not in rows(conn, latent)
    assert (True, False) not in rows(conn, latent)
    extract_field(conn, TILE, confirm="none", home=tmp_path)
    assert (True, False) in rows(conn, latent)


def test_one_band_alone_leaves_the_others_empty(conn: Connection, tmp_path: Path) -> None:
    store_run(conn, tmp_path, {"h": sky(*STARS, seed=3, band="h")})
    extract_field(conn, TILE, home=tmp_path)
    found = rows(conn, "j_m, j_m95, j_flux, j_snr, j_rule, h_m IS NOT NULL OR h_m95 IS NOT NULL")
    assert len(found) > 50
    assert set(found) == {(None, None, None, None, 0, True)}


def test_one_direction_alone_stores_all_unconfirmed(conn: Connection, tmp_path: Path) -> None:
    north = direction("N", *STARS, 4)
    store_run(conn, tmp_path, {"j": {"N": north, "NS": north}})
    result = extract_field(conn, TILE, home=tmp_path)
    assert result.one_direction
    assert result.confirmed == 0
    assert result.sources >= 55
    assert set(rows(conn, "confirmed, j_flux_s")) == {(False, None)}


def test_a_band_without_one_direction_confirms_nothing_by_itself(conn: Connection, tmp_path: Path) -> None:
    x, y, flux = STARS
    north = direction("N", x, y, flux, 6, "h")
    store_run(conn, tmp_path, {"j": sky(x[:40], y[:40], flux[:40], 5), "h": {"N": north, "NS": north}})
    extract_field(conn, TILE, home=tmp_path)
    found = rows(conn, "confirmed, h_rule, h_m IS NOT NULL")
    assert len(found) == pytest.approx(40, abs=1)
    assert set(found) == {(True, 0, True)}


def test_undetected_bands_have_limits_and_their_fluxes(conn: Connection, tmp_path: Path) -> None:
    x, y, flux = STARS
    store_run(conn, tmp_path, {"j": sky(x, y, flux, 5), "k": sky(x, y, flux * 0, 7, "k")})
    extract_field(conn, TILE, home=tmp_path)
    found = rows(conn, "k_m, k_m95, k_flux, k_flux_sig")
    assert sum(m is None for m, *_ in found) >= 55
    assert all((m is None) != (m95 is None) for m, m95, *_ in found)
    assert sum(float(f) < 0 for _, _, f, _ in found) >= 15  # type: ignore[arg-type]  # a flux


def test_the_run_says_how_it_was_made(conn: Connection, run: Path) -> None:
    extract_field(conn, TILE, home=run, confirm="published")
    row = conn.execute(
        "SELECT state, confirm, calibration ? 'j', parameters ? 'detect_snr', extracted_at IS NOT NULL "
        "FROM deepcal.stack_run WHERE run = %s",
        (RUN,),
    ).fetchone()
    assert row == ("extracted", "published", True, True, True)
    depths = conn.execute("SELECT band, direction, fwhm, m5_det FROM deepcal.stack ORDER BY 1, 2").fetchall()
    assert len(depths) == 3
    by_name = {(band, name): (fwhm, m5) for band, name, fwhm, m5 in depths}
    assert by_name["j", "N"][0] == pytest.approx(2.8, rel=0.02)
    assert by_name["j", "NS"][1] == pytest.approx(by_name["j", "N"][1] + 0.38, abs=0.1)


def test_progress_runs_from_nothing_to_all(conn: Connection, run: Path) -> None:
    told: list[tuple[str, int, int]] = []
    extract_field(conn, TILE, home=run, progress=lambda *step: told.append(step))
    assert told[0][1] == 0
    assert told[-1][1] == told[-1][2]
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_what_cannot_be_extracted_says_why(conn: Connection, run: Path) -> None:
    with pytest.raises(BadArgument, match="confirm 'maybe'"):
        extract_field(conn, TILE, home=run, confirm="maybe")
    with pytest.raises(BadArgument, match="no run 'cccccccccccc'"):
        extract_field(conn, TILE, home=run, run="cccccccccccc")
    with pytest.raises(NotReady, match="deepcal stack 90999"):
        extract_field(conn, 90999, home=run)
    extract_field(conn, TILE, home=run)
    before = rows(conn)
    next((run / RUN).glob("*_N_masked.fits")).unlink()
    with pytest.raises(BadFile, match="stack the field again"):
        extract_field(conn, TILE, home=run)
    assert rows(conn) == before


def test_curves_of_growth_are_stored_with_sources_and_stacks(conn: Connection, run: Path) -> None:
    extract_field(conn, TILE, home=run)
    ((sources,),) = conn.execute("SELECT count(*) FROM deepcal.source").fetchall()
    curves = conn.execute("SELECT flux, flux_sig, flux_n, flux_raw, psf_s FROM deepcal.source_curve").fetchall()
    assert len(curves) == sources
    assert all(len(row[0]) == len(row[1]) == len(row[2]) == len(row[3]) == 12 and row[4] is not None for row in curves)
    told = """
        SELECT s.j_flux, c.flux[2] / t.growth[2]
          FROM deepcal.source AS s
          JOIN deepcal.source_curve AS c USING (run, id)
          JOIN deepcal.stack AS t ON t.run = s.run AND t.direction = 'NS' AND t.kind = 'masked'
    """
    for whole, inside in conn.execute(told).fetchall():
        assert float(inside) == pytest.approx(float(whole), rel=0.02, abs=1.0)
