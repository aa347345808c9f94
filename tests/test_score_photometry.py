"""Scatter, zero points, depth and places of scans, visits and nights, from their extractions."""

from typing import Any

import numpy as np
import pytest

import ingest
from schema.connection import Connection
from schema.tables.scan import image
from tests.rows import put
from tests.visits import STARS, put_standards, put_visit, stars
from tests.world import STRIP


def rows(conn: Connection, query: str) -> list[tuple[Any, ...]]:
    return conn.execute(query.encode()).fetchall()


def by_scan(conn: Connection, column: str, band: str = "j") -> list[Any]:
    query = f"SELECT {column} FROM deepcal.scan_photometry WHERE band = '{band}' ORDER BY scan_key"  # noqa: S608
    return [value for (value,) in rows(conn, query)]


def test_a_wrong_zero_point_is_that_of_its_scan_and_band_alone(conn: Connection) -> None:
    put_visit(conn, stars(), error={2: {"h": 0.3}})
    ingest.score(conn)
    assert by_scan(conn, "dmag", "h") == pytest.approx([0, 0, 0.3, 0, 0, 0], abs=0.005)
    assert by_scan(conn, "dmag", "j") == pytest.approx([0] * 6, abs=0.005)
    found = rows(
        conn, "SELECT quality, worst, quality_j, quality_h, quality_k FROM deepcal.scan_score ORDER BY scan_key"
    )
    assert found[2] == (0, "photometric", 10, 0, 10)
    assert {row[0] for number, row in enumerate(found) if number != 2} == {10}


def test_the_zero_point_of_a_visit_comes_from_its_standards_at_airmass_1(conn: Connection) -> None:
    sky = stars()
    put_standards(conn, sky)
    put_visit(conn, sky, airmass=1.5, dim=0.2)
    ingest.score(conn)
    ((c1, error, published, scans),) = rows(
        conn, "SELECT c1, c1_err, published, n_scans FROM deepcal.visit_photometry WHERE band = 'j'"
    )
    assert c1 == pytest.approx(-0.1 - 0.2 + 0.096 * 0.5, abs=0.005)
    assert published == pytest.approx(-0.1 + 0.096 * 0.5, abs=1e-6)
    assert (0.003 < error < 0.01, scans) == (True, 6)


def test_the_published_zero_point_is_compared_and_never_applied(conn: Connection) -> None:
    sky = stars()
    put_standards(conn, sky)
    put_visit(conn, sky, error={number: {"k": 0.08} for number in range(6)})
    ingest.score(conn)
    ((c1, published),) = rows(conn, "SELECT c1, published FROM deepcal.visit_photometry WHERE band = 'k'")
    assert (c1, published) == (pytest.approx(-0.1, abs=0.005), pytest.approx(-0.02, abs=1e-6))
    ((difference,),) = rows(conn, "SELECT published_diff FROM deepcal.night_zeropoint WHERE band = 'k'")
    assert difference == pytest.approx(-0.08, abs=0.005)


def test_a_night_is_a_line_in_h_and_ks_that_a_cloudy_visit_does_not_bend(conn: Connection) -> None:
    sky = stars()
    put_standards(conn, sky)
    for number in range(6):  # 0.01 mag an hour, and a cloud at the fourth visit
        put_visit(conn, sky, 1 + 20 * number, hour=4.0 + number, dim=0.01 * number + 0.3 * (number == 3))
    ingest.score(conn)
    found = rows(conn, "SELECT band, method, n_visits, n_used, slope FROM deepcal.night_zeropoint")
    nights = {band: rest for band, *rest in found}
    assert nights["h"] == ["line", 6, 5, pytest.approx(-0.01, abs=0.001)]
    assert nights["j"] == ["visits", 6, 5, None]
    departures = [
        value for (value,) in rows(conn, "SELECT night FROM deepcal.visit_photometry WHERE band = 'h' ORDER BY visit")
    ]
    assert departures == pytest.approx([0, 0, 0, 0.3, 0, 0], abs=0.01)
    worst = rows(
        conn, "SELECT min(quality), max(quality) FROM deepcal.scan_score GROUP BY scan_key / 20 ORDER BY scan_key / 20"
    )
    assert worst == [(10, 10)] * 3 + [(0, 0)] + [(10, 10)] * 2


def test_the_depth_of_a_visit_is_where_its_repeats_scatter_by_a_tenth(conn: Connection) -> None:
    put_visit(conn, stars(1000, faintest=17.0), at_ten=15.0)
    ingest.score(conn)
    depths = [value for (value,) in rows(conn, "SELECT m10 FROM deepcal.visit_photometry ORDER BY band")]
    assert depths == pytest.approx([15.0] * 3, abs=0.12)


@pytest.mark.parametrize("spoiled", [0, 4])
def test_a_scan_whose_stars_jump_is_found_even_where_the_others_are_compared_with_it(
    conn: Connection, spoiled: int
) -> None:
    put_visit(conn, stars(), shift={spoiled: 4.0})
    ingest.score(conn)
    expected = [1.0] * 6
    expected[spoiled] = 0.5
    assert by_scan(conn, "found") == pytest.approx(expected, abs=0.06)
    worst = [value for (value,) in rows(conn, "SELECT worst FROM deepcal.scan_score ORDER BY scan_key")]
    assert [number for number, name in enumerate(worst) if name == "position"] == [spoiled]


def test_seeing_that_is_not_followed_shows_in_profile_against_aperture_magnitudes(conn: Connection) -> None:
    put_visit(conn, stars(), profile={1: 0.2})
    ingest.score(conn)
    assert by_scan(conn, "profile_zone")[1] == pytest.approx(0.2, abs=0.01)
    assert rows(conn, "SELECT scan_key FROM deepcal.scan_score WHERE worst = 'untracked'") == [(2,)]


