"""Pairs: none missing and none too many, wherever on the sky."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

from crossmatch import Positions, find_pairs
from schema.connection import Connection
from schema.errors import BadArgument
from tests.sky import Array, hard_places, load, scattered, separations

Sky = tuple[Array, Array]
LEFT = Positions(("left_sky",), "key")
RIGHT = Positions(("right sky",), "number", "alpha", "delta")


@pytest.fixture
def sky(conn: Connection) -> Sky:
    rng = np.random.default_rng(7)
    places = hard_places(rng)
    left, right = scattered(rng, places, 6, 3.0), scattered(rng, places, 7, 3.0)
    for table, positions in ((LEFT, left), (RIGHT, right)):
        load(conn, table, positions)
    return left, right


@pytest.mark.parametrize("radius", [0.5, 2.0, 30.0])
def test_the_pairs_are_those_of_brute_force_everywhere(
    conn: Connection, sky: tuple[Array, Array], radius: float
) -> None:
    distance = separations(*sky)
    expected = set(zip(*np.nonzero(distance < radius), strict=True))
    pairs = find_pairs(conn, LEFT, RIGHT, radius)
    assert len(pairs) == len(expected)
    assert {(pair.left, pair.right) for pair in pairs} == expected
    assert max(abs(pair.separation - distance[pair.left, pair.right]) for pair in pairs) < 1e-8


def test_the_pairs_are_the_same_without_the_sky_index(conn: Connection, sky: Sky) -> None:
    with_index = find_pairs(conn, LEFT, RIGHT, 2.0)
    conn.execute("SET LOCAL enable_bitmapscan = off")
    conn.execute("SET LOCAL enable_indexscan = off")
    assert find_pairs(conn, LEFT, RIGHT, 2.0) == with_index


def test_ranks_count_from_the_nearest_on_both_sides(conn: Connection, sky: Sky) -> None:
    distance = separations(*sky)
    for pair in find_pairs(conn, LEFT, RIGHT, 2.0):
        assert pair.rank_left in possible_ranks(distance[pair.left], pair.separation)
        assert pair.rank_right in possible_ranks(distance[:, pair.right], pair.separation)


def possible_ranks(distances: Array, distance: float) -> range:
    nearer, as_near = np.sum(distances < distance - 1e-8), np.sum(np.abs(distances - distance) <= 1e-8)
    return range(nearer + 1, nearer + as_near + 1)


def test_position_angles_are_those_of_astropy(conn: Connection, sky: Sky) -> None:
    left, right = sky
    pairs = [pair for pair in find_pairs(conn, LEFT, RIGHT, 2.0) if pair.separation > 0]
    a = SkyCoord(left[[pair.left for pair in pairs]] * u.deg)
    b = SkyCoord(right[[pair.right for pair in pairs]] * u.deg)
    difference = a.position_angle(b).deg - [pair.pa for pair in pairs]
    assert np.abs((difference + 180) % 360 - 180).max() < 1e-5


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan"), 40 * 3600.0])
def test_a_radius_that_makes_no_sense_is_refused(conn: Connection, radius: float) -> None:
    with pytest.raises(BadArgument, match="expected more than 0 and at most 3600"):
        find_pairs(conn, LEFT, RIGHT, radius)
