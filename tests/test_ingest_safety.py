"""Ingest killed, client or server, at any moment; two at once; order on disk and memory over a whole file."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.psc_file import write_psc
from deepcal import postgres
from deepcal.cluster import Cluster
from schema.connection import connect
from schema.upgrade import upgrade
from tests.bars import write
from tests.conftest import QUICK, short_folder

ROWS = 12_000
MOMENTS = 3
PARTS = """
    SELECT count(*) FROM ingest_file AS f
     WHERE state = 'loaded' AND row_count <> (SELECT count(*) FROM twomass.psc AS p WHERE p.file_id = f.file_id)
"""
HALF = "SELECT count(*) FROM twomass.psc WHERE file_id NOT IN (SELECT file_id FROM ingest_file WHERE state = 'loaded')"
CELLS = "SELECT (SELECT count(DISTINCT pts_key) FROM twomass.psc_cell) - (SELECT count(*) FROM twomass.psc)"
PEAK = """
import re, sys
from deepcal.cli import app
try:
    app()
finally:
    print(re.findall(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[0], file=sys.stderr)
"""


@dataclass
class Site:
    """A server of the test's own, a data folder, and files to load."""

    cluster: Cluster
    home: Path
    files: list[Path]

    @property
    def dsn(self) -> str:
        return self.cluster.dsn("postgres")

    def start(
        self, *files: Path, kind: str = "psc", program: tuple[str, ...] = ("-m", "deepcal")
    ) -> "subprocess.Popen[str]":
        """Start the command that loads files."""
        environment = os.environ | {"DEEPCAL_DSN": self.dsn, "DEEPCAL_HOME": str(self.home)}
        command = [sys.executable, *program, "ingest", kind, "--json", *map(str, files or self.files)]
        return subprocess.Popen(command, env=environment, stdout=-1, stderr=-1, text=True)

    def states(self, *files: Path) -> list[str]:
        """Load files and return what became of them."""
        return states_of(self.start(*files))

    def one(self, query: str) -> Any:
        with connect(self.dsn) as conn:
            row = conn.execute(query.encode()).fetchone()
        assert row is not None
        return row[0]

    def empty(self) -> None:
        """Forget what was loaded, so that the next load is the first."""
        with connect(self.dsn) as conn:
            conn.execute("TRUNCATE twomass.psc, twomass.psc_cell, deepcal.detection")
            conn.execute("DELETE FROM deepcal.ingest_file")

    def quiet(self) -> None:
        """Wait until nobody else is connected: the server has noticed who is dead."""
        others = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'deepcal' AND pid <> pg_backend_pid()"
        while self.one(others):
            time.sleep(0.05)

    def check_nothing_is_half_loaded(self) -> None:
        assert self.one(PARTS) == 0
        assert self.one(HALF) == 0
        assert self.one(CELLS) == 0

    def check_all_is_there(self) -> None:
        assert self.one("SELECT count(*) FROM twomass.psc") == ROWS * len(self.files)
        assert self.one("SELECT deepcal.lacks_catalog_indexes('psc')") is False
        assert list(self.home.iterdir()) == []  # no temporary file is left


def states_of(client: "subprocess.Popen[str]") -> list[str]:
    """Wait for the command and return what became of its files."""
    out, err = client.communicate(timeout=300)
    assert out, err
    return [file["state"] for file in json.loads(out)["files"]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with short_folder() as folder:
        postgres.own(folder)
        cluster = Cluster(folder / "data", folder / "run", folder / "log")
        cluster.create("--no-sync")
        cluster.start(QUICK)
        place, south, files = tmp_path_factory.mktemp("psc"), -30.0, []
        for letter in "abc":
            files.append(place / f"psc_a{letter}.bar")
            south = write_psc(files[-1], ROWS, south)
        with connect(cluster.dsn("postgres")) as conn:
            upgrade(conn)
            conn.execute("UPDATE setting SET value = '{0}' WHERE name LIKE 'ingest_%'")  # indexes after the rows
        try:
            yield Site(cluster, tmp_path_factory.mktemp("home"), files)
        finally:
            cluster.stop()


@pytest.fixture
def site(running: Site) -> Site:
    running.empty()
    return running


def moments() -> list[float]:
    """Return when to kill, as shares of the time a load takes; others in every run."""
    return [round(random.uniform(0.2, 1.0), 3) for _ in range(MOMENTS)]  # noqa: S311 - no secret


@pytest.fixture(scope="module")
def seconds(running: Site) -> float:
    running.empty()
    start = time.monotonic()
    assert running.states() == ["loaded"] * 3
    return time.monotonic() - start


@pytest.mark.parametrize("share", moments())
def test_a_client_killed_at_any_moment_leaves_whole_files(site: Site, seconds: float, share: float) -> None:
    client = site.start()
    time.sleep(share * seconds)
    client.kill()
    client.communicate()
    site.quiet()
    site.check_nothing_is_half_loaded()
    assert set(site.states()) <= {"loaded", "known"}
    site.check_all_is_there()


@pytest.mark.parametrize("share", moments())
def test_a_server_killed_at_any_moment_has_whole_files(site: Site, seconds: float, share: float) -> None:
    client = site.start()
    time.sleep(share * seconds)
    assert site.cluster.pid is not None
    os.kill(site.cluster.pid, signal.SIGKILL)
    _, err = client.communicate(timeout=300)
    assert client.returncode == 0 or "the database gave up" in err or "cannot connect" in err, err
    site.cluster.start(QUICK)
    site.check_nothing_is_half_loaded()
    assert set(site.states()) <= {"loaded", "known"}
    site.check_all_is_there()


def test_two_ingests_of_the_same_files_load_each_once(site: Site) -> None:
    clients = [site.start(), site.start(*reversed(site.files))]
    assert sorted(state for client in clients for state in states_of(client)) == ["known"] * 3 + ["loaded"] * 3
    site.check_nothing_is_half_loaded()
    site.check_all_is_there()


def test_two_ingests_of_different_files_do_not_disturb_each_other(site: Site) -> None:
    clients = [site.start(site.files[0]), site.start(*site.files[1:])]
    assert [state for client in clients for state in states_of(client)] == ["loaded"] * 3
    site.check_nothing_is_half_loaded()
    site.check_all_is_there()


def test_two_ingests_of_extractions_make_the_same_new_tiles(site: Site, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number, tile in enumerate((90001, 90002, 90003)):
            rows = [{"cntr": n + 100 * (folder == "b"), "tile": tile} for n in range(50)]
            write(tmp_path / folder / f"cal_{number}.bar", "detection", rows)
    clients = [site.start(tmp_path / folder, kind="detections") for folder in "ab"]
    assert [state for client in clients for state in states_of(client)] == ["loaded"] * 6
    assert site.one("SELECT count(*) FROM deepcal.detection") == 300


def test_rows_of_a_whole_file_lie_in_q3c_order(site: Site) -> None:
    site.states(site.files[0])
    query = """
        SELECT count(*) FILTER (WHERE cell < before)
          FROM (SELECT q3c_ang2ipix(ra, decl) AS cell, lag(q3c_ang2ipix(ra, decl)) OVER (ORDER BY ctid) AS before
                  FROM twomass.psc) AS p
    """
    assert site.one(query) <= ROWS / 2000  # short rows, that fill gaps at the end of earlier pages
    assert site.one("SELECT correlation > 0.999 FROM pg_stats WHERE tablename = 'psc_q3c_idx'") is True


def test_memory_stays_flat(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "psc_aaa.gz"
    write_psc(path, 200_000)
    client = site.start(path, program=("-c", PEAK))
    out, err = client.communicate(timeout=300)
    assert json.loads(out)["rows"] == 200_000
    assert int(err.split()[-1]) < 300_000  # kB


def test_a_disk_without_room_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import ingest
    from schema.errors import NotReady

    def full(*ignored: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("DEEPCAL_HOME", str(site.home))
    monkeypatch.setattr("ingest.runs.RUN", 1000)
    monkeypatch.setattr("ingest.scratch.os.pwrite", full)
    with connect(site.dsn) as conn, pytest.raises(NotReady, match="no room to sort in"):
        ingest.psc(conn, site.files)
    assert site.one("SELECT count(*) FROM twomass.psc") == 0
