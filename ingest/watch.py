"""A folder in which files appear: those that are complete are loaded, each once, fields before their images."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.files import FileResult
from ingest.recognise import kind_of
from schema.connection import Connection
from schema.errors import BadArgument
from sql import load

ORDER = ("tiles", "standards", "scans", "psc", "xsc", "detections", "images")
"""Kinds in the order in which they are loaded: images want the fields, detections and images the scans."""

Mark = tuple[int, int]
"""Size in bytes and time of the last change (ns) of a file."""
Load = Callable[[str, list[Path]], list[FileResult]]
"""Loads files of a kind."""


@dataclass
class Arrivals:
    """What was seen of a folder so far.

    Parameters
    ----------
    folder : Path
    settled : float
        Seconds without a change after which a file is complete, unless a program still has it open for writing.
    """

    folder: Path
    settled: float
    handled: dict[Path, Mark] = field(default_factory=dict)
    unknown: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise BadArgument(f"{self.folder}: no such folder")

    def complete(self) -> dict[Path, Mark]:
        """Return the files that are complete and not handled yet."""
        now, found = time.time(), {}
        for path, mark in self._walk(self.folder):
            new = self.handled.get(path) != mark
            if new and now - mark[1] / 1e9 >= self.settled and not _being_written(path):
                found[path] = mark
        return found

    def _walk(self, folder: Path) -> Iterator[tuple[Path, Mark]]:
        try:
            with os.scandir(folder) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            return  # taken away, or not ours to read
        for entry in inside:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from self._walk(Path(entry.path))
            elif entry.is_file():
                try:
                    status = entry.stat()
                except FileNotFoundError:
                    continue
                yield Path(entry.path), (status.st_size, status.st_mtime_ns)


def take(conn: Connection, arrivals: Arrivals, load_files: Load) -> list[FileResult]:
    """Load what has arrived and is complete; one round.

    Files that the database has loaded from the same path, of the same size and not changed since, are passed over
    without being read. A refused file is tried again when it changes, and after new fields were loaded.
    """
    found = arrivals.complete()
    known = _known(conn, found)
    kinds: dict[str, list[Path]] = {}
    for path in found:
        kind = None if path in known else kind_of(path)
        if kind is not None:
            kinds.setdefault(kind, []).append(path)
        elif path not in known:
            arrivals.unknown.add(path)
    arrivals.handled |= found
    results: list[FileResult] = []
    for kind in ORDER:
        if paths := kinds.get(kind):
            results += load_files(kind, paths)
    if any(result.kind == "tiles" and result.state == "loaded" for result in results):
        _try_again(arrivals, results)
    return results


def _try_again(arrivals: Arrivals, results: list[FileResult]) -> None:
    """Forget the refused images of earlier rounds: they may lie on the new fields."""
    now = {result.path for result in results}
    for path in [path for path in arrivals.handled if path not in now and ".fits" in path.name]:
        del arrivals.handled[path]


def _known(conn: Connection, found: Mapping[Path, Mark]) -> set[Path]:
    """Return the files that were loaded from where they lie and have not changed since."""
    if not found:
        return set()
    paths = [str(path) for path in found]
    rows = conn.execute(load("ingest/loaded_from.sql"), {"paths": paths}).fetchall()
    conn.commit()
    loaded = {(Path(path), size): seen for path, size, seen in rows}
    return {path for path, (size, changed) in found.items() if loaded.get((path, size), 0.0) > changed / 1e9}


def _being_written(path: Path) -> bool:
    """Tell whether a program has a file open for writing, where the system can tell (a read lease: Linux)."""
    lease = getattr(fcntl, "F_SETLEASE", None)
    if lease is None or signal.getsignal(signal.SIGIO) == signal.SIG_DFL:
        return False  # a program that wants to write while the lease is held is answered with SIGIO, to us
    try:
        with path.open("rb") as stream:
            fcntl.fcntl(stream, lease, fcntl.F_RDLCK)
            fcntl.fcntl(stream, lease, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # not our file, or a file system without leases
    return False
