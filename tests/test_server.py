"""The private server, through the commands a user types."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deepcal import postgres, server
from deepcal.machine import GB, tuned
from deepcal.place import ELSEWHERE
from tests.conftest import Command, data_folder

pytestmark = pytest.mark.skipif(not any(p.has_q3c for p in postgres.installed()), reason="no PostgreSQL with q3c here")


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    """A data folder whose cluster the tests of this module share; each leaves it fit to be started."""
    with data_folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.delenv("DEEPCAL_DSN", raising=False)
        server.start()
        yield folder


@pytest.fixture
def data(shared: Path) -> Path:
    """The cluster's folder; the server is down."""
    server.stop()
    return shared / "pg" / "data"


def value(command: Command, query: str) -> str:
    done = command("db", "psql", "--writer", "--", "-AtqXc", query)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_server_is_started_seen_and_stopped(command: Command, data: Path) -> None:
    assert command("db", "status").returncode == 4
    assert json.loads(command("db", "start", "--json").stdout)["running"]
    assert command("db", "status").returncode == 0
    assert command("db", "stop").stdout == "stopped\n"
    assert command("db", "stop").stdout == "was not running\n"


def test_rows_outlive_a_restart_and_a_kill(command: Command, data: Path) -> None:
    value(command, "INSERT INTO field (tile) VALUES (90001)")
    command("db", "stop")
    assert value(command, "SELECT tile FROM field") == "90001"
    os.kill(server.status().pid or 0, signal.SIGKILL)
    assert value(command, "SELECT tile FROM field") == "90001"


def test_a_process_file_left_by_a_crash_hinders_nobody(command: Command, data: Path) -> None:
    server.start()
    left = (data / "postmaster.pid").read_text().split("\n", 1)
    server.stop()
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{left[1]}")  # the number is now another program's
    assert not server.status().running
    assert command("db", "start").returncode == 0


def test_commands_at_the_same_time_start_one_server(command: Command, data: Path) -> None:
    with ThreadPoolExecutor() as pool:
        done = list(pool.map(lambda _: command("db", "start", "--json"), range(3)))
    assert [each.returncode for each in done] == [0, 0, 0]
    assert len({json.loads(each.stdout)["pid"] for each in done}) == 1


def test_the_server_listens_on_no_port_and_loses_nothing(command: Command, shared: Path) -> None:
    asked = "SHOW listen_addresses; SHOW fsync; SHOW data_checksums"
    assert value(command, asked) == "on\non"  # nothing, on, on
    assert (shared / "pg" / "run").stat().st_mode & 0o777 == 0o700


def test_a_cluster_of_a_version_that_is_gone_is_named(command: Command, data: Path) -> None:
    version = (data / "PG_VERSION").read_text()
    (data / "PG_VERSION").write_text("14\n")
    done = command("db", "start")
    (data / "PG_VERSION").write_text(version)
    assert (done.returncode, "made by PostgreSQL 14" in done.stderr) == (5, True)


def test_a_server_that_does_not_start_shows_its_log(command: Command, data: Path) -> None:
    settings = data / "postgresql.auto.conf"
    settings.write_text("no_such_setting = 1\n")
    done = command("db", "start", "--json")
    settings.write_text("")
    told = json.loads(done.stderr)
    assert (done.returncode, told["error"]) == (5, "ServerError")
    assert "no_such_setting" in told["message"]


def test_a_psql_error_is_the_exit_code_of_psql(command: Command, shared: Path) -> None:
    assert command("db", "psql", "--", "-c", "SELECT nothing").returncode == 1


def test_a_cluster_half_made_in_a_deep_folder_is_made_again_with_a_short_socket(command: Command, home: Path) -> None:
    deep = home / ("deep" * 30)
    (deep / "pg" / "data.new" / "base").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DEEPCAL_DSN", raising=False)
        patch.setenv("DEEPCAL_HOME", str(deep))
        assert value(command, "SELECT 1") == "1"
        assert server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as somebody else")
def test_a_folder_closed_to_the_server_keeps_everything_but_the_cluster(home: Path) -> None:
    home.chmod(0o700)
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DEEPCAL_DSN", raising=False)
        server.start(said.append)
        server.start(said.append)
        elsewhere = server.cluster_folder()
        server.stop()
    assert elsewhere is not None
    shutil.rmtree(elsewhere)
    assert [f"cannot enter {home}" in text for text in said] == [True, False]
    assert elsewhere.parent == ELSEWHERE


def test_settings_follow_the_memory_of_the_machine() -> None:
    small, large = tuned(2 * GB, 2), tuned(512 * GB, 64)
    assert (small["shared_buffers"], large["shared_buffers"]) == ("256MB", "8192MB")
    assert (small["work_mem"], large["work_mem"]) == ("16MB", "256MB")


def test_a_data_folder_that_cannot_be_made_is_one_message(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCAL_HOME", str(tmp_path / "file" / "home"))
        done = command("db", "status")
    assert (done.returncode, done.stderr.startswith("error: DEEPCAL_HOME")) == (2, True)


def test_psql_reads_and_has_the_time_of_a_reader_however_it_resets(command: Command, shared: Path) -> None:
    told = command("db", "psql", "--", "-AtqXc", "RESET ROLE; RESET ALL; SELECT current_user; SHOW statement_timeout")
    assert told.stdout.split() == ["deepcal_reader", "5min"]
    denied = command("db", "psql", "--", "-XqAtc", "INSERT INTO field (tile) VALUES (90002)")
    assert (denied.returncode, "permission denied" in denied.stderr) == (1, True)


def test_psql_takes_another_role_when_told(command: Command, shared: Path) -> None:
    for role in ("writer", "owner"):
        told = command("db", "psql", f"--{role}", "--", "-AtqXc", "SELECT current_user; SHOW statement_timeout")
        assert told.stdout.split() == [f"deepcal_{role}", "0"]
    both = command("db", "psql", "--writer", "--owner")
    assert (both.returncode, "one role at a time" in both.stderr) == (2, True)
