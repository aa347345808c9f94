"""A server that DEEPCAL_DSN names: used, never started, stopped or taken over."""

import json

import pytest

from schema.connection import connect
from tests.conftest import Command


def test_it_is_neither_started_nor_stopped(command: Command, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCAL_DSN", f"{dsn} password=secret")
    found = command("db", "status", "--json")
    assert json.loads(found.stdout)["running"]
    assert "secret" not in found.stdout
    assert "not ours to stop" in command("db", "stop").stdout
    connect(dsn).close()


def test_one_that_cannot_be_reached_is_one_message(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCAL_DSN", "host=/nowhere")
    done = command("db", "upgrade")
    assert done.returncode == 5
    assert done.stderr.startswith("error: cannot connect to the database")
    assert "Traceback" not in done.stderr
