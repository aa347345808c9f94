"""Which files there are: folders walked in order, and the fingerprint by which a file is known."""

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO, cast

from schema.errors import BadArgument

GZIP = b"\x1f\x8b"

ENDINGS = ("bar", "tbl", "vot", "xml", "csv", "ecsv", "fits")
TABLES = (*ENDINGS, *(f"{ending}.gz" for ending in ENDINGS), "parquet")
PATTERNS: dict[str, tuple[str, ...]] = {
    "tiles": ("tiles*.csv",),
    "standards": ("standards*.csv",),
    "psc": ("psc_???.gz", *(f"psc*.{ending}" for ending in TABLES)),
    "xsc": ("xsc_???.gz", *(f"xsc*.{ending}" for ending in TABLES)),
    "scans": ("twomass_scn*", *(f"scan*.{ending}" for ending in TABLES)),
    "detections": ("cal_*.bar", "cal_*.bar.gz"),
    "images": ("*.fits", "*.fits.gz", "*.fits.fz"),
}
"""The names that belong to a kind when a folder is walked; a file that is named itself is taken whatever its name."""


@dataclass(frozen=True)
class FileResult:
    """What became of one file: `state` is "loaded", "known" or "refused".

    `left_out` bad rows are in deepcal.ingest_reject. `error` says why it was refused: line, column, value, what was
    expected. `same_as` is a loaded file whose rows a known one has, packed in another way.
    """

    path: Path
    kind: str
    state: str
    rows: int
    error: str | None = None
    same_as: Path | None = None
    left_out: int = 0


def unpacked(raw: BinaryIO) -> BinaryIO:
    """Return the content of an open file, unpacked as a stream where it is compressed by gzip."""
    packed = raw.read(len(GZIP)) == GZIP
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw


def ends_whole(path: Path) -> bool:
    """Tell whether the last line of a text file is ended; one compressed by gzip has a checksum for that."""
    with path.open("rb") as raw:
        packed = raw.read(len(GZIP)) == GZIP
        raw.seek(0, os.SEEK_END)
        if packed or not raw.tell():
            return True
        raw.seek(-min(2, raw.tell()), os.SEEK_END)
        return raw.read(2).rstrip(b"\0").endswith(b"\n")  # two bytes a letter are another fault


@dataclass(frozen=True)
class Fingerprint:
    """SHA-256 (hex) and size in bytes of a file as it lies on disk."""

    sha256: str
    size: int


def fingerprint(path: Path) -> Fingerprint:
    """Read a whole file for its fingerprint."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return Fingerprint(digest.hexdigest(), stream.tell())


def try_fingerprint(path: Path) -> Fingerprint | OSError:
    """Read the fingerprint of a file, or return the error of a file that cannot be read."""
    try:
        return fingerprint(path)
    except OSError as error:
        return error


def found(kind: str, paths: Iterable[Path | str]) -> list[Path]:
    """Return the files of a kind: named ones as they are, those of folders in sorted order.

    Raises
    ------
    BadArgument
        A path does not exist, or a folder holds no file of the kind.
    """
    return [path for given in paths for path in _below(kind, Path(given).absolute())]


def _below(kind: str, path: Path) -> Sequence[Path]:
    if path.is_dir():
        inside = sorted(_walk(kind, path))
        if not inside:
            names = " or ".join(name for name in PATTERNS[kind] if not name.endswith(".gz") or len(PATTERNS[kind]) < 5)
            raise BadArgument(f"{path}: no file of the kind {kind} in it, expected {names}")
        return inside
    if not path.exists():
        raise BadArgument(f"{path}: no such file or folder")
    return [path]


def _walk(kind: str, folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        told = "truth" in path.relative_to(folder).parts[:-1]  # what a simulator knows is no input
        if named(kind, path.name) and not told and path.is_file():
            yield path


def named(kind: str, name: str) -> bool:
    """Tell whether a file has the name of a kind; images are FITS files that are not named as tables."""
    if kind == "images" and any(named(other, name) for other in ("psc", "xsc", "scans")):
        return False
    return any(fnmatch(name, pattern) for pattern in PATTERNS[kind])
