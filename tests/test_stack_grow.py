"""Stacks that grow: scans of later nights are added to sums that were kept."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import combine
from combine.stack.passes import Stacker
from schema.connection import Connection
from schema.errors import BadFile
from tests.stacks import SMALL, small_field, tie_stars

GROW = combine.Options(grow=True)


@pytest.fixture
def field(conn: Connection, tmp_path: Path) -> int:
    """A small field with 14 scans, tied to the PSC."""
    tie_stars(conn)
    return small_field(conn, tmp_path, scans=14)


def build(conn: Connection, field: int, home: Path, last: int) -> combine.StackResult:
    """Stack the first scans of the field, and keep the sums."""
    return combine.stack_field(conn, field, where=f"scan_key <= {last}", options=GROW, home=home)


def read(result: combine.StackResult) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return image, variance and count of both directions."""
    with fits.open(Path(result.folder) / f"{SMALL}_j_NS.fits") as hdus:
        return hdus[0].data, hdus["VAR"].data, hdus["COUNT"].data


def test_added_scans_give_nearly_what_all_together_give(conn: Connection, field: int, home: Path) -> None:
    first = build(conn, field, home, 10)
    grown = build(conn, field, home, 14)
    together = build(conn, field, home / "elsewhere", 14)
    assert together.run == grown.run  # asking again finds it, wherever
    conn.execute("UPDATE deepcal.stack_run SET inputs = NULL")
    together = build(conn, field, home, 14)
    assert together.run != grown.run != first.run
    assert together.used == grown.used == {"j": 14}
    (image, var, count), (exact, exact_var, _) = read(grown), read(together)
    assert count.max() == 14
    off = (image - exact) / np.sqrt(exact_var)
    inner = np.isfinite(off)
    inner[:10] = inner[-10:] = inner[:, :10] = inner[:, -10:] = False
    level = np.median(off[inner])  # the one common background follows the weights
    assert abs(level) < 0.2
    assert np.std(off[inner]) < 0.08
    assert np.abs(off[inner] - level).max() < 0.5
    assert np.nanmedian(var / exact_var) == pytest.approx(1, abs=0.05)


def test_only_the_new_scans_are_read(
    conn: Connection, field: int, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(conn, field, home, 12)
    seen = []
    made = Stacker.__init__

    def watched(self: Stacker, placements: list[object], *rest: object) -> None:
        seen.append(len(placements))
        made(self, placements, *rest)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(Stacker, "__init__", watched)
    build(conn, field, home, 14)
    assert sum(seen) == 2


def test_a_grown_run_tells_where_it_comes_from(conn: Connection, field: int, home: Path) -> None:
    first, grown = build(conn, field, home, 10), build(conn, field, home, 12)
    rows = conn.execute(
        "SELECT run, parent, added, cardinality(inputs) FROM deepcal.stack_run ORDER BY added"
    ).fetchall()
    assert rows == [(first.run, None, 0, 10), (grown.run, first.run, 2, 12)]
    kept = "SELECT scan_key, visit, weight, noise_aper, offset_dra FROM deepcal.stack_scan WHERE run = %s ORDER BY 1"
    before, after = (conn.execute(kept, (one.run,)).fetchall() for one in (first, grown))
    assert after[:10] == before
    assert [row[1] for row in after] == [0] * 6 + [1] * 6  # the two that were added belong to the second visit
    assert after[11][4][0] == pytest.approx(0, abs=0.02)


def test_too_many_new_scans_make_everything_anew(conn: Connection, field: int, home: Path) -> None:
    build(conn, field, home, 8)
    build(conn, field, home, 14)
    assert conn.execute("SELECT count(*) FROM deepcal.stack_run WHERE parent IS NULL").fetchone() == (2,)


def test_asking_for_what_has_grown_finds_it(conn: Connection, field: int, home: Path) -> None:
    build(conn, field, home, 10)
    grown, again = build(conn, field, home, 12), build(conn, field, home, 12)
    assert (again.run, again.built) == (grown.run, False)


def test_damaged_sums_are_named(conn: Connection, field: int, home: Path) -> None:
    first = build(conn, field, home, 10)
    kept = Path(first.folder) / f"{SMALL}_j_sums.npz"
    kept.write_bytes(kept.read_bytes()[:5000])
    with pytest.raises(BadFile, match=r"sums\.npz"):
        build(conn, field, home, 12)
    kept.unlink()
    assert build(conn, field, home, 12).built
