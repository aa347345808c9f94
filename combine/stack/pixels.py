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


def open_pixels(image: Image, copies: WorkingCopies) -> Pixels:
    """Map the pixels of an image.

    Raises
    ------
    BadFile
        The file is missing, or is no longer the one that was ingested.
    """
    path = Path(image.path)
    if not path.is_file():
        raise BadFile(path, f"not found at {path.parent}: put it back, or ingest it from its new place")
    shape = (image.naxis2, image.naxis1)
    data = mapped(path)
    if data is None:
        data = copies.pixels(path, image.pixel_sha256 or _digest_of(path, image.sha256), shape)
    if data.shape != shape:
        found = f"{data.shape[1]} x {data.shape[0]} pixels"
        raise BadFile(path, f"{found}, {image.naxis1} x {image.naxis2} when it was ingested")
    return Pixels(data)


@cache
def _digest_of(path: Path, sha256: str) -> str:
    """Return the digest of the pixels of a file that was ingested before digests of pixels were kept."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise BadFile(path, "changed since it was ingested: put the original back, or ingest it again")
    return digest(read_pixels(path))
