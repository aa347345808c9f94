"""Coverage maps find their images, and those that cannot be used are refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import ingest
from schema.connection import Connection
from schema.grid import Grid
from schema.header import AtlasHeader
from tests.strips import NX, NY, STRIP, load, pixels, rows, strip_field, write


@pytest.fixture
def conn(conn: Connection) -> Connection:
    """A database with the field that the strips of these tests lie on."""
    return strip_field(conn)


FRAMES = replace(STRIP, bunit="frames")


def frames() -> NDArray[np.float32]:
    """Return a coverage map: six frames, five near the rim, none outside."""
    counts = np.full((NY, NX), 6, np.float32)
    counts[:40] = 5
    counts[:, :7] = 0
    return counts


def test_a_coverage_map_is_linked_to_its_image(conn: Connection, tmp_path: Path) -> None:
    assert load(conn, write(tmp_path / "cJ_strip_980321s106.fits", frames(), FRAMES)) is None
    assert load(conn, write(tmp_path / "aJ_strip_980321s106.fits")) is None
    query = (
        "SELECT c.path LIKE '%%cJ_strip%%', c.frames_median, c.frames_max, c.bare_fraction "
        "FROM deepcal.image AS i JOIN deepcal.image_coverage AS c USING (scan_key, band, usy)"
    )
    assert conn.execute(query).fetchall() == [(True, 6, 6, pytest.approx(7 / NX))]
    assert rows(conn, "band") == [("j",)]


COVERAGES: dict[str, tuple[NDArray[Any], AtlasHeader, str]] = {
    "negative": (frames() - 7, FRAMES, "a coverage map without any frame"),
    "partly negative": (frames() - 1, FRAMES, "pixels from -1 to 5 in a coverage map, expected 0 to 7 frames"),
    "a sky": (pixels(), FRAMES, "in a coverage map, expected 0 to 7 frames"),
    "empty": (np.zeros((NY, NX), np.float32), FRAMES, "a coverage map without any frame"),
    "without its card": (frames(), STRIP, "named as a coverage map, but card BUNIT is '', expected 'frames'"),
}


@pytest.mark.parametrize("what", COVERAGES)
def test_an_unusable_coverage_map_is_refused(conn: Connection, tmp_path: Path, what: str) -> None:
    data, header, reason = COVERAGES[what]
    error = load(conn, write(tmp_path / "cJ_strip_980321s106.fits", data, header))
    assert error is not None
    assert reason in error
    assert conn.execute("SELECT count(*) FROM deepcal.image_coverage").fetchone() == (0,)


def test_another_coverage_map_of_the_same_image_is_refused(conn: Connection, tmp_path: Path) -> None:
    first = write(tmp_path / "cJ_strip_a.fits", frames(), FRAMES)
    load(conn, first)
    error = load(conn, write(tmp_path / "cJ_strip_b.fits", frames() * 0.5, FRAMES))
    assert error == f"this coverage map (scan, band and USYREF -1800) was loaded from {first}, other bytes"


def test_a_coverage_map_of_another_shape_is_refused(conn: Connection, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.field SET ra = NULL, dec = NULL")
    load(conn, write(tmp_path / "a.fits"))
    wide = replace(FRAMES, naxis1=80, wcs=Grid.of(28.6575, 0.7172, 80, NY))
    error = load(conn, write(tmp_path / "c.fits", np.full((NY, 80), 6, np.float32), wide))
    assert error == "80 x 320 pixels, the image of it has 60 x 320"


def test_a_coverage_map_that_moved_is_found(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "c.fits", frames(), FRAMES)
    load(conn, path)
    moved = path.rename(tmp_path / "elsewhere.fits")
    ingest.images(conn, [moved])
    assert conn.execute("SELECT path FROM deepcal.image_coverage").fetchone() == (str(moved),)
