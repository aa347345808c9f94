"""The book of input files: one transaction a file, known by its SHA-256 once loaded, a refusal written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.errors import IntegrityError

from ingest.ahead import ahead
from ingest.files import FileResult, Fingerprint, found, try_fingerprint
from ingest.text import Step
from schema.connection import Connection
from schema.errors import BadFile
from schema.progress import Progress
from sql import load

Loader = Callable[[Connection, Path, int, Step, Sequence[int]], int]
"""Loads one file inside an open transaction and returns its rows: connection, path, file_id, whom to tell how many of
its bytes were read, and the file_ids of earlier contents that it replaces. Raises BadFile to refuse it."""

AHEAD = 64  # files whose fingerprints are taken while others are loaded
REPLACEABLE = ("standards", "scans", "images")  # of those that `load_files` loads; tiles change by themselves
CHANGED = (
    "changed since it was loaded: nothing of the new content is in; `--replace` removes the rows of the old one and "
    "loads the new one in one transaction"
)


@dataclass(frozen=True)
class Status:
    """Of a file: number, last path and rows of its content, if it is loaded; and the file it would replace."""

    file_id: int | None
    path: str | None
    rows: int
    replaces: int | None


def load_files(
    conn: Connection,
    kind: str,
    paths: Sequence[Path | str],
    loader: Loader,
    progress: Progress,
    *,
    replace: bool = False,
) -> list[FileResult]:
    """Load the files of a kind, each in a transaction of its own; a refused one does not stop the others.

    Parameters
    ----------
    conn : Connection
        An idle connection; inside a transaction of the caller's, savepoints take the place of transactions.
    kind : str
    paths : files and folders
    loader : Loader
    progress : Progress
        Told of bytes done.
    replace : bool
        A file that changed since it was loaded takes the place of what it brought.

    Raises
    ------
    BadArgument
        A path does not exist, or a folder holds no file of the kind; nothing was loaded.
    """
    files = found(kind, paths)
    total, before, results = sum(path.stat().st_size for path in files), 0, []
    for path, mark in ahead(lambda path: (path, try_fingerprint(path)), files, 1):

        def step(read: int, before: int = before) -> None:
            progress(f"ingest {kind}, kB of {len(files)} files", (before + read) // 1000, total // 1000)

        if isinstance(mark, OSError):
            results.append(unreadable(path, kind, mark))
            continue
        results.append(_one(conn, kind, path, mark, loader, step, replace))
        step(mark.size)
        before += mark.size
    return results


def status(conn: Connection, kind: str, path: Path, mark: Fingerprint) -> Status:
    """Look a file up, by its content and by its path."""
    with conn.transaction():
        row = {"kind": kind, "sha256": mark.sha256, "path": str(path)}
        file_id, old, rows, replaces = conn.execute(load("ingest/status.sql"), row).fetchone() or (None,) * 4
    return Status(file_id, old, rows or 0, replaces)


def claim(
    conn: Connection, kind: str, files: Sequence[tuple[Path, Fingerprint]], contents: Sequence[str | None] | None = None
) -> dict[str, int]:
    """Enter files, inside a transaction, and return the numbers of those that were not loaded, by SHA-256."""
    columns = {
        "content": [None] * len(files) if contents is None else list(contents),
        "sha256": [mark.sha256 for _, mark in files],
        "paths": [str(path) for path, _ in files],
        "bytes": [mark.size for _, mark in files],
    }
    return dict(conn.execute(load("ingest/claim.sql"), {"kind": kind} | columns).fetchall())


def known(conn: Connection, kind: str, path: Path, mark: Fingerprint) -> FileResult:
    """Tell what is known of a loaded file; where it was moved away from its old place, remember the new one."""
    entry = status(conn, kind, path, mark)
    if entry.path not in (None, str(path)) and not Path(str(entry.path)).exists():
        with conn.transaction():
            conn.execute(load("ingest/moved.sql"), {"file_id": entry.file_id, "path": str(path)})
    return FileResult(path, kind, "known", entry.rows)


def twin(conn: Connection, kind: str, path: Path, content: str) -> FileResult | None:
    """Tell of a file whose rows came with another one, if they did: a packed copy of it, for instance."""
    with conn.transaction():
        row = conn.execute(load("ingest/twin.sql"), {"kind": kind, "content": content}).fetchone()
    return FileResult(path, kind, "known", row[1], same_as=Path(row[0])) if row else None


def refuse(conn: Connection, kind: str, path: Path, mark: Fingerprint, reason: str) -> FileResult:
    """Write down why a file was refused."""
    row = {"kind": kind, "path": str(path), "sha256": mark.sha256, "bytes": mark.size, "error": reason}
    with conn.transaction():
        conn.execute(load("ingest/refuse.sql"), row)
    return FileResult(path, kind, "refused", 0, reason)


def unreadable(path: Path, kind: str, error: OSError) -> FileResult:
    """Tell of a file whose content nobody has seen."""
    return FileResult(path, kind, "refused", 0, f"cannot be read: {error.strerror}")


def _one(
    conn: Connection, kind: str, path: Path, mark: Fingerprint, loader: Loader, step: Step, replace: bool
) -> FileResult:
    before: list[int] = []
    try:
        with conn.transaction():
            before = _contents_before(conn, kind, path, mark)
            file_id = claim(conn, kind, [(path, mark)]).get(mark.sha256)
            if file_id is None:
                return known(conn, kind, path, mark)
            rows = loader(conn, path, file_id, step, before if replace else ())
            conn.execute(load("ingest/loaded.sql"), {"file_ids": [file_id], "rows": [rows]})
            for old in before if replace else ():
                conn.execute(load("ingest/replaced.sql"), {"file_id": old})
            return FileResult(path, kind, "loaded", rows)
    except BadFile as error:
        reason = error.reason
    except (IntegrityError, psycopg.DataError) as error:
        reason = str(error).strip()  # a check of the database that the reading missed
    if before and not replace and kind in REPLACEABLE:
        reason += "; the file changed since it was loaded: `--replace` loads it in place of what it brought"
    return refuse(conn, kind, path, mark, reason)


def _contents_before(conn: Connection, kind: str, path: Path, mark: Fingerprint) -> list[int]:
    row = {"kind": kind, "path": str(path), "sha256": mark.sha256}
    return [file_id for (file_id,) in conn.execute(load("ingest/contents_before.sql"), row)]
