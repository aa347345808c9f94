"""Scan tables and extractions without images: their size, their nights, and that they agree with their truth."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from schema.errors import BadArgument
from schema.published import published
from simulate.tables import SimulatedTables, tables

SCANS, EXTRACTIONS = 3_000, 40_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimulatedTables:
    return tables(out=tmp_path_factory.mktemp("tables"), scans=SCANS, extractions=EXTRACTIONS, seed=2)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> SimulatedTables:
    out = tmp_path_factory.mktemp("one")
    return tables(out=out, only=[90067], scans=600, extractions=30_000, variables=12, seed=2)


def read(table: str, *paths: Path) -> pd.DataFrame:
    names = [column.name for column in published(table)]
    flags = {name: str for name in names if name.endswith(("_flg", "_qual")) or name == "ndet"}
    parts = [pd.read_csv(path, sep="|", names=names, na_values="\\N", dtype=flags) for path in paths]
    return pd.concat(parts, ignore_index=True)


def test_all_main_fields_have_scans_in_the_shares_of_the_survey(made: SimulatedTables) -> None:
    scans = read("scan", made.scan)
    counts = scans.groupby("tile").size()
    assert (len(scans), len(counts), made.counts["scans"]) == (SCANS, 35, SCANS)
    assert counts.idxmax() == 90067
    assert counts.idxmin() == 90121
    assert scans.scan_key.is_unique
    assert not scans.duplicated(["hemis", "date", "scan"]).any()


def test_dates_are_those_of_the_survey(made: SimulatedTables) -> None:
    scans = read("scan", made.scan)
    north, south = (scans[scans.hemis == hemis].date for hemis in "ns")
    assert "1997-06-01" <= north.min() < north.max() <= "2000-12-01"
    assert "1998-03-18" <= south.min() < south.max() <= "2001-02-15"
    assert set(scans[scans.tile == 90004].hemis) == {"n", "s"}
    assert set(scans[scans.tile == 90091].hemis) == {"n"}


def test_visits_are_six_scans_in_turn_about_an_hour_apart(made: SimulatedTables) -> None:
    scans = read("scan", made.scan)
    truth = pd.read_parquet(made.truth["scans"]).drop_duplicates("scan_key").set_index("scan_key")
    visits = scans.assign(visit=truth.visit.reindex(scans.scan_key).to_numpy()).groupby(["tile", "visit"])
    assert visits.size().max() == 6
    assert all(list(visit.sd) == list("nsnsns"[: len(visit)]) for _, visit in visits)
    starts = visits.first().reset_index().sort_values("jdate")
    apart = [np.diff(night.jdate) * 24 for _, night in starts.groupby(["hemis", "date"])]
    assert 0.9 < np.median(np.concatenate(apart)) < 1.2


def test_no_visit_is_made_with_the_field_low(made: SimulatedTables) -> None:
    scans = read("scan", made.scan)
    assert scans.airm.between(1, 1.9).all()
    assert np.allclose(1 / np.cos(np.radians(scans.zd)), scans.airm, atol=0.01)


def test_depths_have_the_published_medians(made: SimulatedTables) -> None:
    scans = read("scan", made.scan)
    medians = [scans[f"{band}_msnr10"].median() for band in "jhk"]
    assert medians == pytest.approx([16.4, 15.5, 14.8], abs=0.08)  # Skrutskie et al. 2006, table 2
    for band, worst, best in zip("jhk", (15.9, 15.0, 14.3), (16.8, 16.0, 15.3), strict=True):
        assert worst - 0.3 < scans[f"{band}_msnr10"].quantile(0.01)
        assert scans[f"{band}_msnr10"].quantile(0.99) < best


def test_most_scans_are_good_and_half_of_the_faults_are_near_the_smallest_harmful(made: SimulatedTables) -> None:
    truth = pd.read_parquet(made.truth["scans"])
    assert (truth.good == ~(truth.harm.fillna(0) >= 1)).all()
    assert truth.slight.notna().any()
    whole = truth.groupby("scan_key").good.all()
    assert 0.78 < whole.mean() < 0.95
    struck = truth[truth.fault.isin(["meteor", "insects", "tracking", "defocus", "mispointed", "untracked"])]
    assert (struck.harm < 1.5).mean() == pytest.approx(0.5, abs=0.12)


def test_faults_show_in_the_scan_table_where_the_pipeline_looks(made: SimulatedTables) -> None:
    scans = read("scan", made.scan).set_index("scan_key")
    truth = pd.read_parquet(made.truth["scans"]).drop_duplicates("scan_key").set_index("scan_key").fault
    assert scans.h_2mrat[truth == "defocus"].max() < 0.85
    assert scans.j_shape_avg[truth == "seeing"].min() > 1.2
    assert scans.j_shape_rms[truth == "untracked"].min() > 0.08
    assert set(truth[scans.hgl.reindex(truth.index) == 1].dropna()) <= {"glitch"}
    assert set(truth[scans.cld.reindex(truth.index) == 1]) == {"cloud"}


def test_zero_points_drift_and_the_survey_s_solution_follows_within_a_hundredth(made: SimulatedTables) -> None:
    truth = pd.read_parquet(made.truth["scans"])
    clear = truth[truth.clear & (truth.fault != "zeropoint")]
    for _, band in clear.groupby("band"):
        assert 0.02 < band.c1.std() < 0.12
        assert 0.003 < (band.magzp - band.zero_point).std() < 0.012
    wrong = truth[truth.fault == "zeropoint"]
    assert ((wrong.magzp - wrong.zero_point).abs() > 0.03).all()


def test_standards_are_measured_in_every_clear_scan_with_the_zero_point_s_error(made: SimulatedTables) -> None:
    found = read("detection", *made.detections)
    objects = pd.read_parquet(made.truth["objects"])
    truth = pd.read_parquet(made.truth["scans"]).query("band == 'k'").set_index("scan_key")
    primary = objects[(objects.standard == 1) & (objects.tile == 90067)].iloc[0]
    near = found[found.tile == 90067]
    away = np.hypot((near.ra - primary.ra) * np.cos(np.radians(primary.dec)), near.decl - primary.dec) * 3600
    mine = near[(away < 2) & near.k_snr.notna()]
    assert len(mine) == len(truth[truth.tile == 90067])
    scan = truth.loc[mine.scan_key]
    error = mine.k_m.to_numpy() - primary.k_m - (scan.magzp - scan.zero_point).to_numpy()
    assert abs(np.median(error)) < 0.01
    assert 0.015 < np.std(error) < 0.035


def test_about_as_many_extractions_come_as_were_asked_for(made: SimulatedTables) -> None:
    found = read("detection", *made.detections)
    assert len(found) == made.counts["detections"] == pytest.approx(EXTRACTIONS, rel=0.2)
    assert found.cntr.is_unique
    assert set(found.scan_key) <= set(read("scan", made.scan).scan_key)


def test_variables_of_one_field_follow_their_light_curves(one: SimulatedTables) -> None:
    objects = pd.read_parquet(one.truth["objects"])
    found = read("detection", *one.detections)
    truth = pd.read_parquet(one.truth["scans"]).query("band == 'j' and good and clear").set_index("scan_key")
    sine = objects[(objects.variable == "longperiod") & objects.j_m.between(11, 15)].iloc[0]
    away = np.hypot((found.ra - sine.ra) * np.cos(np.radians(sine.dec)), found.decl - sine.dec) * 3600
    mine = found[(away < 1.5) & found.j_snr.notna() & found.scan_key.isin(truth.index)]
    assert len(mine) > 300
    scan = truth.loc[mine.scan_key]
    phase = 2 * np.pi * (mine.jdate - sine.phase_epoch) / sine.period
    light = mine.j_m.to_numpy() - sine.j_m - (scan.magzp - scan.zero_point).to_numpy()
    assert 2 * np.mean(light * np.cos(phase)) == pytest.approx(sine.amplitude, abs=0.02)


def test_stars_move(one: SimulatedTables) -> None:
    objects = pd.read_parquet(one.truth["objects"])
    assert 3 < np.hypot(objects.pmra, objects.pmdec).median() < 30


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    for name in "ab":
        tables(out=tmp_path / name, only=[90121], scans=30, extractions=300)
    first = sorted((tmp_path / "a").rglob("*.*"))
    assert len(first) == 6
    assert all(path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes() for path in first)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"only": [12345]}, "not one of the main fields"),
        ({"scans": 3}, "at least one for each of 35 fields"),
        ({"extractions": 0}, "extractions 0"),
        ({"only": [90330], "scans": 60_000}, "ask for fewer scans"),
    ],
)
def test_tables_that_cannot_be_made_are_named(tmp_path: Path, arguments: dict[str, object], says: str) -> None:
    with pytest.raises(BadArgument, match=says):
        tables(out=tmp_path / "out", **arguments)  # type: ignore[arg-type]  # several kinds of arguments
    assert not (tmp_path / "out").exists()


def test_the_command_writes_tables_of_one_field(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from deepcal.cli import main; main()", "simulate", "90067", "--tables-only"]
    options = ["--scans", "24", "--extractions", "200", "--out", str(tmp_path), "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["counts"]["scans"] == 24
