"""Are the product files what the inventory says they are?"""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from psycopg.rows import class_row

from schema.connection import Connection
from schema.progress import Progress, silent
from sql import load


@dataclass(frozen=True)
class Listed:
    """One file as the inventory lists it."""

    tile: int
    run: str
    path: str
    bytes: int
    sha256: str

    def fault(self) -> str | None:
        """Say what is wrong with the file; None where it is as listed."""
        path = Path(self.path)
        try:
            size = path.stat().st_size
            if size != self.bytes:
                return f"{size:,} bytes, {self.bytes:,} when it was made"
            with path.open("rb") as stream:
                same = hashlib.file_digest(stream, "sha256").hexdigest() == self.sha256
        except OSError as error:
            return str(error.strerror)
        return None if same else "altered: its SHA-256 is another"


@dataclass(frozen=True)
class Faulty:
    """A file that is not as listed, and what makes it again."""

    run: str
    path: str
    fault: str
    mend: str


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what is wrong."""

    files: int
    bytes: int
    faulty: list[Faulty]


def verify(conn: Connection, tile: int | None, progress: Progress = silent) -> Verified:
    """Compare every product file of a field, or of all, with its size and SHA-256 in the inventory."""
    with conn.transaction(), conn.cursor(row_factory=class_row(Listed)) as cursor:
        files = cursor.execute(load("report/files.sql"), {"tile": tile}).fetchall()
    faulty = [
        Faulty(one.run, one.path, fault, f"stack {one.tile} again as run {one.run} was asked for, or restore the file")
        for one, fault in _looked_at(files, progress)
        if fault is not None
    ]
    return Verified(len(files), sum(one.bytes for one in files), faulty)


def _looked_at(files: list[Listed], progress: Progress) -> Iterator[tuple[Listed, str | None]]:
    with ThreadPoolExecutor() as pool:
        for done, (one, fault) in enumerate(zip(files, pool.map(Listed.fault, files), strict=True), 1):
            progress("verify", done, len(files))
            yield one, fault