def test_airglow_in_h_leaves_j_and_ks_good(conn: Connection) -> None:
    values = {"h_psp": 5.25, "h_shape_avg": 1.02, "h_pts_noise": 0.1}
    put_visit(conn, stars(), **values)
    ingest.score(conn)
    found = rows(conn, "SELECT DISTINCT quality, quality_j, quality_h, quality_k FROM deepcal.scan_quality")
    assert found == [(1, 10, 1, 10)]


def test_frames_on_the_same_part_of_a_pixel_halve_the_base(conn: Connection) -> None:
    put_visit(conn, stars(20))
    steps = {1: (-0.46, -82.80), 2: (-0.398, -82.405)}  # as before, and as after June 1997
    for key, (dx, dy) in steps.items():
        strips = [
            STRIP | {"scan_key": key, "band": band, "usy": 0, "form": "strip", "path": f"{key}{band}"} for band in "jhk"
        ]
        put(
            conn,
            image,
            [strip | {"x0": 0, "x1": 9, "y0": 0, "y1": 9, "magzp": 20.5, "dxfs": dx, "dyfs": dy} for strip in strips],
        )
    ingest.score(conn)
    assert rows(conn, "SELECT base FROM deepcal.scan_score ORDER BY scan_key LIMIT 3") == [(5,), (10,), (10,)]


def test_what_was_measured_is_not_measured_again(conn: Connection) -> None:
    put_visit(conn, stars())
    first = ingest.score(conn)
    before = rows(conn, "SELECT ctid, * FROM deepcal.scan_photometry")
    again = ingest.score(conn)
    assert (first.measured.scans, again.measured.scans, again.changed) == (6, 0, 0)
    assert rows(conn, "SELECT ctid, * FROM deepcal.scan_photometry") == before


def test_a_visit_is_measured_again_when_its_file_or_its_standards_change(conn: Connection) -> None:
    sky = stars()
    put_visit(conn, sky)
    put_visit(conn, sky, 21, hour=8.0)
    ingest.score(conn)
    conn.execute("UPDATE deepcal.detection SET file_id = 7 WHERE scan_key = 3")
    assert ingest.score(conn).measured.scans == 6
    put_standards(conn, sky)
    assert ingest.score(conn).measured.scans == 12
    assert ingest.score(conn).measured.scans == 0


def test_extractions_that_are_gone_take_their_photometry_with_them(conn: Connection) -> None:
    put_visit(conn, stars())
    ingest.score(conn)
    conn.execute("DELETE FROM deepcal.detection")
    ingest.score(conn)
    for name in ("scan_photometry", "visit_photometry", "night_zeropoint"):
        assert rows(conn, f"SELECT * FROM deepcal.{name}") == []  # noqa: S608


def test_new_rules_leave_the_scores_of_the_old_ones(conn: Connection) -> None:
    put_visit(conn, stars(), error={2: {"h": 0.3}})
    ingest.score(conn, rules=1)
    old = rows(conn, "SELECT * FROM deepcal.scan_score WHERE rules = 1 ORDER BY scan_key")
    ingest.score(conn)
    assert rows(conn, "SELECT * FROM deepcal.scan_score WHERE rules = 1 ORDER BY scan_key") == old
    assert rows(conn, "SELECT quality FROM deepcal.scan_quality WHERE scan_key = 3") == [(0,)]


def test_what_was_missing_is_named(conn: Connection) -> None:
    put_visit(conn, stars(20))
    ingest.score(conn)
    ((missing,),) = rows(conn, "SELECT missing FROM deepcal.scan_score WHERE scan_key = 1")
    assert {"other visits of the night", "seeing", "background noise", "frame steps"} <= set(missing)
    assert "extractions" not in missing


def test_stars_of_one_scan_only_compare_nothing(conn: Connection) -> None:
    put_visit(conn, stars())
    conn.execute("DELETE FROM deepcal.detection WHERE scan_key <> 1")
    ingest.score(conn)
    assert rows(conn, "SELECT n_scans, scatter FROM deepcal.visit_photometry WHERE band = 'j'") == [(1, None)]
    assert rows(conn, "SELECT quality FROM deepcal.scan_score WHERE scan_key = 1") == [(10,)]


def test_two_visits_of_a_night_are_two(conn: Connection) -> None:
    sky = stars(STARS // 4)
    put_visit(conn, sky)
    put_visit(conn, sky, 7, hour=8.0)  # the next scan numbers, three hours later
    ingest.score(conn)
    assert rows(conn, "SELECT visit, n_scans FROM deepcal.visit_photometry WHERE band = 'j' ORDER BY visit") == [
        (1, 6),
        (7, 6),
    ]


def test_scatter_beyond_the_limit_lowers_a_visit_as_the_rules_say(conn: Connection) -> None:
    wrong = dict(enumerate(np.array((-0.04, 0.04, -0.04, 0.04, -0.04, 0.04)).tolist()))
    put_visit(conn, stars(), error={number: dict.fromkeys("jhk", value) for number, value in wrong.items()})
    ingest.score(conn)
    ((scatter, part),) = rows(
        conn,
        "SELECT DISTINCT dispersion, p_dispersion FROM deepcal.scan_band_score WHERE band = 'h'",
    )
    assert scatter == pytest.approx(1.4826 * 0.04, abs=0.006)
    assert part == pytest.approx(2 - scatter / 0.04, abs=1e-5)
