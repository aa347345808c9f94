"""The cookbook: every query runs, answers what it asks, and reads positions through the sky index."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepcal.door import query
from deepcal.recipes import recipes
from deepcal.report.cookbook import plot_query
from schema.connection import Connection, connect
from schema.errors import BadArgument, NotReady
from schema.grid import SinWcs
from schema.tables.scan import detection, image
from schema.tables.source import merged_link, merged_source
from schema.tables.twomass import psc
from tests.rows import put
from tests.world import CENTRE, GRID, RUN, SOURCES, STRIP, TILE, make_world

RECTANGLE = {"form": "atlas", "naxis1": 512, "naxis2": 1024, "x0": 2, "x1": 510, "y0": 0, "y1": 1024, "magzp": 20.5}
VALUES: dict[str, Any] = {
    "ra": CENTRE[0],
    "dec": CENTRE[1],
    "radius": 60.0,
    "tile": TILE,
    "band": "j",
    "magnitude": 16.0,
    "snr": 20.0,
    "name": "DC 20",
    "scan_key": 3,
    "index": 1.0,
    "sigmas": 5.0,
    "bright": 9.0,
    "faint": 18.0,
}
ONE_FIELD = {"best_scans", "depth_map", "stack_scans"}


@pytest.fixture(scope="module")
def world(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Connection]:
    """A connection to a small world that no test changes."""
    with fresh_database() as dsn, connect(dsn) as conn:
        make_world(conn)
        make_epochs(conn)
        conn.commit()
        conn.autocommit = True
        yield conn


def make_epochs(conn: Connection) -> None:
    """A variable and moving star seen twice, and a star of the PSC that the stack does not have."""
    ra, dec = (float(angle) for angle in GRID.sky(100, 1000))
    put(conn, psc, [{"pts_key": 999, "ra": ra, "decl": dec, "j_m": 11.0, "cc_flg": "000"}])
    conn.execute("SELECT add_tile_partition(%s)", (TILE,))
    star = {"tile": TILE, "gcntr": 1, "name": "DC 20", "napp": 2, "opportunities": 12, "ra": ra, "dec": dec}
    star |= {"var_index": 2.0, "pmra": 300.0, "pmdec": -400.0, "pm_err": 10.0, "k_m": 13.0, "j_n": 2, "j_chi2": 8.0}
    put(conn, merged_source, [star])
    put(conn, merged_link, [{"tile": TILE, "gcntr": 1, "cntr": k, "separation": 0.1} for k in (1, 2)])
    seen = {"tile": TILE, "ra": ra, "decl": dec, "k_m": 13.0, "k_msigcom": 0.02}
    put(conn, detection, [seen | {"cntr": k, "scan_key": k, "jdate": 2451000.5 + k} for k in (1, 2)])


def ask(conn: Connection, name: str, **values: Any) -> pd.DataFrame:
    needed = {value: VALUES[value] for value in recipes()[name].values}
    return query(name, conn, **needed | values)


@pytest.mark.parametrize("name", recipes())
def test_every_query_of_the_cookbook_finds_something(world: Connection, name: str) -> None:
    assert len(ask(world, name)) > 0


@pytest.mark.parametrize("name", recipes())
def test_every_query_says_first_what_it_answers_and_then_which_values_it_needs(name: str) -> None:
    asked = recipes()[name]
    assert asked.question.endswith("?")
    assert [value for value in asked.values if value not in asked.explained] == []


@pytest.mark.parametrize(
    "name", [name for name, asked in recipes().items() if "tile" in asked.values and name not in ONE_FIELD]
)
def test_a_query_without_a_tile_answers_for_all_fields(world: Connection, name: str) -> None:
    pd.testing.assert_frame_equal(ask(world, name), ask(world, name, tile=None))


def test_a_cone_lists_the_nearest_source_first(world: Connection) -> None:
    found = ask(world, "cone", radius=200.0)
    assert found["separation"].is_monotonic_increasing
    assert found["separation"].max() < 200
    assert len(found) == 4


@pytest.mark.parametrize("radius", [-5.0, 0.0])
def test_a_cone_of_no_size_is_empty(world: Connection, radius: float) -> None:
    assert len(ask(world, "cone", radius=radius)) == 0


def test_scans_at_a_position_are_those_whose_images_cover_it(world: Connection) -> None:
    ra, dec = (float(angle) for angle in GRID.sky(17, 1800))  # images of scan k begin at 5 k
    assert sorted(set(ask(world, "scans_at", ra=ra, dec=dec)["scan_key"])) == [1, 2, 3]


def test_an_image_covers_what_its_projection_puts_into_its_valid_rectangle(world: Connection) -> None:
    wcs = SinWcs((30.0, 84.9), (256.5, 512.5), crota2=33.0)
    header = {"crval1": 30.0, "crval2": 84.9, "crpix1": 256.5, "crpix2": 512.5, "crota2": 33.0}
    rng = np.random.default_rng(1)
    x, y = rng.uniform(-100, 612, 300), rng.uniform(-100, 1124, 300)
    ra, dec = wcs.sky(x, y)
    with world.transaction(force_rollback=True):
        put(world, image, [STRIP | header | {"scan_key": 1, "band": "j", "usy": 1, **RECTANGLE}])
        question = """SELECT deepcal.covers(i, p.ra, p.dec) FROM deepcal.image AS i,
                             unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (ra, dec, place)
                       WHERE i.usy = 1 ORDER BY place"""
        covered = [found for (found,) in world.execute(question, ([*ra, 210.0], [*dec, -84.9]))]
    inside = (x >= 1.5) & (x <= 509.5) & (y >= -0.5) & (y <= 1023.5)
    assert covered == [*inside, False]


def test_a_source_leads_to_the_scans_used_under_it_and_back(world: Connection) -> None:
    scans = set(ask(world, "scans_under")["scan_key"])
    assert scans == set(range(1, 12))
    assert {("DC 20" in set(ask(world, "sources_above", scan_key=scan)["name"])) for scan in scans} == {True}
    assert len(ask(world, "sources_above", scan_key=12)) == 0


def test_sources_without_psc_are_every_second_one(world: Connection) -> None:
    found = ask(world, "sources_without_psc", magnitude=99.0)
    assert list(found["id"]) == list(range(2, SOURCES + 1, 2))


def test_the_reasons_add_up_to_the_scans(world: Connection) -> None:
    found = ask(world, "reasons")
    assert found["n_scans"].sum() == 12 * 3
    assert list(found.loc[~found["used"], "reason"]) == ["noise 2.10 > 1.60"] * 3


def test_matches_per_field_count_and_measure(world: Connection) -> None:
    (row,) = ask(world, "matches_per_field").to_dict("records")
    assert (row["run"], row["n_sources"], row["n_psc"], row["n_xsc"]) == (RUN, SOURCES, SOURCES / 2, 1)
    assert row["psc_ddec"] == pytest.approx(0.2, abs=1e-4)


def test_counts_add_up_to_the_sources_of_every_band(world: Connection) -> None:
    found = ask(world, "counts").groupby("band")["n_sources"].sum()
    assert dict(found) == {"j": SOURCES, "h": SOURCES, "k": SOURCES}


def test_a_review_counts_before_the_score(world: Connection) -> None:
    scores = ask(world, "scores").set_index("scan_key")
    assert scores.loc[1, "quality"] == 9.5
    assert scores.loc[1, "reviewer"] == "me"
    assert scores.loc[4, "quality"] == 2.0


def test_a_star_of_the_psc_without_a_source_is_missed(world: Connection) -> None:
    found = ask(world, "psc_missing", magnitude=99.0)
    assert list(found["pts_key"]) == [999]
    assert len(ask(world, "psc_missing", magnitude=10.9)) == 0


def test_stack_and_psc_agree_where_they_are_the_same(world: Connection) -> None:
    found = ask(world, "psc_difference", band="j")
    assert found["n"].sum() == SOURCES / 2
    assert found["median_difference"].to_list() == pytest.approx([0.0] * len(found), abs=1e-5)


def test_the_depth_map_follows_the_scans(world: Connection) -> None:
    world.execute("UPDATE stack SET m5_aper_100 = 18")
    found = ask(world, "depth_map")
    edge = found[found["x"] == 30.0]
    assert set(edge["n_scans"]) <= {5, 6}  # images of scan k begin at column 5 k: the sixth at the place itself
    np.testing.assert_allclose(edge["m5_aper"], 18 + 1.25 * np.log10(edge["n_scans"].astype(float) / 11), atol=1e-6)
    assert found["m5_aper"].max() == pytest.approx(18)
    x, y = GRID.pixel(found["ra"], found["dec"])
    np.testing.assert_allclose(x, found["x"] - 0.5, atol=3)
    np.testing.assert_allclose(y, found["y"] - 0.5, atol=3)


def test_the_best_scans_come_first(world: Connection) -> None:
    assert list(ask(world, "best_scans")["scan_key"])[:3] == [1, 12, 11]  # a person gave the first one 9.5


def test_a_power_law_is_found_again(world: Connection) -> None:
    found = ask(world, "count_slopes", bright=10.0, faint=18.0).set_index(["band", "kind"])
    assert found.loc[("j", "point"), "n"] + found.loc[("j", "extended"), "n"] == SOURCES - 1  # one has 18.0
    assert found.loc[("j", "point"), "b"] == pytest.approx(0, abs=0.02)  # as many in every bin


def test_counts_of_stack_and_psc_are_per_square_degree(world: Connection) -> None:
    found = ask(world, "counts_compared")
    area = 540 * 3600 / 3600**2
    assert found["stack"].sum() * area == pytest.approx(SOURCES)
    assert found["psc"].sum() * area == pytest.approx(SOURCES / 2 + 1)


def test_moving_and_varying_stars_are_told_by_their_limits(world: Connection) -> None:
    assert list(ask(world, "proper_motions")["motion"]) == pytest.approx([500.0])
    assert len(ask(world, "proper_motions", sigmas=51.0)) == 0
    assert list(ask(world, "variables")["j_rchi2"]) == pytest.approx([8.0])
    assert len(ask(world, "variables", index=2.1)) == 0


@pytest.mark.parametrize("name", ["colours", "counts_compared"])
def test_colours_and_counts_can_be_drawn(world: Connection, tmp_path: Path, name: str) -> None:
    assert plot_query(name, ask(world, name), VALUES, tmp_path / "answer.png").stat().st_size > 10_000


def test_a_query_without_a_picture_says_which_have_one(world: Connection, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="colour_magnitude, colours, counts_compared"):
        plot_query("fields", ask(world, "fields"), {}, tmp_path / "answer.png")


def test_an_answer_of_no_rows_is_not_drawn(world: Connection, tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="colours"):
        plot_query("colours", ask(world, "colours", snr=1e9), VALUES, tmp_path / "answer.png")
