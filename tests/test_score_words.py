"""A score told in words, and the quality of a field and a night as pictures."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

import ingest
from deepcal.cli import app
from deepcal.quality import why
from schema.connection import Connection, connect
from schema.errors import BadArgument, NotReady
from tests.visits import TILE, put_standards, put_visit, stars


@pytest.fixture(scope="module")
def night(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The libpq string of a database with a night of three visits; H is wrong in scan 4, scan 5 has a review."""
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            put_standards(conn, stars())
            for number in range(3):
                put_visit(
                    conn, stars(), 1 + 20 * number, hour=4.0 + number, error={3: {"h": 0.3}} if number == 0 else None
                )
            ingest.score(conn)
            ingest.review(conn, 5, 3, "A. Observer", "aircraft")
        yield dsn


def show(dsn: str, *words: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPCAL_DSN", dsn)
        patch.setenv("COLUMNS", "200")
        done = CliRunner().invoke(app, ["show", "score", *words])
    if isinstance(done.exception, BadArgument | NotReady):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def test_the_words_name_band_value_limit_and_factor(night: str) -> None:
    text = show(night, "991231n004").stdout
    assert "scan 991231n004 (key 4, field 90004): quality 0 (J 10, H 0, Ks 10)" in text
    assert "H: photometric 0, since zero point of the scan against its visit 0.30" in text
    assert "(good: below 0.05)" in text
    assert "10 x 0 = 0, the score by rules 2." in text


def test_a_scan_is_explained_to_programs_too(night: str) -> None:
    said = json.loads(show(night, "4", "--json").stdout)
    assert (said["quality"], said["bands"], said["rules"]) == (0, [10, 0, 10], 2)
    (overlap,) = (part for part in said["parts"] if part["name"] == "overlap")
    assert (overlap["values"][1], overlap["factors"]) == (pytest.approx(0.3, abs=0.01), [1, 0, 1])
    assert "seeing" in said["missing"]


def test_a_review_is_told_first_and_the_rules_after_it(night: str) -> None:
    lines = show(night, "5").stdout.splitlines()
    assert "quality 3 (J 3, H 3, Ks 3)" in lines[0]
    assert "A. Observer gave it 3 on" in lines[1]
    assert "No factor lowers it." in lines[3]


def test_a_scan_without_a_score_says_what_to_do(conn: Connection) -> None:
    put_visit(conn, stars(20))
    assert why(conn, 1).sentences == (
        "It has no score: `deepcal score` makes one once the scan table tells of the scan.",
    )


def test_the_scores_of_old_rules_are_told_without_their_measurements(conn: Connection) -> None:
    put_visit(conn, stars(20), cld=1)
    ingest.score(conn, rules=1)
    assert why(conn, 1).sentences == (
        "The base is 10: the night is dithered.",
        "The photometric factor lowers it to 0.",
    )


def test_a_number_that_is_a_field_shows_its_scans(night: str) -> None:
    assert len(json.loads(show(night, str(TILE), "--json").stdout)) == 18
    assert len(json.loads(show(night, "--tile", str(TILE), "--json").stdout)) == 18


@pytest.mark.parametrize("words", [("--tile", str(TILE)), ("--night", "991231n")])
def test_a_field_and_a_night_are_drawn(night: str, words: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "quality.png"
    told = json.loads(show(night, *words, "--plot", str(path), "--json").stdout)
    assert path.read_bytes()[1:4] == b"PNG"
    assert (told["scans"], told["good"]) == (18, 17)
    assert told["good_by_band"] == {"j": 18, "h": 17, "k": 18}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plot", "x.png"), "either --tile T or --night YYMMDDh"),
        (("--night", "991231n"), "a picture needs --plot FILE.png"),
        (("--night", "31.12.1999", "--plot", "x.png"), "expected a night as 990412n"),
        (("--night", "991299n", "--plot", "x.png"), "expected a night as 990412n"),
        (("--night", "981231n", "--plot", "x.png"), "has no scans"),
        (("--tile", "90067", "--plot", "x.png"), "field 90067 has no scans"),
        (("991231n004", "--tile", "90067"), "name one field or one scan"),
        (("991231n099",), "no scan 991231n099"),
    ],
)
def test_what_cannot_be_shown_is_named(night: str, words: tuple[str, ...], said: str) -> None:
    with pytest.raises((BadArgument, NotReady), match=said):
        show(night, *words)
