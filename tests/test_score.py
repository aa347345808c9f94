"""Scores by the rules of December 2000, and the reviews that overrule them."""

from typing import Any, LiteralString

import numpy as np
import pytest
from psycopg.sql import SQL

import ingest
from schema.connection import Connection
from schema.errors import BadArgument
from schema.tables.scan import scan
from tests.rows import put

WHO = {"hemis": "n", "date": "1999-12-31", "scan": 106, "sd": "n", "tile": 90004}
GOOD = WHO | {
    "cld": 0,
    "xph": 0,
    "j_shape_avg": 1.03,
    "j_shape_rms": 0.02,
    "h_shape_avg": 1.02,
    "j_2mrat": 0.95,
    "h_2mrat": 0.94,
    "k_2mrat": 0.96,
    "j_msnr10": 16.4,
    "h_msnr10": 15.5,
    "k_msnr10": 14.8,
    "h_psp": 5.25,
    "h_pts_noise": -0.108,
}
FACTORS = "f_photometric, f_sensitivity, f_seeing, f_focus, f_airglow, f_untracked, f_position"


def scored(conn: Connection, columns: LiteralString = "quality, worst", **values: Any) -> Any:
    """Score one scan, good but for some values; return columns of its score."""
    put(conn, scan, [GOOD | {"scan_key": 1} | values])
    ingest.score(conn)
    return conn.execute(SQL("SELECT {} FROM deepcal.scan_score").format(SQL(columns))).fetchone()


def test_a_good_scan_has_the_highest_score(conn: Connection) -> None:
    assert scored(conn, "base, quality, worst, " + FACTORS) == (10, 10, None, 1, 1, 1, 1, 1, 1, None)


@pytest.mark.parametrize(
    ("values", "quality", "worst"),
    [
        ({"cld": 1}, 0, "photometric"),
        ({"xph": 1}, 0, "photometric"),
        ({"cld": 1, "xph": None}, 0, "photometric"),
        ({"j_shape_avg": 1.25}, 1, "seeing"),
        ({"j_shape_avg": 1.249}, 10, None),
        ({"j_shape_rms": 0.059, "j_shape_avg": 1.245}, 1, "seeing"),
        ({"j_shape_rms": 0.06}, 1, "untracked"),
        ({"k_2mrat": 0.80}, 1, "focus"),
        ({"k_2mrat": 0.81}, 10, None),
        ({"h_pts_noise": 0.1}, 1, "airglow"),
        ({"k_msnr10": 14.3}, 5, "sensitivity"),
        ({"k_msnr10": 14.38}, 10, None),
        ({"j_msnr10": 12.0}, 2, "sensitivity"),
        ({"date": "1997-06-06"}, 5, None),
        ({"date": "1997-06-07"}, 10, None),
        ({"date": "1997-06-06", "cld": 1}, 0, "photometric"),
    ],
)
def test_the_smallest_factor_sets_the_score(
    conn: Connection, values: dict[str, Any], quality: float, worst: str | None
) -> None:
    assert scored(conn, **values) == (pytest.approx(quality), worst)


def test_what_is_not_known_gives_no_factor_and_lowers_nothing(conn: Connection) -> None:
    nulls = dict.fromkeys(GOOD.keys() - WHO.keys())
    assert scored(conn, "quality, worst, " + FACTORS, **nulls) == (10, *[None] * 8)


def test_the_sensitivity_parameter_stands_in_for_an_unknown_depth(conn: Connection) -> None:
    assert scored(conn, h_msnr10=None, h_psp=7.4, h_pts_noise=None) == (5, "sensitivity")


def test_airglow_is_noise_above_that_of_the_sky_not_a_bright_sky(conn: Connection) -> None:
    brighter = 5.25 * 2**0.29  # twice the sky, and the noise that goes with it
    assert scored(conn, h_psp=brighter, h_pts_noise=-0.108 + 0.29 * np.log10(2)) == (10, None)


def test_a_scan_that_only_an_image_has_told_of_gets_no_score(conn: Connection) -> None:
    put(conn, scan, [{**GOOD, "scan_key": -1, "provisional": True}])
    assert ingest.score(conn).new == 0


