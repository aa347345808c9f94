"""The tables of cells: a row stands in its own cell and in every other one within the margin, whoever filled them."""

from typing import LiteralString

import numpy as np
import pytest
from psycopg.sql import SQL

from ingest.cells import cells_around
from ingest.q3c import ang2ipix
from schema.cells import CELL_MARGIN
from schema.connection import Connection
from tests.sky import Array, hard_places, positions, scattered, vectors

Cells = set[tuple[int, int]]


@pytest.fixture(scope="module")
def places() -> Array:
    rng = np.random.default_rng(21)
    return scattered(rng, hard_places(rng), 40, 30.0)


def near(rng: np.random.Generator, places: Array, radius: float) -> Array:
    """Return one position at a radius in arcsec from each place, in a direction of its own."""
    away = np.cross(vectors(places), rng.normal(size=(len(places), 3)))
    away *= np.radians(radius / 3600) / np.linalg.norm(away, axis=1, keepdims=True)
    return positions(vectors(places) + away)


def missing(kept: Cells, places: Array) -> int:
    """Count positions within the margin of a place whose cell is not among those of the place."""
    rng, count = np.random.default_rng(22), 0
    for radius in (0.0, 0.5, 1.5, 2.5, *[CELL_MARGIN] * 40):
        found = near(rng, places, radius)
        cells = ang2ipix(found[:, 0], found[:, 1]) >> 34
        count += len(set(enumerate(cells.tolist())) - kept)
    return count


def of_client(places: Array) -> Cells:
    rows, cells = cells_around(places[:, 0], places[:, 1], CELL_MARGIN)
    assert len(set(zip(rows, cells, strict=True))) == len(rows)
    return set(zip(rows.tolist(), cells.tolist(), strict=True))


def of_server(conn: Connection, places: Array, function: LiteralString) -> Cells:
    query = SQL("""SELECT n - 1, cell FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (ra, dec, n)
                    CROSS JOIN LATERAL {} AS cell WHERE cell IS NOT NULL""").format(SQL(function))
    return set(conn.execute(query, (places[:, 0].tolist(), places[:, 1].tolist())).fetchall())


def test_the_client_misses_no_cell_within_the_margin_anywhere(places: Array) -> None:
    assert missing(of_client(places), places) == 0


def test_the_server_misses_no_cell_within_the_margin_anywhere(conn: Connection, places: Array) -> None:
    assert missing(of_server(conn, places, "deepcal.cells_kept(ra, dec)"), places) == 0


def test_few_cells_are_kept_without_need(places: Array) -> None:
    rng = np.random.default_rng(23)
    anywhere = positions(rng.normal(size=(20_000, 3)))
    assert 1.3 < len(of_client(anywhere)) / len(anywhere) < 1.4


def test_whatever_the_client_kept_is_found_when_a_file_is_removed(conn: Connection, places: Array) -> None:
    """The statements that remove rows look into the cells of a circle three times as wide."""
    wide = "unnest(deepcal.cells_near(ra, dec, 3 * deepcal.cell_margin() / 3600))"
    assert of_client(places) <= of_server(conn, places, wide)


def test_the_margin_is_the_same_on_both_sides(conn: Connection) -> None:
    assert conn.execute("SELECT deepcal.cell_margin()").fetchone() == (CELL_MARGIN,)
