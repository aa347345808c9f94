"""The command line as a whole: names, help, errors, JSON."""

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from deepcal.cli import app, progress
from deepcal.cli.lazy import COMMANDS
from deepcal.cli.output import plain
from schema.progress import silent
from tests.conftest import Command


def test_there_are_at_most_twelve_commands() -> None:
    assert len(COMMANDS) <= 12


def leaves(name: str) -> list[list[str]]:
    """Return the words of every command below a top-level name."""
    real = typer.main.get_command(import_module(f"deepcal.cli.{name}").app)
    return [[name, below] for below in real.commands] if isinstance(real, TyperGroup) else [[name]]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    for words in leaves(name):
        done = CliRunner().invoke(app, [*words, "--help"])
        assert done.exit_code == 0
        assert f"Example: deepcal {' '.join(words)}" in " ".join(done.stdout.split())


def test_a_wrong_name_is_a_usage_error(command: Command) -> None:
    done = command("stak")
    assert done.returncode == 2
    assert "stack" in done.stderr


def test_an_error_is_an_object_where_json_is_asked(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCAL_DSN", "host=/nowhere")
    told = json.loads(command("db", "upgrade", "--json").stderr)
    assert (told["error"], told["exit_code"]) == ("ServerError", 5)


def test_json_takes_what_results_are_made_of() -> None:
    value = {"path": Path("a/b"), "n": np.int64(3), "x": [np.float32(0.5), float("nan")], "flags": np.array([True])}
    assert plain(value) == {"path": "a/b", "n": 3, "x": [0.5, None], "flags": [True]}


def test_progress_is_quiet_away_from_a_terminal() -> None:
    with progress() as report:
        assert report is silent
