"""The refresh by the clock: a real tick of pg_cron, or the lines to install by hand."""

import json
import time
from pathlib import Path

import psycopg
import pytest

from deepcal import postgres, schedule, server
from schema.connection import Connection, connect
from schema.errors import BadArgument
from tests.conftest import Command

needs_cron = pytest.mark.skipif(not postgres.newest().has_cron, reason="postgresql-NN-cron is not installed")


@pytest.mark.parametrize(
    ("every", "times"),
    [
        ("1min", "* * * * *"),
        ("10min", "*/10 * * * *"),
        ("1h", "17 * * * *"),
        ("6h", "17 */6 * * *"),
        ("24h", "17 3 * * *"),
        ("1d", "17 3 * * *"),
    ],
)
def test_an_interval_becomes_times_of_cron(every: str, times: str) -> None:
    assert schedule.cron(every) == times


@pytest.mark.parametrize("every", ["", "0h", "7min", "5h", "hourly", "-1h", "1h; DROP TABLE x", "90min", "2d"])
def test_an_interval_that_cron_cannot_keep_is_refused(every: str) -> None:
    with pytest.raises(BadArgument, match="expected minutes that divide an hour"):
        schedule.cron(every)


def test_without_pg_cron_the_lines_to_install_are_shown(conn: Connection) -> None:
    found = schedule.install(conn, "1h")
    assert "pg_cron is not loaded" in found.by
    assert any("xmatch refresh" in line and line.strip().startswith("17 * * * *") for line in found.lines)
    assert any("--on-unit-active=1h" in line for line in found.lines)


@needs_cron
def test_pg_cron_refreshes_the_matches_at_the_next_minute(home: Path, command: Command) -> None:
    installed = json.loads(command("xmatch", "schedule", "install", "--every", "1min", "--json").stdout)
    assert (installed["by"], installed["when"]) == ("pg_cron", "* * * * *")
    with connect(server.start()) as conn:
        conn.autocommit = True
        wait(conn, "SELECT FROM deepcal.xmatch_run WHERE state = 'done'")
        conn.execute("ALTER TABLE deepcal.setting RENAME TO mislaid")
        with pytest.raises(psycopg.errors.UndefinedTable):
            conn.execute("CALL deepcal.refresh_xmatch()")
        conn.execute("ALTER TABLE deepcal.mislaid RENAME TO setting")
        wait(conn, "SELECT FROM cron.job_run_details WHERE status = 'succeeded'")
    told = json.loads(command("xmatch", "schedule", "status", "--json").stdout)
    assert told["last_state"] == "done"
    assert told["last_trigger"].startswith("succeeded")
    assert json.loads(command("xmatch", "schedule", "remove", "--json").stdout)["by"] == "nothing"


def wait(conn: Connection, question: str) -> None:
    patience = time.monotonic() + 150
    while conn.execute(question.encode()).rowcount == 0:
        assert time.monotonic() < patience, conn.execute("SELECT * FROM cron.job_run_details").fetchall()
        time.sleep(0.5)
