"""Real stars five degrees from the pole: the PSC and Gaia DR2 around NGC 188."""

from pathlib import Path

import pytest

from crossmatch import Names, Positions, TableMatch, match_tables
from crossmatch.upload import upload
from schema.connection import Connection
from schema.errors import BadArgument

GAIA, PSC = "upload_ngc188_gaia_dr2", "upload_ngc188_psc_vizier"


@pytest.fixture(autouse=True)
def ngc188(conn: Connection, realdata: Path) -> None:
    assert upload(conn, realdata / "psc" / "ngc188_gaia_dr2.fits") == 4977
    assert upload(conn, realdata / "psc" / "ngc188_psc_vizier.fits") == 5014


def run(conn: Connection, radius: float, mode: str, *, moving: bool = False, gaia: str | None = None) -> TableMatch:
    sides = Positions.find(conn, GAIA, Names(epoch=gaia)), Positions.find(conn, PSC, Names(epoch="1999.8"))
    return match_tables(conn, *sides, radius, mode="all" if mode == "all" else "best", into="found", moving=moving)


@pytest.mark.parametrize(("radius", "stars"), [(1.0, 4334), (2.0, 4403), (3.0, 4430)])
def test_as_many_gaia_stars_as_counted_have_a_psc_star_near(conn: Connection, radius: float, stars: int) -> None:
    assert run(conn, radius, "best").rows == stars


def test_as_many_stars_as_counted_are_each_others_nearest(conn: Connection) -> None:
    run(conn, 1.5, "all")
    mutual = conn.execute("SELECT count(*) FROM found WHERE rank_left = 1 AND rank_right = 1").fetchone()
    assert mutual == (4337,)


def test_gaia_stars_moved_to_the_epoch_of_the_psc_lie_nearer(conn: Connection) -> None:
    """The nearest star of 90 % lies nearer once fifteen years of proper motion are taken back."""
    far = "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY separation) FROM found"
    run(conn, 1.0, "best")
    resting = conn.execute(far).fetchall()[0][0]
    conn.execute("DROP TABLE found")
    assert run(conn, 1.0, "best", moving=True, gaia="2015.5").rows > 4334
    assert conn.execute(far).fetchall()[0][0] < 0.9 * resting


def test_a_side_without_an_epoch_is_asked_for_it(conn: Connection) -> None:
    with pytest.raises(BadArgument, match="no column of an epoch"):
        run(conn, 1.0, "best", moving=True)
