"""A watched folder: complete files are loaded, growing ones left alone, nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from astropy.table import Table

import ingest
from ingest.recognise import kind_of
from schema.connection import Connection, connect
from tests.bars import line, write
from tests.downloads import as_csv, as_fits, as_ipac, as_parquet, as_votable, lines_and_table, vizier
from tests.test_ingest_images import write as write_image

TILES = "tile,standard,ra,dec,width_arcsec,height_arcsec\n90004,FS4,28.6575,0.7172,60,320\n"
SETTLED = 5.0


@pytest.fixture(autouse=True)
def _quiet_signals() -> Iterator[None]:
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)  # as the command sets it
    yield
    signal.signal(signal.SIGIO, before)


@pytest.fixture
def conn(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Connection]:
    with fresh_database() as dsn, connect(dsn) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def settle(*paths: Path) -> None:
    """Make files look as if nothing had touched them for a minute."""
    for path in paths:
        os.utime(path, (time.time() - 60,) * 2)


def states(conn: Connection, arrivals: ingest.Arrivals) -> list[tuple[str, str]]:
    return [(result.path.name, result.state) for result in ingest.arrived(conn, arrivals)]


def test_complete_files_of_any_kind_are_loaded_fields_first(conn: Connection, folder: Path) -> None:
    (folder / "below").mkdir()
    paths = [write_image(folder / "a.fits"), write(folder / "below" / "some rows", "psc", [{"pts_key": 1}])]
    (folder / "z fields").write_text(TILES)
    settle(*paths, folder / "z fields")
    arrivals = ingest.Arrivals(folder, SETTLED)
    assert states(conn, arrivals) == [("z fields", "loaded"), ("some rows", "loaded"), ("a.fits", "loaded")]
    assert states(conn, arrivals) == []


def test_a_file_that_was_just_changed_is_left_alone(conn: Connection, folder: Path) -> None:
    path = write(folder / "psc.bar", "psc", [{"pts_key": 1}])
    arrivals = ingest.Arrivals(folder, SETTLED)
    assert states(conn, arrivals) == []
    settle(path)
    assert states(conn, arrivals) == [("psc.bar", "loaded")]


@pytest.mark.skipif(sys.platform != "linux", reason="leases are Linux's")
def test_a_file_that_a_program_still_writes_is_left_alone(conn: Connection, folder: Path) -> None:
    path = folder / "psc.bar"
    arrivals = ingest.Arrivals(folder, 0.0)
    with path.open("w") as writer:
        writer.write(line("psc", pts_key=1) + "\n")
        writer.flush()
        assert states(conn, arrivals) == []
        writer.write(line("psc", pts_key=2) + "\n")
    assert [result.rows for result in ingest.arrived(conn, arrivals)] == [2]


@pytest.mark.parametrize("name", ["psc.bar.part", ".psc.bar", "psc.bar~", "psc.bar.tmp"])
def test_what_is_renamed_when_complete_is_taken_under_its_last_name(conn: Connection, folder: Path, name: str) -> None:
    part = write(folder / name, "psc", [{"pts_key": 1}])
    settle(part)
    arrivals = ingest.Arrivals(folder, SETTLED)
    assert states(conn, arrivals) == []
    part.rename(folder / "psc.bar")
    assert states(conn, arrivals) == [("psc.bar", "loaded")]


def test_a_broken_file_is_tried_again_when_it_changes(conn: Connection, folder: Path) -> None:
    path = write(folder / "psc.bar", "psc", [{"pts_key": 1, "ra": "x"}])
    settle(path)
    arrivals = ingest.Arrivals(folder, SETTLED)
    assert states(conn, arrivals) == [("psc.bar", "refused")]
    assert states(conn, arrivals) == []
    settle(write(path, "psc", [{"pts_key": 1, "ra": "10.25"}]))
    assert states(conn, arrivals) == [("psc.bar", "loaded")]


def test_images_that_had_no_field_are_tried_again_when_one_comes(conn: Connection, folder: Path) -> None:
    settle(write_image(folder / "a.fits"))
    arrivals = ingest.Arrivals(folder, SETTLED)
    assert states(conn, arrivals) == [("a.fits", "refused")]
    (folder / "fields.csv").write_text(TILES)
    settle(folder / "fields.csv")
    assert states(conn, arrivals) == [("fields.csv", "loaded")]
    assert states(conn, arrivals) == [("a.fits", "loaded")]


def test_loaded_files_are_not_even_read_again_by_the_next_watch(
    conn: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(write(folder / "psc.bar", "psc", [{"pts_key": 1}]))
    assert states(conn, ingest.Arrivals(folder, SETTLED)) == [("psc.bar", "loaded")]
    monkeypatch.setattr("ingest.watch.kind_of", lambda path: pytest.fail(f"{path} was looked into"))
    assert states(conn, ingest.Arrivals(folder, SETTLED)) == []


def test_what_is_of_no_kind_is_left_alone_and_named(conn: Connection, folder: Path) -> None:
    (folder / "README").write_text("These are the files of last night.\n")
    settle(folder / "README")
    arrivals = ingest.Arrivals(folder, SETTLED)
    assert states(conn, arrivals) == []
    assert arrivals.unknown == {folder / "README"}


WRITERS: dict[str, tuple[str, Callable[[Path, Table], Path]]] = {
    "a": ("psc", as_ipac),
    "b": ("xsc", as_votable),
    "c": ("psc", as_fits),
    "d": ("xsc", as_parquet),
    "e": ("scan", as_csv),
    "f": ("detection", as_ipac),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_kind_is_told_by_its_columns(tmp_path: Path, name: str) -> None:
    table, writer = WRITERS[name]
    kind = {"scan": "scans", "detection": "detections"}.get(table, table)
    path = tmp_path / f"{name}.fits"
    writer(path, lines_and_table(table, 2)[1])
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("table", "kind"), [("psc", "psc"), ("xsc", "xsc"), ("scan", "scans"), ("detection", "detections")]
)
def test_a_kind_is_told_by_the_number_of_columns(tmp_path: Path, table: str, kind: str) -> None:
    assert kind_of(write(tmp_path / "x", table, [{}])) == kind


def test_other_kinds_are_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("name,tile,ra,dec,epoch,pmra,pmdec,j,sj,h,sh,ks,sks\n")
    (tmp_path / "cal_90004_991231n017.bar").write_text("broken\n")
    assert kind_of(tmp_path / "s") == "standards"
    assert kind_of(tmp_path / "cal_90004_991231n017.bar") == "detections"
    assert kind_of(as_csv(tmp_path / "v", vizier(lines_and_table("psc", 2)[1]))) == "psc"


def test_the_command_for_cron(
    fresh_database: Callable[[], AbstractContextManager[str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(write(folder / "psc.bar", "psc", [{"pts_key": 1}]), write(folder / "psc2.bar", "psc", [{"ra": "x"}]))
    with fresh_database() as dsn:
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        words = [sys.executable, "-m", "deepcal", "ingest", "watch", str(folder), "--once", "--json"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    told = json.loads(done.stdout)
    assert (done.returncode, told["loaded"], told["refused"]) == (3, 1, 1)


def test_the_command_ends_cleanly_when_it_is_told_to(
    fresh_database: Callable[[], AbstractContextManager[str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh_database() as dsn:
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        words = [sys.executable, "-m", "deepcal", "ingest", "watch", str(folder), "--every", "0.2", "--settled", "0"]
        watcher = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        settle(write(folder / "psc.bar", "psc", [{"pts_key": 1}]))
        assert watcher.stdout is not None
        said = ""
        while "new rows" not in said and (text := watcher.stdout.readline()):
            said += text
        watcher.send_signal(signal.SIGINT)
        _, errors = watcher.communicate(timeout=60)
    assert (watcher.returncode, errors) == (0, "")
    assert "psc.bar  loaded" in said
