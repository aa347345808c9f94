"""Scores against simulated scans whose faults are known: what the numbers tell, and what they cannot."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pandas as pd
import pytest

import ingest
from schema.connection import connect
from simulate.tables import tables

FIELDS = (90004, 90013, 90067, 90161, 90182, 90312)


@pytest.fixture(scope="module")
def scans(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    """One row a scan: its fault, how many times the smallest harm it does, its quality; no flag has told of any."""
    made = tables(out=tmp_path_factory.mktemp("tables"), only=FIELDS, scans=1800, extractions=60_000)
    with fresh_database() as dsn, connect(dsn) as conn:
        ingest.tiles(conn, [made.tiles])
        ingest.standards(conn, [made.standards])
        ingest.scans(conn, [made.scan])
        ingest.detections(conn, made.detections)
        ingest.score(conn)
        rows = conn.execute("SELECT scan_key, band, quality FROM deepcal.scan_band_score").fetchall()
    judged = pd.DataFrame(rows, columns=["scan_key", "band", "quality"])
    truth = pd.read_parquet(made.truth["scans"], columns=["scan_key", "band", "good", "fault", "harm", "noted"])
    both = truth.merge(judged, on=["scan_key", "band"])
    both = both[~both.noted]
    good = both.groupby("scan_key").good.all()
    own = both[~both.good | both.scan_key.map(good)].fillna({"fault": "none"})
    return own.groupby(["scan_key", "fault"], as_index=False).agg(harm=("harm", "max"), quality=("quality", "min"))


def share_under_2(scans: pd.DataFrame, faults: tuple[str, ...], least: float = 0) -> float:
    mine = scans[scans.fault.isin(faults) & ~(scans.harm < least)]
    assert len(mine) >= 5
    return float((mine.quality < 2).mean())


def test_few_good_scans_fall_under_2(scans: pd.DataFrame) -> None:
    assert share_under_2(scans, ("none",)) < 0.02  # 1 % of all fields; these few see more of single nights


@pytest.mark.parametrize("fault", ["seeing", "defocus", "untracked"])
def test_what_the_scan_table_measures_is_found_from_the_smallest_harm_on(scans: pd.DataFrame, fault: str) -> None:
    assert share_under_2(scans, (fault,)) > 0.85


def test_strong_airglow_and_wrong_zero_points_are_found(scans: pd.DataFrame) -> None:
    assert share_under_2(scans, ("airglow", "zeropoint"), least=2.5) > 0.85


def test_trails_insects_and_mispointing_are_left_to_the_residual_images(scans: pd.DataFrame) -> None:
    assert share_under_2(scans, ("meteor", "insects", "mispointed")) < 0.3
