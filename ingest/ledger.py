"""The book of input files: one transaction a file, known by its SHA-256 once loaded, a refusal written down."""

from collections.abc import Callable, Sequence
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

Loader = Callable[[Connection, Path, int, Step], int]
"""Loads one file inside an open transaction and returns its rows: connection, path, file_id, and whom to tell how many
of its bytes were read. Raises BadFile to refuse it."""


def load_files(
    conn: Connection, kind: str, paths: Sequence[Path | str], loader: Loader, progress: Progress
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

    Raises
    ------
    BadArgument
        A path does not exist, or a folder holds no file of the kind; nothing was loaded.
    """
    files = found(kind, paths)
    total, before, results = sum(path.stat().st_size for path in files), 0, []
    for path, mark in ahead((path, try_fingerprint(path)) for path in files):

        def step(read: int, before: int = before) -> None:
            progress(f"ingest {kind}, kB of {len(files)} files", (before + read) // 1000, total // 1000)

        if isinstance(mark, OSError):
            results.append(FileResult(path, kind, "refused", 0, f"cannot be read: {mark.strerror}"))
            continue
        results.append(_one(conn, kind, path, mark, loader, step))
        step(mark.size)
        before += mark.size
    return results


def _one(conn: Connection, kind: str, path: Path, mark: Fingerprint, loader: Loader, step: Step) -> FileResult:
    try:
        with conn.transaction():
            return _claim_and_load(conn, kind, path, mark, loader, step)
    except BadFile as error:
        reason = error.reason
    except (IntegrityError, psycopg.DataError) as error:
        reason = str(error).strip()  # a check of the database that the reading missed
    with conn.transaction():
        conn.execute(load("ingest/refuse.sql"), _row(kind, path, mark) | {"error": reason})
    return FileResult(path, kind, "refused", 0, reason)


def _claim_and_load(
    conn: Connection, kind: str, path: Path, mark: Fingerprint, loader: Loader, step: Step
) -> FileResult:
    claimed = conn.execute(load("ingest/claim.sql"), _row(kind, path, mark)).fetchone()
    if claimed is None:
        return _known(conn, kind, path, mark)
    (file_id,) = claimed
    rows = loader(conn, path, file_id, step)
    conn.execute(load("ingest/loaded.sql"), {"file_id": file_id, "rows": rows})
    return FileResult(path, kind, "loaded", rows)


def _known(conn: Connection, kind: str, path: Path, mark: Fingerprint) -> FileResult:
    """Tell what is known of a loaded file; where it was moved away from its old place, remember the new one."""
    found_row = conn.execute(load("ingest/known.sql"), {"kind": kind, "sha256": mark.sha256}).fetchone()
    assert found_row is not None, "claim.sql found the file loaded"
    file_id, old, rows = found_row
    if old != str(path) and not Path(old).exists():
        conn.execute(load("ingest/moved.sql"), {"file_id": file_id, "path": str(path)})
    return FileResult(path, kind, "known", rows)


def _row(kind: str, path: Path, mark: Fingerprint) -> dict[str, object]:
    return {"kind": kind, "path": str(path), "sha256": mark.sha256, "bytes": mark.size}
