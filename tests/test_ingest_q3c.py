"""The client's q3c cells are the server's."""

import numpy as np
import pytest

from ingest.q3c import ang2ipix
from schema.connection import Connection


def server_cells(conn: Connection, ra: list[float], dec: list[float]) -> list[int]:
    query = (
        b"SELECT array_agg(q3c_ang2ipix(ra, dec) ORDER BY n) FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY"
    )
    row = conn.execute(query + b" AS p(ra, dec, n)", (ra, dec)).fetchone()
    assert row is not None
    return list(row[0])


def test_random_positions_have_the_server_s_cells(conn: Connection) -> None:
    rng = np.random.default_rng(1)
    ra = rng.uniform(0, 360, 20_000)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, 20_000)))
    assert ang2ipix(ra, dec).tolist() == server_cells(conn, ra.tolist(), dec.tolist())


@pytest.mark.parametrize("dec", [-90.0, -89.9999999, 89.9999999, 90.0])
def test_the_poles_have_the_server_s_cells(conn: Connection, dec: float) -> None:
    ra = np.linspace(0, 359.9, 73)
    assert ang2ipix(ra, np.full(73, dec)).tolist() == server_cells(conn, ra.tolist(), [dec] * 73)


@pytest.mark.parametrize("offset", [-1e-9, 0.0, 1e-9])
def test_the_seams_of_the_cube_have_the_server_s_cells(conn: Connection, offset: float) -> None:
    edges = np.array([0.0, 45.0, 135.0, 225.0, 315.0])
    ra = np.repeat((edges + offset) % 360, 5)
    dec = np.tile([-45.0 + offset, -35.26438968275465, 0.0, 35.26438968275465, 45.0 + offset], 5)
    assert ang2ipix(ra, dec).tolist() == server_cells(conn, ra.tolist(), dec.tolist())


def test_cells_of_face_corners_are_within_the_sky(conn: Connection) -> None:
    ra, dec = np.meshgrid(np.arange(0, 360, 45.0), np.arange(-90, 91, 15.0))
    cells = ang2ipix(ra.ravel(), dec.ravel())
    assert cells.min() >= 0
    assert cells.max() < 6 << 60
    assert cells.tolist() == server_cells(conn, ra.ravel().tolist(), dec.ravel().tolist())
