"""Building a run: products, inventory, selections, and what happens when something is wrong."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import combine
from schema.connection import Connection
from schema.errors import BadArgument, NotReady
from schema.tables.field import field as field_table
from tests.rows import put
from tests.stacks import SMALL as TILE
from tests.stacks import small_field


@pytest.fixture
def field(conn: Connection, tmp_path: Path) -> int:
    """A small field with eight scans of two visits in one band, and their extractions."""
    return small_field(conn, tmp_path)


def test_the_inventory_lists_every_file_of_a_run(conn: Connection, field: int, home: Path) -> None:
    result = combine.stack_field(conn, field, home=home)
    assert result.built
    assert result.used == {"j": 8}
    rows = conn.execute("SELECT path, sha256, bytes, direction, kind, m5_aper FROM deepcal.stack").fetchall()
    assert len(rows) == 11
    for path, sha256, size, _direction, kind, m5 in rows:
        assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == sha256
        assert Path(path).stat().st_size == size
        assert (m5 is None) == (kind not in ("image", "masked"))
    assert sorted(p.name for p in Path(result.folder).iterdir()) == sorted(Path(row[0]).name for row in rows)


def test_masked_copies_blank_thin_coverage(conn: Connection, field: int, home: Path, tmp_path: Path) -> None:
    conn.execute("UPDATE deepcal.image SET x1 = 100 WHERE scan_key > 2")
    result = combine.stack_field(conn, field, home=home)
    with fits.open(Path(result.folder) / f"{TILE}_j_NS_masked.fits") as hdus:
        thin = (hdus["COUNT"].data < 0.3 * 8) & (hdus["COUNT"].data > 0)
        assert thin.any()
        assert np.isnan(hdus[0].data[thin]).all()


def test_asking_again_finds_the_run_and_builds_nothing(conn: Connection, field: int, home: Path) -> None:
    first = combine.stack_field(conn, field, home=home)
    second = combine.stack_field(conn, field, home=home)
    assert (second.run, second.built) == (first.run, False)
    assert conn.execute("SELECT count(*) FROM deepcal.stack_run").fetchone() == (1,)


def test_a_condition_chooses_scans(conn: Connection, field: int, home: Path) -> None:
    where = "date < '1999-01-02' AND sd = 'n'"
    result = combine.stack_field(conn, field, where=where, home=home)
    assert result.used == {"j": 3}
    assert conn.execute("SELECT selection FROM deepcal.stack_run").fetchone() == (where,)
    again = combine.stack_field(conn, field, where=where, home=home)
    assert (again.run, again.built) == (result.run, False)


def test_an_unknown_field_and_an_empty_one_are_told_apart(conn: Connection, field: int, home: Path) -> None:
    with pytest.raises(BadArgument, match="12345"):
        combine.stack_field(conn, 12345, home=home)
    put(conn, field_table, [{"tile": 90299}])
    with pytest.raises(NotReady, match="no centre"):
        combine.stack_field(conn, 90299, home=home)
    with pytest.raises(NotReady, match="no image"):
        combine.stack_field(conn, field, where="false", home=home)


def test_a_scan_without_extractions_is_registered_by_its_own_image(conn: Connection, field: int, home: Path) -> None:
    conn.execute("DELETE FROM deepcal.detection WHERE scan_key = 2")
    combine.stack_field(conn, field, home=home)
    found = conn.execute("SELECT count(*), min(origin), max(cntr) FROM deepcal.detection WHERE scan_key = 2").fetchone()
    assert found is not None
    assert found[0] > 15
    assert (found[1], found[2] < 0) == ("image", True)
    row = conn.execute("SELECT offset_stars, offset_dra[1] FROM deepcal.stack_scan WHERE scan_key = 2").fetchone()
    assert row is not None
    assert row[0] > 15
    assert row[1] == pytest.approx(0, abs=0.03)


def test_a_run_without_sources_cannot_become_current(conn: Connection, field: int, home: Path) -> None:
    result = combine.stack_field(conn, field, home=home)
    with pytest.raises(NotReady, match="deepcal extract"):
        combine.use(conn, result.run)
    with pytest.raises(NotReady, match="not known"):
        combine.use(conn, "000000000000")
