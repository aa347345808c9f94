"""The pixels of image files: mapped where they lie, or unpacked once into a working copy known by its digest."""

import hashlib
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from schema.errors import BadFile

GZIP = b"\x1f\x8b"
DISK = np.dtype(">f4")


def digest(pixels: NDArray[Any]) -> str:
    """Return the SHA-256 (hex) of pixels as big-endian float32, rows from the bottom, as FITS has them."""
    return hashlib.sha256(np.ascontiguousarray(pixels, DISK).data).hexdigest()


def read_pixels(path: Path) -> NDArray[np.float32]:
    """Read the pixels of the first two-dimensional image of a file, packed or not.

    Raises
    ------
    BadFile
        They cannot be read, or a checksum in the header says that they are not what was written.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what astropy warns of in headers, the reading of the header judges
            with fits.open(path, memmap=False) as hdus:
                hdu = next(hdu for hdu in hdus if hdu.header.get("NAXIS") == 2 and hdu.is_image)
                _check_sum(path, hdu)
                with np.errstate(over="ignore", invalid="ignore"):  # what does not fit becomes infinite, and is refused
                    return np.array(hdu.data, dtype=np.float32)
    except BadFile:
        raise
    except Exception as error:  # the library raises a dozen kinds for the ways in which a file can be damaged
        raise BadFile(path, f"the pixels cannot be read ({error}); get the file again") from error


def _check_sum(path: Path, hdu: Any) -> None:
    """Refuse pixels that are not those the header's DATASUM was made of."""
    if "DATASUM" in hdu.header and "ZIMAGE" not in hdu.header and not hdu.verify_datasum():
        raise BadFile(path, "the pixels do not have the sum that card DATASUM tells: damaged, get the file again")


def mapped(path: Path) -> NDArray[Any] | None:
    """Map the pixels of a plain file of float32 where they lie; None if it is packed, or of another kind."""
    with path.open("rb") as stream:
        if stream.read(len(GZIP)) == GZIP:
            return None
    with fits.open(path, memmap=True) as hdus:
        header, where = hdus[0].header, hdus[0].fileinfo()
    if header.get("BITPIX") != -32 or header.get("NAXIS") != 2 or "BSCALE" in header:
        return None
    shape = (int(header["NAXIS2"]), int(header["NAXIS1"]))
    return np.memmap(path, DISK, "r", where["datLoc"], shape)


@dataclass
class WorkingCopies:
    """Unpacked pixels in a folder of bounded size; what was not used for longest goes first.

    Parameters
    ----------
    folder : Path
        Files ``DIGEST.pix``: the pixels as big-endian float32, nothing else; the digest is theirs.
    room : float
        Bytes that all copies together may take. The copy that is being asked for is kept in any case.
    """

    folder: Path
    room: float
    _verified: set[str] = field(default_factory=set)
    _left: float = -1.0  # bytes until the folder must be looked at again

    def pixels(self, path: Path, pixel_sha256: str, shape: tuple[int, int]) -> NDArray[Any]:
        """Map the pixels of a packed image (rows, columns), from its copy or from one made now.

        A copy is verified by its digest the first time it is used; one that is not what it should be is made again.

        Raises
        ------
        BadFile
            The pixels of the original are not those that were ingested.
        """
        copy = self.folder / f"{pixel_sha256}.pix"
        for _ in range(2):  # another process may take a copy away between the two looks
            self._there(path, copy, shape)
            try:
                os.utime(copy)
                return np.memmap(copy, DISK, "r", 0, shape)
            except FileNotFoundError:
                self._verified.discard(copy.name)
        raise BadFile(path, f"its working copy {copy} vanishes as soon as it is made: is another program tidying up?")

    def _there(self, path: Path, copy: Path, shape: tuple[int, int]) -> None:
        size = shape[0] * shape[1] * DISK.itemsize
        good = copy.is_file() and copy.stat().st_size == size
        if not (good and (copy.name in self._verified or _file_digest(copy) == copy.stem)):
            self._make(path, copy)
        self._verified.add(copy.name)

    def _make(self, path: Path, copy: Path) -> None:
        pixels = np.ascontiguousarray(read_pixels(path), DISK)
        if digest(pixels) != copy.stem:
            raise BadFile(path, "changed since it was ingested: put the original back, or ingest it again")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room(pixels.nbytes)
        part = copy.with_suffix(f".{os.getpid()}.part")
        try:
            pixels.tofile(part)
            part.replace(copy)
        finally:
            part.unlink(missing_ok=True)

    def _make_room(self, size: int) -> None:
        """Remove the copies not used for longest until a new one fits; the folder is not looked at every time."""
        self._left -= size
        if self._left >= 0:
            return
        copies = sorted(self._listed())
        total = sum(bytes_ for _, bytes_, _ in copies)
        for _, bytes_, copy in copies:
            if total + size <= self.room:
                break
            copy.unlink(missing_ok=True)
            self._verified.discard(copy.name)
            total -= bytes_
        self._left = min(max(0.0, self.room - total - size), self.room / 20)  # others fill the folder too

    def _listed(self) -> Iterator[tuple[int, int, Path]]:
        """Yield time of the last use, bytes and path of every copy."""
        for copy in self.folder.glob("*.pix"):
            try:
                found = copy.stat()
            except FileNotFoundError:
                continue
            yield found.st_mtime_ns, found.st_size, copy


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
