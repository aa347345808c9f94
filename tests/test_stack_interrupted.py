"""Builds that something interrupts: killed, a full disk, inputs that are gone, products that are lost."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import combine
from schema.connection import Connection, connect
from schema.errors import BadFile, NoRoom
from tests.stacks import small_field

KILLED = """
import os, signal, sys
from pathlib import Path
import combine
from schema.connection import connect

def progress(stage, done, total):
    if list(Path(sys.argv[3]).glob("products/*/*.part/*_h_*")):
        os.kill(os.getpid(), signal.SIGKILL)

combine.stack_field(connect(sys.argv[1]), int(sys.argv[2]), home=Path(sys.argv[3]), progress=progress)
"""


@pytest.fixture
def field(conn: Connection, tmp_path: Path) -> int:
    """A small field with eight scans of two visits in one band, and their extractions."""
    return small_field(conn, tmp_path)


def left(home: Path, field: int) -> list[str]:
    """Return what is in the folder of the field's products."""
    folder = home / "products" / str(field)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_killed_build_leaves_no_rows_and_goes_on_after_its_last_band(
    fresh_database: Callable[[], AbstractContextManager[str]], home: Path, tmp_path: Path
) -> None:
    with fresh_database() as dsn, connect(dsn) as conn:
        field = small_field(conn, tmp_path, "jh")
        conn.commit()
        killed = subprocess.run([sys.executable, "-c", KILLED, dsn, str(field), str(home)], check=False)
        assert killed.returncode == -signal.SIGKILL
        assert conn.execute("SELECT count(*) FROM deepcal.stack_run").fetchone() == (0,)
        conn.commit()
        (part,) = (home / "products" / str(field)).iterdir()
        assert {path.suffix for path in part.glob("*_h_*")} == {".fits"}  # a band that was not finished
        kept = (part / f"{field}_j_NS.fits").stat().st_ino
        result = combine.stack_field(conn, field, home=home)
        assert (result.built, result.used) == (True, {"j": 8, "h": 8})
        assert (Path(result.folder) / f"{field}_j_NS.fits").stat().st_ino == kept
        sums = conn.execute("SELECT band, sha256 FROM deepcal.stack ORDER BY band, direction, kind").fetchall()
        assert left(home, field) == [result.run]
        conn.execute("DELETE FROM deepcal.stack_run")
        again = combine.stack_field(conn, field, home=tmp_path / "uninterrupted")
        assert again.run == result.run
        assert conn.execute("SELECT band, sha256 FROM deepcal.stack ORDER BY band, direction, kind").fetchall() == sums


def test_what_a_killed_build_of_another_run_left_is_swept_away(conn: Connection, field: int, home: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    half = home / "products" / str(field) / f"aaaaaaaaaaaa.{gone.pid}.part"
    half.mkdir(parents=True)
    (half / "half.fits").write_bytes(b"SIMPLE")
    result = combine.stack_field(conn, field, home=home)
    assert left(home, field) == [result.run]


def test_a_run_whose_products_are_gone_or_cut_off_is_built_again(conn: Connection, field: int, home: Path) -> None:
    first = combine.stack_field(conn, field, home=home)
    conn.execute("UPDATE deepcal.field SET current_run = %s WHERE tile = %s", (first.run, field))
    with (Path(first.folder) / f"{field}_j_N.fits").open("ab") as stream:
        stream.truncate(1000)
    again = combine.stack_field(conn, field, home=home)
    assert (again.run, again.built) == (first.run, True)
    assert left(home, field) == [first.run]
    assert (Path(first.folder) / f"{field}_j_N.fits").stat().st_size > 1000


def test_inputs_that_are_missing_or_altered_are_named_before_work_begins(
    conn: Connection, field: int, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "j3.fits").unlink()
    with (tmp_path / "j5.fits").open("r+b") as stream:
        stream.seek(-10_000, os.SEEK_END)
        stream.write(b"\0\0\0\1")
    steps: list[str] = []
    with pytest.raises(BadFile, match=r"^j3\.fits: not found .*; the same of j5\.fits$"):
        combine.stack_field(conn, field, home=home, progress=lambda stage, done, total: steps.append(stage))
    assert "stack" not in steps
    assert conn.execute("SELECT count(*) FROM deepcal.stack_run").fetchone() == (0,)
    assert left(home, field) == []


def test_a_file_touched_after_its_ingest_is_looked_at_once(
    conn: Connection, field: int, home: Path, tmp_path: Path
) -> None:
    path = tmp_path / "j2.fits"
    values = {"path": str(path), "bytes": path.stat().st_size}
    conn.execute(
        "WITH f AS (INSERT INTO deepcal.ingest_file (kind, sha256, path, bytes, state, seen_at)"
        " SELECT 'images', sha256, path, %(bytes)s, 'loaded', '2001-01-01' FROM deepcal.image WHERE path = %(path)s"
        " RETURNING file_id) UPDATE deepcal.image SET file_id = f.file_id FROM f WHERE image.path = %(path)s",
        values,
    )
    combine.stack_field(conn, field, home=home)
    assert conn.execute("SELECT seen_at > now() - '1 day'::interval FROM deepcal.ingest_file").fetchone() == (True,)
    conn.execute("DELETE FROM deepcal.stack_run")
    path.write_bytes(path.read_bytes()[:-2880])
    with pytest.raises(BadFile, match=r"j2\.fits: .* bytes"):
        combine.stack_field(conn, field, home=home)


@pytest.fixture
def small_disk(home: Path) -> Iterator[Path]:
    """A disk of 8 MB at the folder of the products."""
    folder = home / "products"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], check=False, stderr=-3)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_disk_too_small_is_told_before_work_begins(
    conn: Connection, field: int, home: Path, small_disk: Path
) -> None:
    (small_disk / "other").write_bytes(bytes(4_000_000))
    steps: list[str] = []
    with pytest.raises(NoRoom, match=r"4 MB free, the products need \d+ MB"):
        combine.stack_field(conn, field, home=home, progress=lambda stage, done, total: steps.append(stage))
    assert "stack" not in steps
    assert left(home, field) == []


def test_a_disk_that_fills_up_leaves_everything_as_it_was(
    conn: Connection, field: int, home: Path, small_disk: Path
) -> None:
    before = combine.stack_field(conn, field, where="scan_key < 3", home=home / "before")
    rows = conn.execute("SELECT * FROM deepcal.stack ORDER BY kind, direction").fetchall()

    def fill(stage: str, done: int, total: int) -> None:
        if stage == "stack":
            (small_disk / "other").write_bytes(bytes(6_500_000))

    with pytest.raises(NoRoom, match="nothing was stored"), conn.transaction():
        combine.stack_field(conn, field, home=home, progress=fill)
    assert left(home, field) == []
    assert conn.execute("SELECT * FROM deepcal.stack ORDER BY kind, direction").fetchall() == rows
    assert len(list(Path(before.folder).iterdir())) == len(rows)
    (small_disk / "other").unlink()
    assert combine.stack_field(conn, field, home=home).built


def test_a_limit_on_files_is_as_a_full_disk(conn: Connection, field: int, home: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(NoRoom, match="nothing was stored"), conn.transaction():
            combine.stack_field(conn, field, home=home)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert left(home, field) == []
