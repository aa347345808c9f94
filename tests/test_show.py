"""`deepcal show`: for people, for programs, for files."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from deepcal.cli import app
from deepcal.cli.show import SCREEN
from deepcal.cli.show import app as show_app
from deepcal.door import query
from deepcal.recipes import recipe
from schema.connection import connect
from schema.errors import BadArgument
from tests.world import SOURCES, TILE, make_world

NAMES = [str(command.name) for command in show_app.registered_commands if command.name]


@pytest.fixture(scope="module")
def world(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The libpq string of a small world that no test changes."""
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            make_world(conn)
        yield dsn


@pytest.fixture(autouse=True)
def use_world(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPCAL_DSN", world)
    monkeypatch.setenv("COLUMNS", "250")


def show(*words: str) -> Result:
    done = CliRunner().invoke(app, ["show", *words])
    if isinstance(done.exception, BadArgument):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_shown_to_people_and_to_programs(name: str) -> None:
    assert len(show(name).stdout.splitlines()) > 1
    assert len(json.loads(show(name, "--json").stdout)) > 0


@pytest.mark.parametrize("name", SCREEN)
def test_the_columns_on_the_screen_exist(name: str) -> None:
    frame = query(name, **dict.fromkeys(recipe(name).values))
    assert [column for column in SCREEN[name].split() if column not in frame.columns] == []


def test_a_field_is_chosen_by_its_tile() -> None:
    assert len(json.loads(show("sources", str(TILE), "--json").stdout)) == SOURCES
    assert json.loads(show("sources", "90004", "--json").stdout) == []


def test_a_missing_value_is_null_in_json_and_whole_numbers_stay_whole() -> None:
    rows = json.loads(show("sources", "--json").stdout)
    assert [row["cntr_psc"] for row in rows[:3]] == [0, None, 2]


def test_the_screen_shows_units_and_says_how_to_see_the_rest() -> None:
    lines = show("sources", "--rows", "5").stdout.splitlines()
    assert lines[0].split()[:5] == ["tile", "id", "name", "ra", "dec"]
    assert lines[1].split()[:3] == ["deg", "deg", "mag"]
    assert lines[-1] == f"5 of {SOURCES} rows: --rows shows more, --format csv writes all"


def test_csv_goes_to_the_screen_with_all_columns() -> None:
    frame = pd.read_csv(io.StringIO(show("scans", "--format", "csv").stdout))
    assert list(frame["scan_key"]) == list(range(1, 13))
    assert len(frame.columns) > 64


def test_a_parquet_file_keeps_the_units(tmp_path: Path) -> None:
    show("sources", "--format", "parquet", "--out", str(tmp_path / "sources.parquet"))
    frame = pd.read_parquet(tmp_path / "sources.parquet")
    assert (len(frame), frame.attrs["units"]["dec"]) == (SOURCES, "deg")


@pytest.mark.parametrize("name", ["refreshes", "runs", "settings"])
def test_tables_with_lists_and_objects_can_be_written(name: str, tmp_path: Path) -> None:
    show(name, "--format", "parquet", "--out", str(tmp_path / "x.parquet"))
    assert show(name, "--format", "csv").stdout.count("\n") > 1


def test_a_query_of_the_cookbook_takes_its_values_as_words() -> None:
    words = ["-v", "ra=247.89", "-v", "dec=30.1467", "-v", "radius=200", "--json"]
    assert len(json.loads(show("query", "cone", *words).stdout)) == 4
    assert len(json.loads(show("query", "counts", "-v", "tile=", "--json").stdout)) > 0


def test_the_cookbook_is_listed_without_a_name() -> None:
    assert "Which sources lie around a position, nearest first?" in show("query").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("query", "cone", "-v", "ra"), "--value ra: expected NAME=VALUE"),
        (("files", "--out", "x"), "--out x: say --format csv, parquet, fits, votable, ipac, ds9 as well"),
        (("files", "--format", "parquet"), "name one with --out FILE"),
        (("files", "--format", "csv", "--out", "/nowhere/x"), "--out /nowhere/x"),
    ],
)
def test_a_word_that_does_not_fit_is_named(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        show(*words)
