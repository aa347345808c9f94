"""What is at a place, and which rule decided."""

from pathlib import Path

import pytest

from combine import extract_field
from combine.extract.why import why
from schema.connection import Connection
from schema.errors import NotReady
from tests.skies import GRID, TILE, direction, joined, open_field, store_run

STARS = open_field(30, 200.0, 24)


@pytest.fixture
def run(conn: Connection, tmp_path: Path) -> Path:
    """Extract a run with 30 stars and a latent image that only the north has; return the data folder."""
    x, y, flux = STARS
    north = direction("N", [*x, 158.2], [*y, 199.3], [*flux, 60.0], 1)
    store_run(conn, tmp_path, {"j": joined(north, direction("S", x, y, flux, 2))})
    extract_field(conn, TILE, home=tmp_path)
    return tmp_path


def test_a_star_is_in_the_list_and_a_latent_image_is_not(conn: Connection, run: Path) -> None:
    ra, dec = (float(v) for v in GRID.sky(STARS[0][3], STARS[1][3]))
    star = why(conn, ra, dec, home=run)
    assert star.verdict[0].startswith("in the list: DC J")
    assert star.verdict[1] == "J: confirmed by the default rule and by the published one"
    assert star.looks[0].rule == 3
    latent = why(conn, *(float(v) for v in GRID.sky(158.2, 199.3)), home=run)
    assert latent.verdict[:2] == ["not in the list", "detected, but no band confirms it"]
    assert "S " in latent.verdict[2]
    assert "sigma is below 2.5" in latent.verdict[2]


def test_a_place_off_all_fields_is_told(conn: Connection, run: Path) -> None:
    with pytest.raises(NotReady, match="no stacked field covers"):
        why(conn, 200.0, -60.0, home=run)
