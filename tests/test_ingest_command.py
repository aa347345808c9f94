"""`deepcal ingest`, `score` and `review` as a user or a script meets them."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import Result
from typer.main import get_command
from typer.testing import CliRunner

from deepcal.cli import app
from tests.bars import write


@pytest.fixture(scope="module")
def run(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Callable[..., Result]]:
    """Return a function that runs the `deepcal` command on a database of the module's own."""
    with fresh_database() as dsn, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCAL_DSN", dsn)
        yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_all_in_is_exit_code_0(run: Callable[..., Result]) -> None:
    result = run("ingest", "tiles")
    assert result.exit_code == 0
    assert "tiles.csv  loaded" in result.stdout


def test_a_refused_file_is_exit_code_3_and_on_the_screen(run: Callable[..., Result], tmp_path: Path) -> None:
    write(tmp_path / "scan_a.bar", "scan", [{"scan_key": 1, "scan": 17}])
    write(tmp_path / "scan_b.bar", "scan", [{"scan_key": 2, "scan": 18, "decl": "x"}])
    result = run("ingest", "scans", tmp_path)
    assert result.exit_code == 3
    assert "refused: scan_b.bar, line 1, column decl: 'x', expected a number from -90 to 90 deg" in result.stdout
    assert "2 files: 1 loaded, 1 refused; 1 new rows" in result.stdout


def test_the_report_is_json_when_asked(run: Callable[..., Result], tmp_path: Path) -> None:
    path = write(tmp_path / "psc_a.bar", "psc", [{"pts_key": 1}])
    told = json.loads(run("ingest", "psc", path, "--json").stdout)
    told_of = {"path": str(path), "kind": "psc", "state": "loaded", "rows": 1, "error": None}
    assert told["files"] == [told_of | {"same_as": None, "left_out": 0}]
    assert (told["loaded"], told["known"], told["refused"], told["rows"]) == (1, 0, 0, 1)


def test_of_many_files_only_the_refused_are_listed(run: Callable[..., Result], tmp_path: Path) -> None:
    for number in range(14):
        rows = [{"cntr": number, "tile": 90004, "ra": 400 if number == 7 else 10}]
        write(tmp_path / f"cal_90004_991231n{number:03d}.bar", "detection", rows)
    result = run("ingest", "detections", tmp_path)
    assert "cal_90004_991231n007.bar" in result.stdout
    assert "cal_90004_991231n008.bar" not in result.stdout
    assert "14 files: 13 loaded, 1 refused; 13 new rows" in result.stdout


def test_scores_and_reviews(run: Callable[..., Result], tmp_path: Path) -> None:
    path = write(tmp_path / "scan.bar", "scan", [{"scan_key": 7, "scan": 77, "cld": 1}])
    assert run("ingest", "scans", path).exit_code == 0
    scored = run("score")
    assert "0 to 1   photometric" in scored.stdout
    assert json.loads(run("score", "--json").stdout)["new"] == 0
    reviewed = run("review", "991231n077", "--quality", 6, "--by", "A. Observer", "--reason", "a thin cloud")
    assert reviewed.stdout.strip().endswith("scan 991231n077 has 6")


def test_the_names_of_the_commands_are_those_of_the_kinds() -> None:
    from deepcal.cli.ingest import app as ingest_app
    from ingest.files import PATTERNS

    assert sorted(get_command(ingest_app).commands) == sorted([*PATTERNS, "verify", "watch"])  # type: ignore[attr-defined]  # a group
