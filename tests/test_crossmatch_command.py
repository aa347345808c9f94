"""`deepcal xmatch refresh`, as people and schedulers run it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from astropy.table import Table

from crossmatch.upload import FORMATS
from schema.connection import connect
from tests.conftest import Command
from tests.test_crossmatch_refresh import EAST, NEAR, add_catalog, add_run, around, extract


@pytest.fixture
def waiting(
    fresh_database: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A database with one field that waits for its first refresh."""
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            add_run(conn, 90001, NEAR)
            extract(conn, NEAR, 90001, around(EAST))
            add_catalog(conn, "psc", around(EAST))
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        yield


@pytest.mark.usefixtures("waiting")
def test_a_refresh_reports_what_it_did_and_the_next_one_nothing(command: Command) -> None:
    first = json.loads(command("xmatch", "refresh", "--json").stdout)
    assert (first["matched"], first["sources"], first["best"], first["stored"]) == ([NEAR], 3, 3, 3)
    second = command("xmatch", "refresh")
    assert second.returncode == 0
    assert re.search(r"^runs matched +0$", second.stdout, re.MULTILINE)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("name", ["my stars.csv", "mine.fits", "mine.vot"])
def test_a_file_of_ones_own_is_matched_with_the_psc(command: Command, tmp_path: Path, name: str) -> None:
    mine = Table({"star": ["a", "b", "c"], "RA": [100.0, 100.0, 200.0], "Dec": [20.0, 20.0101, 20.0]})
    mine.write(tmp_path / name, format=FORMATS[Path(name).suffix])
    words = ["--left", str(tmp_path / name), "--right", "twomass.psc", "--radius", "2arcsec", "--into", "found"]
    found = json.loads(command("xmatch", "run", *words, "--json").stdout)
    assert (found["into"], found["left_rows"], found["rows"]) == ("public.found", 3, 2)
    assert "is there already" in command("xmatch", "run", *words).stderr
    assert re.search(r"^matches +2$", command("xmatch", "run", *words, "--replace").stdout, re.MULTILINE)


@pytest.mark.usefixtures("waiting")
def test_an_uploaded_table_stays_and_the_way_of_a_match_is_explained(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("ra,dec\n100,20\n100.1,\n")
    assert (
        json.loads(command("xmatch", "upload", str(tmp_path / "mine.csv"), "--into", "mine", "--json").stdout)["rows"]
        == 2
    )
    words = ["--left", "mine", "--right", "twomass.psc", "--radius", "0.5 arcmin", "--explain", "--json"]
    told = json.loads(command("xmatch", "run", *words).stdout)
    assert (told["left_rows"], told["left_skipped"]) == (2, 1)
    assert told["method"] == "q3c_join: the radius is over 10 arcsec"
    assert "q3c_join" in told["plan"] or "q3c_nearby_it" in told["plan"]


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--radius", "0arcsec"], "expected more than 0"),
        (["--radius", "40deg"], "expected more than 0 and at most 3600"),
        (["--radius", "2kg"], "expected an angle"),
        (["--radius", "2", "--left", "nowhere.csv"], "table nowhere.csv"),
    ],
)
def test_what_cannot_be_matched_is_said(command: Command, words: list[str], message: str) -> None:
    usual = ["--left", "twomass.psc", "--right", "twomass.psc", "--into", "found"]
    done = command("xmatch", "run", *usual, *words)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
