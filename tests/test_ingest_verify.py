"""A table is held against figures that the user knows."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import Result
from typer.testing import CliRunner

import ingest
from deepcal.cli import app
from ingest.verify import Expected, read_expected
from schema.connection import Connection
from schema.errors import BadArgument, BadFile
from tests.bars import write

ROWS = [{"pts_key": n, "j_m": mag} for n, mag in enumerate(("12.467", "9.001", r"\N", "15.25"), 1)]


@pytest.fixture
def loaded(conn: Connection, tmp_path: Path) -> Connection:
    ingest.psc(conn, [write(tmp_path / "psc_aaa.bar", "psc", ROWS)])
    return conn


def agree(conn: Connection, *expected: Expected) -> list[bool]:
    return [check.agrees for check in ingest.verify(conn, "psc", expected)][: len(expected)]


@pytest.mark.parametrize(
    ("figure", "right", "wrong"),
    [
        ("min", "9.001", "9.002"),
        ("max", "15.25", "15.251"),
        ("sum", "36.718", "36.719"),
        ("nulls", "1", "0"),
    ],
)
def test_figures_of_a_column_agree_to_their_last_digit(loaded: Connection, figure: str, right: str, wrong: str) -> None:
    assert agree(loaded, Expected("j_m", figure, Decimal(right)), Expected("j_m", figure, Decimal(wrong))) == [
        True,
        False,
    ]


def test_sums_are_of_the_decimal_numbers_of_the_file(loaded: Connection) -> None:
    (check, _) = ingest.verify(loaded, "psc", [Expected("j_m", "sum", Decimal("36.718"))])
    assert check.found == "36.718"


def test_rows_of_table_and_file_are_compared(loaded: Connection) -> None:
    wanted = [Expected("", "rows", Decimal(4)), Expected("psc_aaa.bar", "file_rows", Decimal(4))]
    assert agree(loaded, *wanted, Expected("psc_aab.bar", "file_rows", Decimal(4))) == [True, True, False]


def test_text_and_dates_have_a_least_and_a_largest(loaded: Connection) -> None:
    assert agree(loaded, Expected("date", "min", "1999-12-31"), Expected("hemis", "max", "s")) == [True, False]


def test_a_tolerance_is_allowed(loaded: Connection) -> None:
    assert agree(loaded, Expected("j_m", "sum", Decimal("36.7"), Decimal("0.02"))) == [True]


def test_rows_that_vanished_are_noticed_without_any_figure(loaded: Connection) -> None:
    loaded.execute("DELETE FROM twomass.psc WHERE pts_key = 2")
    (check,) = ingest.verify(loaded, "psc")
    assert (check.expected, check.found, check.agrees) == ("4", "3", False)


@pytest.mark.parametrize(("column", "figure"), [("jm", "min"), ("date", "sum")])
def test_a_figure_that_a_table_has_not_is_an_error(loaded: Connection, column: str, figure: str) -> None:
    with pytest.raises(BadArgument, match=column):
        ingest.verify(loaded, "psc", [Expected(column, figure, Decimal(1))])


def test_json_and_csv_say_the_same(tmp_path: Path) -> None:
    as_json, as_csv = tmp_path / "e.json", tmp_path / "e.csv"
    as_json.write_text('{"rows": 4, "files": {"a.gz": 4}, "columns": {"j_m": {"sum": 36.7180, "tolerance": 0.1}}}')
    as_csv.write_text("column,figure,value,tolerance\n,rows,4,\na.gz,file_rows,4,\nj_m,sum,36.7180,0.1\n")
    assert read_expected(as_json) == read_expected(as_csv)


def test_the_examples_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "formats.md").read_text()
    examples = re.findall(r"(?:^    .*\n)+", text[text.index("## Figures to verify by") :], re.MULTILINE)
    counts = []
    for example in examples:
        (tmp_path / "expected").write_text(dedent(example))
        counts.append(len(read_expected(tmp_path / "expected")))
    assert counts == [7, 3]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "no JSON"),
        ('{"row": 4}', "row not known"),
        ('{"columns": {"j_m": 4}}', "j_m is 4, expected an object"),
        ('{"columns": {"j_m": {"mean": 4}}}', "figure 'mean'"),
        ('{"rows": "many"}', "'many', expected a number"),
        ('{"columns": {"j_m": {"sum": 4, "tolerance": "x"}}}', "tolerance: 'x'"),
        ("rows 4\n", "a first line column,figure,value"),
        ("column,figure,value\n", "no figures in it"),
    ],
)
def test_figures_that_cannot_be_read_are_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "expected"
    path.write_text(text)
    with pytest.raises(BadFile, match=reason):
        read_expected(path)


@pytest.fixture(scope="module")
def run(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Callable[..., Result]]:
    with fresh_database() as dsn, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCAL_DSN", dsn)
        yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_shows_what_differs_and_leaves_with_3(run: Callable[..., Result], tmp_path: Path) -> None:
    run("ingest", "psc", write(tmp_path / "psc.bar", "psc", ROWS))
    expected = tmp_path / "e.csv"
    expected.write_text("column,figure,value\n,rows,4\nj_m,max,15.26\n")
    result = run("ingest", "verify", "psc", "--expect", expected)
    assert result.exit_code == 3
    assert "3 figures, 1 differ" in result.stdout
    expected.write_text("column,figure,value\n,rows,4\n")
    told = run("ingest", "verify", "psc", "--expect", expected, "--json")
    assert (told.exit_code, json.loads(told.stdout)["differ"]) == (0, 0)
