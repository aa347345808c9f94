"""The steps of the demo, one after the other, each timed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import combine
import crossmatch
import ingest
from deepcal.demo.field import Field, Wish, forget, prepare, refuse_strangers
from deepcal.report.figures import Figures, figures
from deepcal.report.tables import Tables, read_tables
from deepcal.truth import Comparison, Truth, compare, read_truth
from ingest import FileResult
from schema.code import code_digest
from schema.connection import Connection
from schema.errors import NotReady
from schema.progress import Progress, silent

KINDS: dict[str, tuple[Callable[..., list[FileResult]], str]] = {
    "tiles": (ingest.tiles, "tiles.csv"),
    "standards": (ingest.standards, "standards.csv"),
    "psc": (ingest.psc, "psc.bar"),
    "xsc": (ingest.xsc, "xsc.bar"),
    "scans": (ingest.scans, "scan.bar"),
    "detections": (ingest.detections, "detections"),
    "images": (ingest.images, "images"),
}
KEY = "made-for"


@dataclass(frozen=True)
class Outcome:
    """What a demo did: figures, where the report is, whether anything was new, seconds by step."""

    figures: Figures
    report: Path
    new: bool
    old_field: bool
    seconds: dict[str, float]


@dataclass
class Clock:
    """Seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step."""
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)


def demo(conn: Connection, wish: Wish, home: Path, *, fresh: bool = False, progress: Progress = silent) -> Outcome:
    """Do the main job on a simulated field; what is there already is not done again.

    Parameters
    ----------
    conn : Connection
        Not in a transaction.
    wish : Wish
        The field to simulate.
    home : Path
        The data folder: the field goes to ``demo/TILE``, the page to ``demo/report``.
    fresh : bool
        Remove the demo of this tile first: rows, files and stacks.
    progress : callable, optional

    Raises
    ------
    BadArgument
        The tile is taken: by other data, or by a demo of other arguments.
    NotReady
        A file of the field is refused.
    """
    folder, clock = home / "demo" / str(wish.tile), Clock()
    if fresh:
        forget(conn, wish.tile, folder, home)
    refuse_strangers(conn, wish.tile, folder)
    with clock.step("simulate"):
        sky = prepare(wish, folder, progress)
    new = _build(conn, wish.tile, sky, home, clock, progress)
    with clock.step("compare"):
        progress("compare with the truth", 0, 1)
        truth = read_truth(folder / "truth")
        tables = read_tables(conn, wish.tile, truth)
        truth = truth.at(tables.epoch)
        compared = compare(truth, tables.sources, tables.stacks, tables.scans)
        numbers = figures(tables, compared)
        progress("compare with the truth", 1, 1)
    with clock.step("report"):
        material = tables, truth, compared, numbers
        page, drawn = _report(home / "demo" / "report", material, new, progress)
    return Outcome(numbers, page, new or drawn, sky.old, clock.seconds)


def _build(conn: Connection, tile: int, sky: Field, home: Path, clock: Clock, progress: Progress) -> bool:
    """Ingest to match; return whether anything was new."""
    with clock.step("ingest"):
        loaded = _ingest(conn, sky.folder, progress)
    with clock.step("score"):
        scored = ingest.score(conn)
    with clock.step("stack"):
        stacks = combine.stack_field(conn, tile, home=home, progress=progress)
    with clock.step("extract"):
        extracted = stacks.built or not combine.has_sources(conn, stacks.run)
        if extracted:
            combine.extract_field(conn, tile, run=stacks.run, home=home, progress=progress)
    with clock.step("match"), conn.transaction():  # a reader never sees the new run without its matches
        combine.use(conn, stacks.run)
        changed = crossmatch.pending(conn)
        if changed:  # every refresh is written down, also one that finds nothing to do
            crossmatch.refresh(conn, progress)
    return sky.made or loaded or scored.new + scored.changed > 0 or extracted or changed


def _ingest(conn: Connection, folder: Path, progress: Progress) -> bool:
    """Ingest the field; return whether any file was new."""
    new = False
    for load, name in KINDS.values():
        results = load(conn, [folder / name], progress)
        refused = [one for one in results if one.state == "refused"]
        if refused:
            raise NotReady(f"{refused[0].path.name}: {refused[0].error}; `deepcal demo --fresh` begins anew")
        new = new or any(one.state == "loaded" for one in results)
    return new


def _report(
    folder: Path, material: tuple[Tables, Truth, Comparison, Figures], new: bool, progress: Progress
) -> tuple[Path, bool]:
    """Write the page unless it is there for the same run and code; return its path and whether it was written."""
    from deepcal.report.material import Material  # matplotlib takes a second to import
    from deepcal.report.write import write

    page, key = folder / "report.html", f"{material[0].run} {code_digest('deepcal')}"
    if not new and page.is_file() and (folder / KEY).is_file() and (folder / KEY).read_text() == key:
        return page, False
    write(Material(*material), folder, progress)
    (folder / KEY).write_text(key)
    return page, True
