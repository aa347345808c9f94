"""The pixels of input images: mapped from disk where they lie, or from a working copy of what is compressed."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from combine.stack.select import Image
from schema.errors import BadFile
from schema.pixels import WorkingCopies, digest, mapped, read_pixels


@dataclass(frozen=True)
class Pixels:
    """The mapped pixels of an image, rows by columns, float32 in either byte order."""

    data: NDArray[Any]

    @property
    def address(self) -> int:
        """Address of the first pixel."""
        return int(self.data.ctypes.data)

    @property
    def swapped(self) -> bool:
        """True where the bytes are not in native order."""
        return not self.data.dtype.isnative


@dataclass(frozen=True)
class Cover:
    """The coverage map of an image, frames per pixel, and how many frames are a full exposure."""

    pixels: Pixels
    frames: float


def open_cover(image: Image, copies: WorkingCopies) -> Cover | None:
    """Map the coverage map of an image; None where it has none.

    Raises
    ------
    BadFile
        The file is missing, or is no longer the one that was ingested.
    """
    if image.cover_path is None or image.cover_sha256 is None or image.cover_frames is None:
        return None
    known = (image.cover_sha256, image.cover_pixel_sha256)
    return Cover(_open(Path(image.cover_path), known, (image.naxis2, image.naxis1), copies), image.cover_frames)


def open_pixels(image: Image, copies: WorkingCopies) -> Pixels:
    """Map the pixels of an image.

    Raises
    ------
    BadFile
        The file is missing, or is no longer the one that was ingested.
    """
    known = (image.sha256, image.pixel_sha256)
    return _open(Path(image.path), known, (image.naxis2, image.naxis1), copies)


def _open(path: Path, known: tuple[str, str | None], shape: tuple[int, int], copies: WorkingCopies) -> Pixels:
    """Map the pixels of a file whose digest, and that of whose pixels, are known."""
    if not path.is_file():
        raise BadFile(path, f"not found at {path.parent}: put it back, or ingest it from its new place")
    data = mapped(path)
    if data is None:
        data = copies.pixels(path, known[1] or _digest_of(path, known[0]), shape)
    if data.shape != shape:
        found = f"{data.shape[1]} x {data.shape[0]} pixels"
        raise BadFile(path, f"{found}, {shape[1]} x {shape[0]} when it was ingested")
    return Pixels(data)


@cache
def _digest_of(path: Path, sha256: str) -> str:
    """Return the digest of the pixels of a file that was ingested before digests of pixels were kept."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise BadFile(path, "changed since it was ingested: put the original back, or ingest it again")
    return digest(read_pixels(path))
