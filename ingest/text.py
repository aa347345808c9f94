"""A text file as blocks of whole lines; .gz is read as a stream, never unpacked to disk."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from schema.errors import BadFile

BLOCK = 1 << 20  # bytes of text read together: small enough for Arrow to stay in the cache
GZIP = b"\x1f\x8b"

Step = Callable[[int], None]
"""Called with the bytes of a file that were read so far, as it lies on disk."""


@dataclass(frozen=True)
class Block:
    """Whole lines of a file, each ending with a newline; `line` is the number of the first, from 1."""

    line: int
    data: bytes


def blocks(
    path: Path, step: Step = lambda done: None, look: Callable[[bytes], object] = lambda data: None
) -> Iterator[Block]:
    """Read a file, compressed or not, as blocks of whole lines.

    Parameters
    ----------
    path : Path
        Compressed by gzip if its content says so, whatever its name.
    step : callable
        Told of the progress after every block.
    look : callable
        Shown the text as it is unpacked.

    Raises
    ------
    BadFile
        The file is empty, or its compressed data are damaged or end early.
    """
    line, rest = 1, b""
    with path.open("rb") as raw:
        stream = _unpacked(raw)
        while data := _read(path, stream, BLOCK):
            step(raw.tell())
            look(data)
            end = data.rfind(b"\n") + 1
            if end:
                whole = b"".join((rest, memoryview(data)[:end]))
                yield Block(line, _unix(whole))
                line += whole.count(b"\n")
            rest = data[end:] if end else rest + data
    if rest:
        yield Block(line, _unix(rest + b"\n"))
    elif line == 1:
        raise BadFile(path, "the file is empty")


def head(path: Path, size: int = 65536) -> bytes:
    """Return the first bytes of a file, unpacked.

    Raises
    ------
    BadFile
        The file is empty, or its compressed data are damaged.
    """
    with path.open("rb") as raw:
        first = _read(path, _unpacked(raw), size)
    if not first:
        raise BadFile(path, "the file is empty")
    return first


def starts_with(path: Path, mark: bytes) -> bool:
    """Tell whether the first bytes of a file, as it lies on disk, are these."""
    with path.open("rb") as raw:
        return raw.read(len(mark)) == mark


def check_packed(path: Path) -> None:
    """Read a compressed file to its end.

    Raises
    ------
    BadFile
        Its data are damaged or end early.
    """
    with path.open("rb") as raw:
        stream = _unpacked(raw)
        while stream is not raw and _read(path, stream, BLOCK):
            pass


def _unpacked(raw: BinaryIO) -> BinaryIO:
    packed = raw.read(len(GZIP)) == GZIP
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw


def _read(path: Path, stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadFile(path, f"the compressed data are damaged or end early ({error}); get the file again") from error


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data
