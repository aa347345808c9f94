"""The demo on a small field: once, again, anew; and what it leaves behind."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from crossmatch.merged import merge
from deepcal.cli.demo import shown
from deepcal.cli.output import plain
from deepcal.demo import Outcome, Wish, demo
from deepcal.door import query
from deepcal.recipes import recipes
from schema.connection import Connection, connect
from schema.errors import BadArgument

WISH = Wish(tile=90330, scans=12, seed=1, crowding="low")
COUNTED = ("scan", "image", "detection", "source", "stack", "stack_run", "xmatch", "xmatch_run", "ingest_file", "field")


@dataclass
class Done:
    """A demo that was done, and where."""

    conn: Connection
    home: Path
    outcome: Outcome

    def again(self, **changes: object) -> Outcome:
        return demo(self.conn, replace(WISH, **changes), self.home)  # type: ignore[arg-type]

    def rows(self) -> dict[str, int]:
        with self.conn.transaction():
            return {name: self.conn.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in COUNTED}  # type: ignore[arg-type]  # noqa: S608 - names of ours


@pytest.fixture(scope="module")
def done(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Done]:
    home = tmp_path_factory.mktemp("home")
    with fresh_database() as dsn, connect(dsn) as conn:
        yield Done(conn, home, demo(conn, WISH, home))


def test_the_demo_finds_most_of_the_sky_and_no_bad_scan_gets_in(done: Done) -> None:
    figures = done.outcome.figures
    assert figures.scans == 12
    assert all(one.missed == 0 for one in figures.planted.values())
    bright = figures.completeness["j"][-1]
    assert bright.isolated_found > 0.9 * bright.isolated > 50
    assert figures.sources.psc > 200


def test_the_report_is_complete_on_its_own(done: Done) -> None:
    page = done.outcome.report.read_text()
    named = set(re.findall(r'src="([^"]+)"', page))
    pictures = {path.name for path in done.outcome.report.parent.iterdir() if path.suffix in (".png", ".jpg")}
    assert named == pictures
    assert len(named) == 12
    assert "joint project of the University of" in page
    assert "http" not in page
    assert "$" not in page


def test_people_see_whole_figures_on_80_columns(done: Done) -> None:
    narrow = Console(width=80, record=True, file=StringIO())
    narrow.print(*shown(done.outcome), sep="\n")
    text = narrow.export_text()
    assert "…" not in text
    assert f"run {done.outcome.figures.run}" in text
    assert "seconds: simulate" in text


def test_json_has_all_figures(done: Done) -> None:
    told = plain(done.outcome)
    assert set(told["figures"]) >= {"scores", "left_out", "depths", "errors", "noise_ratio", "completeness", "purity"}


def test_a_second_demo_changes_nothing(done: Done) -> None:
    before = done.rows(), done.outcome.report.stat().st_mtime_ns
    second = done.again()
    assert not second.new
    assert second.figures == done.outcome.figures
    assert (done.rows(), second.report.stat().st_mtime_ns) == before


def test_a_tile_holds_one_demo_at_a_time(done: Done) -> None:
    with pytest.raises(BadArgument, match=r"scans 12, seed 1.*--fresh"):
        done.again(seed=2)


def test_the_demo_does_not_mix_with_other_data(done: Done, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"already holds .* of tile 90330 from .*(scan|psc).bar"):
        demo(done.conn, WISH, tmp_path)
    assert not (tmp_path / "products").exists()


def test_a_fresh_demo_leaves_nothing_of_the_old_one(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    class StopHereError(Exception):
        pass

    def stop(*_: object) -> None:
        raise StopHereError

    monkeypatch.setattr("deepcal.demo.job.prepare", stop)
    with done.conn.transaction(force_rollback=True):
        with pytest.raises(StopHereError):
            demo(done.conn, WISH, done.home, fresh=True)
        assert {name for name, rows in done.rows().items() if rows} == {"xmatch_run"}
    assert not (done.home / "products" / "90330").exists()
    assert not (done.home / "demo" / "90330").exists()


def test_the_cookbook_answers_on_the_field_and_its_extractions_are_merged(done: Done) -> None:
    with done.conn.transaction(force_rollback=True):
        result = merge(done.conn, WISH.tile)
        assert result.run is not None
        assert result.links > 0.8 * result.extractions
        ((name, ra, dec),) = done.conn.execute(
            "SELECT name, ra, dec FROM merged_source ORDER BY napp DESC, gcntr LIMIT 1"
        ).fetchall()
        known = {"tile": WISH.tile, "name": name, "ra": ra, "dec": dec, "radius": 60, "band": "k", "magnitude": 15}
        known |= {"snr": 10, "index": 0, "sigmas": 0, "bright": 10, "faint": 16}
        (known["scan_key"],) = done.conn.execute("SELECT min(scan_key) FROM stack_scan WHERE used").fetchall()[0]
        found = {
            asked.name: len(query(asked.name, done.conn, **{value: known[value] for value in asked.values}))
            for asked in recipes().values()
        }
        may_be_empty = {"rejected_scans", "sources_without_psc", "psc_missing", "files", "completeness"}
        assert {name for name, rows in found.items() if rows == 0} <= may_be_empty
        assert len(done.conn.execute("SELECT * FROM light_curve(%s)", (name,)).fetchall()) > 6
