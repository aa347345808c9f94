"""Are the input images still what was ingested? Asked before any work begins."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import class_row

from schema.errors import BadFile
from sql import load

SHOWN = 5
"""Faults that a message tells one by one."""


@dataclass(frozen=True)
class Input:
    """One file of an image, or of its coverage; size and time are unknown where no ingest tells of it."""

    path: str
    sha256: str
    file_id: int | None
    bytes: int | None
    seen_at: float | None

    def fault(self) -> str | None:
        """Say what is wrong with the file, after a look at it; None where it is what it was."""
        path = Path(self.path)
        try:
            found = path.stat()
        except OSError as error:
            return f"not found at {path.parent} ({error.strerror}): put it back, or ingest it from its new place"
        if self.bytes is not None and found.st_size != self.bytes:
            return f"{found.st_size:,} bytes, {self.bytes:,} when it was ingested: put the original back, or ingest it"
        if self.untouched(found.st_ctime):
            return None
        with path.open("rb") as stream:
            same = hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256
        return None if same else "changed since it was ingested: put the original back, or ingest it again"

    def untouched(self, changed: float) -> bool:
        """Tell whether a file of this time of change (seconds) was last looked at after it."""
        return self.seen_at is not None and changed < self.seen_at


def check_inputs(conn: psycopg.Connection[Any], images: Iterable[int]) -> None:
    """Look at the files of images: their sizes, and the sums of all that were touched since they were last looked at.

    Raises
    ------
    BadFile
        Some are missing or altered; the first is named, the next ones with it.
    """
    with conn.cursor(row_factory=class_row(Input)) as cursor:
        inputs = cursor.execute(load("combine/inputs.sql"), {"images": list(images)}).fetchall()
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(Input.fault, inputs))
    faults = [(one.path, fault) for one, fault in zip(inputs, found, strict=True) if fault is not None]
    if faults:
        raise BadFile(faults[0][0], _words(faults))
    looked_at = [i.file_id for i in inputs if i.file_id is not None and not i.untouched(Path(i.path).stat().st_ctime)]
    if looked_at:
        conn.execute(load("combine/inputs_seen.sql"), {"files": looked_at})


def _words(faults: list[tuple[str, str]]) -> str:
    """Tell of the first fault in full and of some others by name."""
    others = [Path(path).name for path, _ in faults[1:SHOWN]]
    more = f" and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return faults[0][1] + (f"; the same of {', '.join(others)}{more}" if others else "")
