"""Real stars five degrees from the pole: the PSC and Gaia DR2 around NGC 188."""

from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from crossmatch import Pair, Positions, find_pairs
from schema.connection import Connection
from tests.sky import Array, load

GAIA, PSC = Positions(("gaia",), "number"), Positions(("psc_stars",), "number")


@pytest.fixture(autouse=True)
def ngc188(conn: Connection, realdata: Path) -> None:
    load(conn, GAIA, read(realdata / "psc" / "ngc188_gaia_dr2.fits", "ra", "dec"))
    load(conn, PSC, read(realdata / "psc" / "ngc188_psc_vizier.fits", "RAJ2000", "DEJ2000"))


def read(path: Path, *columns: str) -> Array:
    rows = Table.read(path)
    return np.column_stack([np.asarray(rows[column], float) for column in columns])


@pytest.mark.parametrize(("radius", "stars"), [(1.0, 4334), (2.0, 4403), (3.0, 4430)])
def test_as_many_gaia_stars_as_counted_have_a_psc_star_near(conn: Connection, radius: float, stars: int) -> None:
    assert len({pair.left for pair in find_pairs(conn, GAIA, PSC, radius)}) == stars


def test_as_many_stars_as_counted_are_each_others_nearest(conn: Connection) -> None:
    assert sum(is_best(pair) for pair in find_pairs(conn, GAIA, PSC, 1.5)) == 4337


def is_best(pair: Pair) -> bool:
    return pair.rank_left == pair.rank_right == 1
