"""Poor input: each stack gives the best list it can."""

from pathlib import Path

import numpy as np

from combine import extract_field
from schema.connection import Connection
from tests.skies import SCANS, TILE, direction, joined, open_field, product, sky, store_run

STARS = open_field(40, 200.0, 23)


def test_a_sky_without_sources_gives_an_empty_list(conn: Connection, tmp_path: Path) -> None:
    store_run(conn, tmp_path, {"j": sky([], [], [], seed=31)})
    result = extract_field(conn, TILE, home=tmp_path, injections=True)
    assert result.sources <= 1  # one of many noise peaks may pass
    assert result.calibration["j"]["n"]["reference"] == "image"
    assert conn.execute("SELECT state FROM deepcal.stack_run").fetchone() == ("extracted",)


def test_half_of_the_area_blank_leaves_the_other_half(conn: Connection, tmp_path: Path) -> None:
    x, y, flux = STARS
    parts = [direction(name, x, y, flux, 40 + i) for i, name in enumerate("NS")]
    for part in parts:
        part.image[:, 160:], part.var[:, 160:] = np.nan, np.nan
    store_run(conn, tmp_path, {"j": joined(*(product(part.image, part.var, SCANS) for part in parts))})
    result = extract_field(conn, TILE, home=tmp_path)
    inside = int((x < 157).sum())
    assert inside - 1 <= result.confirmed <= int((x < 162).sum()) + 1
    found = conn.execute("SELECT max(x) FROM deepcal.source").fetchone()
    assert found is not None
    assert found[0] < 163


def test_a_direction_that_covers_half_confirms_half(conn: Connection, tmp_path: Path) -> None:
    x, y, flux = STARS
    north, south = (direction(name, x, y, flux, 50 + i) for i, name in enumerate("NS"))
    both = joined(north, south)
    south.image[:, 160:], south.var[:, 160:] = np.nan, np.nan
    both["NS"].image[:, 160:], both["NS"].var[:, 160:] = north.image[:, 160:], north.var[:, 160:]
    store_run(conn, tmp_path, {"j": both | {"S": south}})
    result = extract_field(conn, TILE, home=tmp_path, confirm="none")
    assert int((x < 156).sum()) - 2 <= result.confirmed <= int((x < 163).sum()) + 1
    assert result.sources >= 38
