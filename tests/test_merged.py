"""Stars seen in many scans: nothing mixed, nothing lost, and the means are right."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from combine.stack.geometry import Frame, Offset
from crossmatch.merged import merge, tiles
from schema.connection import Connection
from schema.errors import NotReady
from tests.epochs import GRID, TILE, Epochs, observe, scattered, store, store_run

STARS, SCANS = 40, 30


def links(conn: Connection) -> dict[int, tuple[int, bool]]:
    """Return the star every linked extraction went to, and whether that is ambiguous; seeds are named `star N`."""
    asked = """SELECT l.cntr, substr(g.name, 6)::integer, l.ambiguous
                 FROM merged_link AS l JOIN merged_source AS g USING (tile, gcntr)"""
    return {cntr: (star, ambiguous) for cntr, star, ambiguous in conn.execute(asked)}


def column(conn: Connection, expression: str) -> list[Any]:
    return [value for (value,) in conn.execute(f"SELECT {expression} FROM merged_source ORDER BY gcntr".encode())]  # noqa: S608


def test_every_extraction_goes_to_its_star(conn: Connection) -> None:
    epochs = scattered(STARS, SCANS)
    rows = observe(epochs)
    store(conn, epochs, rows)
    store_run(conn, epochs)
    result = merge(conn, TILE)
    assert links(conn) == {row["cntr"]: (row["cntr"] % 1000, False) for row in rows}
    assert (result.groups, result.links, result.ambiguous, result.scans) == (STARS, STARS * SCANS, 0, SCANS)
    assert column(conn, "gcntr") == [1000 + i for i in range(STARS)]
    assert set(column(conn, "(napp, opportunities, j_n, n_ambiguous)::text")) == {f"({SCANS},{SCANS},{SCANS},0)"}


def test_offsets_are_those_of_the_run(conn: Connection) -> None:
    epochs = scattered(STARS, SCANS)
    rng = np.random.default_rng(2)
    models = {k: (rng.normal(0, 0.2, 20), rng.normal(0, 0.2, 20)) for k in range(SCANS)}
    frame = Frame.of(GRID)
    rows = observe(epochs, error=0.01, offset=lambda k, x, y: Offset(*models[k]).at(frame, x, y))
    store(conn, epochs, rows)
    store_run(conn, epochs, models)
    merge(conn, TILE)
    assert links(conn) == {row["cntr"]: (row["cntr"] % 1000, False) for row in rows}
    ra, dec = GRID.sky(epochs.x, epochs.y)
    np.testing.assert_allclose(column(conn, "dec"), dec, atol=0.005 / 3600)
    np.testing.assert_allclose(column(conn, "ra"), ra, atol=0.01 / 3600)
    assert max(column(conn, "pos_sd")) < 0.02


def test_a_scan_the_run_does_not_know_is_shifted_to_its_sources(conn: Connection) -> None:
    epochs = scattered(STARS, SCANS)
    rows = observe(epochs, offset=lambda k, x, y: (-0.4, 0.66) if k % 2 else (0.3, -0.5))
    store(conn, epochs, rows)
    store_run(conn, epochs)
    merge(conn, TILE)
    assert len(links(conn)) == len(rows)
    assert max(column(conn, "pos_sd")) < 0.17


def pair(separation: float, difference: float, scans: int = SCANS) -> Epochs:
    """Return a field whose first two stars lie close together, the second fainter by `difference`."""
    epochs = scattered(STARS, scans)
    x, y, mag = epochs.x.copy(), epochs.y.copy(), epochs.mag.copy()
    x[1], y[1], mag[1] = x[0] + separation * 0.6, y[0] + separation * 0.8, mag[0] + difference
    return replace(epochs, x=x, y=y, mag=mag)


@pytest.mark.parametrize("separation", [1.2, 2.0, 3.0])
def test_close_pairs_are_not_mixed(conn: Connection, separation: float) -> None:
    epochs = pair(separation, 0.7)
    rows = observe(epochs)
    store(conn, epochs, rows)
    store_run(conn, epochs)
    merge(conn, TILE)
    found = links(conn)
    wrong = [cntr for cntr, (star, ambiguous) in found.items() if star != cntr % 1000 and not ambiguous]
    assert (len(found), wrong) == (len(rows), [])
    clear = [cntr for cntr, (star, ambiguous) in found.items() if star < 2 and not ambiguous]
    assert len(clear) > 0.8 * 2 * SCANS


def test_the_light_of_two_stars_is_ambiguous_and_spoils_no_mean(conn: Connection) -> None:
    epochs = pair(2.0, 1.0)
    rows = []
    for row in observe(epochs):
        star, number = row["cntr"] % 1000, row["scan_key"]
        if number <= 10 and star == 1:
            continue  # these scans see one blend, brighter and nearer to the brighter star
        if number <= 10 and star == 0:
            row["j_m"], row["h_m"], row["k_m"] = (row[f"{b}_m"] - 0.36 for b in "jhk")
        rows.append(row)
    store(conn, epochs, rows)
    store_run(conn, epochs)
    merge(conn, TILE)
    found = links(conn)
    assert {cntr for cntr, (_, ambiguous) in found.items() if ambiguous} >= {1000 * (k + 1) for k in range(10)}
    assert column(conn, "n_ambiguous")[0] >= 10
    assert column(conn, "k_m")[0] == pytest.approx(epochs.mag[0, 2], abs=0.03)


def test_one_extraction_of_a_scan_is_kept_the_nearest(conn: Connection) -> None:
    epochs = scattered(STARS, SCANS)
    rows = observe(epochs, error=0.05)
    rows += [row | {"cntr": row["cntr"] + 500, "decl": row["decl"] + 1.2 / 3600} for row in rows[:10]]
    store(conn, epochs, rows)
    store_run(conn, epochs)
    assert merge(conn, TILE).links == STARS * SCANS
    assert all(cntr % 1000 < 500 for cntr in links(conn))


def test_means_scatter_and_chi_square(conn: Connection) -> None:
    epochs = scattered(STARS, 60)
    rows = observe(epochs, sigma=0.05)
    rows[7] |= {"j_msigcom": None}  # a limit
    rows[8] |= {"j_m": 5.0, "cc_flg": "p00"}  # the latent image of another star
    rows[9] |= {"j_m": 5.0, "j_msigcom": 9.999}
    store(conn, epochs, rows)
    store_run(conn, epochs)
    merge(conn, TILE)
    np.testing.assert_allclose(column(conn, "j_m"), epochs.mag[:, 0], atol=4 * 0.05 / np.sqrt(60))
    np.testing.assert_allclose(column(conn, "k_msig"), 0.05 / np.sqrt(60), rtol=1e-4)
    assert column(conn, "j_n")[:12] == [60] * 7 + [59] * 3 + [60] * 2
    assert np.mean(column(conn, "k_chi2 / (k_n - 1)")) == pytest.approx(1, abs=4 * np.sqrt(2 / 59 / STARS))
    assert np.mean(column(conn, "h_msd")) == pytest.approx(0.05, rel=0.05)
    values = np.array([[row["k_m"] for row in rows if row["cntr"] % 1000 == star] for star in range(STARS)])
    np.testing.assert_allclose(column(conn, "k_msd"), values.std(axis=1, ddof=1), rtol=1e-4)


def test_the_index_tells_variable_stars(conn: Connection) -> None:
    epochs = scattered(STARS, 60)
    rng = np.random.default_rng(4)
    changes = {jdate: np.where(np.arange(STARS) < 5, 0.1 * rng.standard_normal(), 0.0) for jdate in epochs.jdate}
    store(conn, epochs, observe(epochs, light=lambda jdate: changes[jdate]))
    store_run(conn, epochs)
    merge(conn, TILE)
    index = column(conn, "var_index")
    assert min(index[:5]) > 1.5
    assert np.abs(index[5:]).max() < 0.5


def test_moving_stars_are_measured(conn: Connection) -> None:
    epochs = scattered(STARS, 60)

    def moved(number: int, x: Any, y: Any) -> tuple[Any, Any]:
        years = (epochs.jdate[number] - epochs.jdate.mean()) / 365.25
        first = np.arange(STARS) == 0
        return np.where(first, 0.3 * years, 0.0), np.where(first, -0.2 * years, 0.0)

    store(conn, epochs, observe(epochs, offset=moved))
    store_run(conn, epochs)
    merge(conn, TILE)
    east, north, error = (np.array(column(conn, name)) for name in ("pmra", "pmdec", "pm_err"))
    assert (east[0], north[0]) == (pytest.approx(300, abs=5 * error[0]), pytest.approx(-200, abs=5 * error[0]))
    pulls = np.concatenate([east[1:], north[1:]]) / np.tile(error[1:], 2)
    assert pulls.std() == pytest.approx(1, abs=4 / np.sqrt(2 * 78))
    assert column(conn, "napp")[0] == 60


def test_opportunities_are_the_scans_that_cover_the_place(conn: Connection) -> None:
    epochs = scattered(STARS, SCANS)
    beyond = epochs.x > 300
    seen = [row for row in observe(epochs) if row["scan_key"] % 2 == 0 or not beyond[row["cntr"] % 1000]]
    faint = [row for row in seen if row["cntr"] % 1000 > 0 or row["scan_key"] < 7]
    store(conn, epochs, faint, reach=lambda number: 300 if number % 2 else 539)
    store_run(conn, epochs)
    merge(conn, TILE)
    by_star = dict(conn.execute("SELECT substr(name, 6)::integer, (napp, opportunities) FROM merged_source").fetchall())
    expected = {star: (SCANS / 2 if beyond[star] else SCANS) for star in range(STARS)}
    assert {star: int(both[1]) for star, both in by_star.items()} == expected
    assert int(by_star[0][0]) == (3 if beyond[0] else 6)


def test_without_a_stack_the_extractions_are_the_seeds(conn: Connection) -> None:
    epochs = pair(2.5, 0.5)
    rows = observe(epochs, offset=lambda k, x, y: (0.2 * (k % 3), -0.3 * (k % 2)))
    store(conn, epochs, rows)
    result = merge(conn, TILE)
    assert (result.run, result.groups, result.links) == (None, STARS, len(rows))
    mixed = conn.execute(
        "SELECT gcntr FROM merged_link WHERE NOT ambiguous GROUP BY gcntr HAVING count(DISTINCT cntr % 1000) > 1"
    ).fetchall()
    assert mixed == []
    assert column(conn, "name") == [None] * STARS


def test_a_second_merge_replaces_the_first_and_tells_it(conn: Connection) -> None:
    epochs = scattered(STARS, SCANS)
    store(conn, epochs, observe(epochs))
    merge(conn, TILE)
    before = conn.execute("SELECT * FROM merged_link ORDER BY cntr").fetchall()
    store_run(conn, epochs)
    result = merge(conn, TILE)
    assert [row[:3] for row in conn.execute("SELECT * FROM merged_link ORDER BY cntr")] == [row[:3] for row in before]
    told = conn.execute("SELECT run, links, groups, parameters -> 'merged_radius' FROM merged_run").fetchall()
    assert told == [(result.run, STARS * SCANS, STARS, [1.5])]
    assert tiles(conn) == [TILE]


def test_a_field_without_extractions_is_named(conn: Connection) -> None:
    with pytest.raises(NotReady, match="tile 90330: no calibration extractions"):
        merge(conn, 90330)
