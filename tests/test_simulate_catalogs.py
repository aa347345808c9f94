"""Catalogues of a simulated field against its truth: measured, never copied."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schema.published import published
from simulate.catalogs.detections import write_detections
from simulate.catalogs.merge import sources
from simulate.catalogs.photometry import frame_counts, measure_fluxes
from simulate.catalogs.profile import isophote
from simulate.catalogs.psc import make_psc, write_psc
from simulate.catalogs.survey import survey
from simulate.catalogs.xsc import make_xsc, write_xsc
from simulate.faults.marks import way
from simulate.plan import Plan, make_plan

Array = NDArray[np.float64]


@cache
def plan(tile: int = 90330, scans: int = 12) -> Plan:
    return make_plan(tile, 1, scans, "strips", "medium", None)


def read(table: str, path: Path) -> pd.DataFrame:
    names = [column.name for column in published(table)]
    text = {name: str for name in names if name.endswith(("_flg", "_qual", "designation")) or name in ("ndet", "a")}
    return pd.read_csv(path, sep="|", names=names, na_values="\\N", dtype=text)


@pytest.fixture(scope="module")
def psc(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    made = make_psc(plan())
    path = write_psc(made, tmp_path_factory.mktemp("psc") / "psc.bar", {}, np.zeros(made.key.size, np.int64))
    return read("psc", path).assign(main=made.main)


@pytest.fixture(scope="module")
def extractions(tmp_path_factory: pytest.TempPathFactory) -> dict[int, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("cal")
    return {
        scan.index: read("detection", write_detections(plan(), scan, plan().frame(scan), folder)[0])
        for scan in plan().scans
    }


def good_scan() -> int:
    return next(scan.index for scan in plan().scans if scan.index not in plan().faults)


def single(psc: pd.DataFrame) -> pd.DataFrame:
    return psc[plan().sky.neighbour[psc.main] > 10]


def test_psc_positions_scatter_by_less_than_a_tenth_of_an_arcsec_about_where_stars_were(psc: pd.DataFrame) -> None:
    bright = single(psc[(psc.j_snr > 30) & ~plan().sky.galaxy[psc.main]])
    seen = plan().sky.at(plan().grid, survey(90330, 1, plan().grid).jdate)
    x, y = plan().grid.pixel(bright.ra, bright.decl)
    scatter = np.std([x - seen.x[bright.main], y - seen.y[bright.main]], axis=1)
    assert ((scatter > 0.065) & (scatter < 0.1)).all()
    assert not np.allclose(x, seen.x[bright.main], atol=0.01)


def test_psc_magnitudes_share_an_error_and_scatter_by_theirs(psc: pd.DataFrame) -> None:
    steady = single(psc[(psc.rd_flg == "222") & (psc.ph_qual == "AAA")])
    steady = steady[(plan().sky.vary.kind[steady.main] == 0) & ~plan().sky.galaxy[steady.main]]
    common = survey(90330, 1, plan().grid).zero
    for b, band in enumerate("jhk"):
        error = (steady[f"{band}_m"] - plan().sky.mag[steady.main, b]).to_numpy()
        assert np.median(error) == pytest.approx(common[b], abs=0.012)  # faint companions add light
        assert 1.4826 * np.median(np.abs((error - common[b]) / steady[f"{band}_cmsig"])) == pytest.approx(1, abs=0.2)


def test_zero_points_of_the_psc_differ_by_a_hundredth_from_field_to_field() -> None:
    errors = np.array([survey(tile, 1, plan().grid).zero for tile in range(90001, 90200)])
    assert np.std(errors, axis=0) == pytest.approx(0.012, rel=0.2)


def test_the_psc_ends_where_the_survey_s_signal_to_noise_ratio_is_seven(psc: pd.DataFrame) -> None:
    sky = plan().sky
    limit = survey(90330, 1, plan().grid).snr10[0] + 0.39
    inside = (np.abs(sky.x - 269.5) < 270) & (np.abs(sky.y - 1799.5) < 1800) & ~sky.galaxy & (sky.neighbour > 8)
    found = np.isin(np.arange(sky.id.size), psc.main)
    assert found[inside & (sky.mag[:, 0] < limit - 0.7)].mean() > 0.99
    assert 0.3 < found[inside & (np.abs(sky.mag[:, 0] - limit) < 0.15)].mean() < 0.85
    assert found[inside & (sky.mag[:, 0] > limit + 1)].mean() < 0.05


def test_close_stars_are_one_source_in_the_psc_with_the_light_of_both(psc: pd.DataFrame) -> None:
    sky = plan().sky
    near, other = cKDTree(np.column_stack((sky.x, sky.y))).query(np.column_stack((sky.x, sky.y))[psc.main], k=2)
    close = (near[:, 1] < 2) & (sky.mag[other[:, 1], 0] - sky.mag[psc.main, 0] < 1) & (psc.j_m < 14.5)
    assert close.sum() > 2
    assert (psc.j_m[close] < sky.mag[psc.main[close], 0] - 0.1).all()


def test_bright_stars_are_measured_on_short_exposures_and_never_fitted(psc: pd.DataFrame) -> None:
    for b, (band, limit) in enumerate(zip("jhk", (9.0, 8.5, 8.0), strict=True)):
        short = psc.rd_flg.str[b] == "1"
        assert short.any()
        assert (psc[f"{band}_m"][short] < limit + 0.8).all()
        assert psc[f"{band}_psfchi"][short].isna().all()
        assert psc[f"{band}_m_stdap"][short].isna().all()


def test_sharp_scans_saturate_sooner() -> None:
    mag = np.full((2000, 3), (9.1, 8.6, 8.1))
    rng = np.random.default_rng(1)
    sharp, soft = (np.mean(measure_fluxes(rng, mag, mag * 0 + 1e-8, shape).read == "1") for shape in (0.92, 1.2))
    assert sharp > 0.5
    assert soft < 0.05


def test_faint_sources_are_seen_in_fewer_frames() -> None:
    rng = np.random.default_rng(1)
    snr = np.array([[4.0, 8.0, 100.0]] * 500)
    counts = np.array([[int(word[i]) for i in (0, 2, 4)] for word in frame_counts(rng, snr)])
    assert (np.diff(counts.mean(axis=0)) > 0.5).all()
    assert (counts[:, 2] == 6).all()


def test_most_psc_stars_have_an_optical_counterpart_and_galactic_ones_tell_colours(psc: pd.DataFrame) -> None:
    bright = psc[psc.j_m < 14]
    assert 0.85 < (bright.a != "0").mean() < 1
    assert (bright.b_m_opt > bright.j_m)[bright.a != "0"].mean() > 0.95


def test_extractions_are_complete_to_their_limit(extractions: dict[int, pd.DataFrame]) -> None:
    i = good_scan()
    rows, sky, frame = extractions[i], plan().seen(plan().scans[i]), plan().frame(plan().scans[i])
    limit = plan().measured.msnr10[i, 0] + 0.75
    x, y = plan().grid.pixel(rows.ra, rows.decl)
    single = ~plan().sky.galaxy & (plan().sky.neighbour > 8) & (sky.y > 30) & (sky.y < 3570)
    columns = np.flatnonzero(~frame.blank)
    single &= (sky.x > columns[0] + 20) & (sky.x < columns[-1] - 20)
    distance = cKDTree(np.column_stack((x, y))).query(np.column_stack((sky.x, sky.y)))[0]
    found = distance < 1.6
    assert found[single & (sky.mag[:, 0] < limit - 0.8)].mean() > 0.98
    assert 0.25 < found[single & (np.abs(sky.mag[:, 0] - limit) < 0.2)].mean() < 0.9
    assert found[single & (sky.mag[:, 0] > limit + 1.2)].mean() < 0.1


def test_extractions_have_upper_limits_and_rows_that_are_no_star(extractions: dict[int, pd.DataFrame]) -> None:
    rows = pd.concat(extractions.values())
    limits = rows[rows.ph_qual.str[2] == "U"]
    assert len(limits) > 50
    assert limits.k_cmsig.isna().all()
    assert limits.k_m.notna().all()
    x, y = plan().grid.pixel(rows.ra, rows.decl)
    distance = cKDTree(np.column_stack((plan().sky.x, plan().sky.y))).query(np.column_stack((x, y)))[0]
    assert 0.0005 < (distance > 2.5).mean() < 0.05


def test_a_variable_is_brighter_in_scans_where_it_is(extractions: dict[int, pd.DataFrame]) -> None:
    sky = plan().sky
    chosen = np.flatnonzero((sky.vary.amplitude > 0.1) & (sky.neighbour > 8) & (sky.mag[:, 0] < 15))
    measured, true = [], []
    for i, rows in extractions.items():
        if i in plan().faults:
            continue
        x, y = plan().grid.pixel(rows.ra, rows.decl)
        seen = plan().seen(plan().scans[i])
        distance, which = cKDTree(np.column_stack((x, y))).query(np.column_stack((seen.x, seen.y))[chosen])
        near = distance < 1.6
        measured += (rows.j_m.to_numpy()[which[near]] - sky.mag[chosen[near], 0]).tolist()
        true += (seen.mag[chosen[near], 0] - sky.mag[chosen[near], 0]).tolist()
    assert len(true) > 20
    assert np.corrcoef(measured, true)[0, 1] > 0.9


def test_a_meteor_leaves_sources_on_its_way(tmp_path: Path) -> None:
    big = plan(90330, 60)
    scan = next(big.scans[i] for i, fault in big.faults.items() if fault.kind == "meteor")
    frame = big.frame(scan)
    rows = read("detection", write_detections(big, scan, frame, tmp_path)[0])
    x, y = big.grid.pixel(rows.ra, rows.decl)
    lost = cKDTree(np.column_stack((big.sky.x, big.sky.y))).query(np.column_stack((x, y)))[0] > 2
    lost &= ~rows.cc_flg.str.contains("p").to_numpy()
    (x0, x1), (y0, y1) = way(big, scan, frame)
    away = np.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / np.hypot(x1 - x0, y1 - y0)
    assert lost.sum() > 5
    near = np.mean(away[lost] < 8)
    assert near > 0.2
    assert near > 4 * np.mean(away[~lost] < 8)


def test_depths_of_a_field_are_the_published_medians_nearly() -> None:
    depth = np.median(plan(90330, 60).measured.msnr10, axis=0)
    assert depth == pytest.approx([16.4, 15.5, 14.8], abs=0.15)


def test_columns_of_the_xsc_are_filled_or_null_for_all(tmp_path: Path) -> None:
    xsc = make_xsc(plan())
    rows = read("xsc", write_xsc(xsc, make_psc(plan()), tmp_path / "xsc.bar"))
    filled = rows.notna().any()
    assert filled.sum() > 250
    assert rows.loc[:, filled].drop(columns="pts_key").notna().all().all()
    for name in ("sup_ra", "sup_dec", "sup_ba", "sup_phi", "r_k20fe", "r_ext", "j_ba", "k_m_k20fe", "k_m_ext"):
        assert filled[name]


def test_galaxies_of_the_xsc_grow_brighter_with_the_aperture(tmp_path: Path) -> None:
    rows = read("xsc", write_xsc(make_xsc(plan()), make_psc(plan()), tmp_path / "xsc.bar"))
    assert (rows.k_m_5 > rows.k_m_10).mean() > 0.9
    assert (rows.k_m_k20fe - rows.k_m_ext).median() > 0
    true = plan().sky.mag[make_xsc(plan()).member, 2]
    assert np.median(rows.k_m_ext - true) == pytest.approx(0, abs=0.12)
    assert (rows.k_con_indx > 1.5).all()


def test_ellipses_of_the_xsc_lie_as_the_galaxies_do() -> None:
    xsc = make_xsc(plan())
    flat = xsc.ba < 0.7
    away = (xsc.phi - plan().sky.pa[xsc.member] + 90) % 180 - 90
    assert flat.sum() > 2
    assert (np.abs(away[flat]) < 15).all()


def test_an_isophote_is_where_the_surface_brightness_is() -> None:
    mag, r_e, one = np.array([12.0]), np.array([4.0]), np.array([1.0])
    radius = isophote(mag, r_e, one, np.array([1]), 20.0)[0]
    h = 4.0 / 1.6783
    brightness = 12.0 + 2.5 * np.log10(2 * np.pi * h**2) + 1.0857 * radius / h
    assert brightness == pytest.approx(20.0, abs=1e-3)


def test_sources_are_groups_about_the_brightest() -> None:
    x, y, flux = np.array([0.0, 2.0, 4.0, 50.0]), np.zeros(4), np.array([3.0, 2.0, 2.5, 1.0])
    main, owner = sources(x, y, flux)
    assert main.tolist() == [0, 2, 3]
    assert owner.tolist() == [0, 0, 1, 2]