def test_scoring_again_changes_nothing(conn: Connection) -> None:
    put(conn, scan, [GOOD | {"scan_key": 1}, GOOD | {"scan_key": 2, "scan": 107, "cld": 1}])
    first = ingest.score(conn)
    before = conn.execute("SELECT ctid, * FROM deepcal.scan_score").fetchall()
    again = ingest.score(conn)
    assert (first.new, first.changed, again.new, again.changed) == (2, 0, 0, 0)
    assert conn.execute("SELECT ctid, * FROM deepcal.scan_score").fetchall() == before
    assert [(group.quality, group.worst, group.scans) for group in again.groups] == [
        (10, "none", 1),
        (0, "photometric", 1),
    ]


def test_only_new_and_changed_scans_are_scored(conn: Connection) -> None:
    put(conn, scan, [GOOD | {"scan_key": 1}, GOOD | {"scan_key": 2, "scan": 107}])
    ingest.score(conn)
    put(conn, scan, [GOOD | {"scan_key": 3, "scan": 108}])
    conn.execute("UPDATE deepcal.scan SET cld = 1 WHERE scan_key = 2")
    done = ingest.score(conn)
    assert (done.new, done.changed) == (1, 1)


def test_a_threshold_is_a_setting(conn: Connection) -> None:
    conn.execute("UPDATE deepcal.setting SET value = '{1.0}' WHERE name = 'score_seeing_max'")
    assert scored(conn) == (1, "seeing")


def test_the_score_that_counts_is_that_of_the_rules(conn: Connection) -> None:
    scored(conn)
    query = "SELECT scan_key, quality, origin, rules, reviewer FROM deepcal.scan_quality"
    assert conn.execute(query).fetchall() == [(1, 10, "rules", 2, None)]


def test_the_last_review_counts_and_the_others_stay(conn: Connection) -> None:
    scored(conn)
    ingest.review(conn, 1, 4, "A. Observer", "aircraft")
    ingest.review(conn, "991231n106", 0, "B. Observer", "clouds")
    query = "SELECT quality, origin, rules, reviewer, reason FROM deepcal.scan_quality"
    assert conn.execute(query).fetchall() == [(0, "review", 2, "B. Observer", "clouds")]
    assert conn.execute("SELECT quality FROM deepcal.scan_review ORDER BY review").fetchall() == [(4,), (0,)]


def test_a_review_stays_above_a_later_score(conn: Connection) -> None:
    put(conn, scan, [GOOD | {"scan_key": 1}])
    ingest.review(conn, 1, 3, "A. Observer", "aircraft")
    ingest.score(conn)
    assert conn.execute("SELECT quality, rules FROM deepcal.scan_quality").fetchall() == [(3, 2)]


@pytest.mark.parametrize("name", [1, "1", "n991231106", "991231n106", "N991231106"])
def test_a_scan_is_named_by_key_or_by_night(conn: Connection, name: int | str) -> None:
    put(conn, scan, [GOOD | {"scan_key": 1}])
    ingest.review(conn, name, 3, "A. Observer", "aircraft")
    assert conn.execute("SELECT scan_key FROM deepcal.scan_review").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("name", "quality", "by", "reason", "words"),
    [
        (2, 3, "me", "why", "no scan 2: `deepcal show scans` lists them"),
        ("991231s106", 3, "me", "why", "no scan 991231s106"),
        ("tonight", 3, "me", "why", "expected a scan_key, or a scan as n980321106 or 980321n106"),
        ("999931n106", 3, "me", "why", "expected a scan_key"),
        (1, 11, "me", "why", "quality 11: expected 0 to 10"),
        (1, float("nan"), "me", "why", "quality nan: expected 0 to 10"),
        (1, 3, " ", "why", "a review names who gives it"),
        (1, 3, "me", "", "a review names who gives it"),
    ],
)
def test_a_review_that_cannot_be_is_refused(
    conn: Connection, name: int | str, quality: float, by: str, reason: str, words: str
) -> None:
    put(conn, scan, [GOOD | {"scan_key": 1}])
    with pytest.raises(BadArgument, match=words):
        ingest.review(conn, name, quality, by, reason)
    assert conn.execute("SELECT count(*) FROM deepcal.scan_review").fetchone() == (0,)
