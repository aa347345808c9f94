"""The pixels of input images: mapped from disk where they lie, or from a working copy of what is compressed."""

import gzip
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from combine.stack.select import Image
from schema.errors import BadFile


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


def open_pixels(image: Image, home: Path) -> Pixels:
    """Map the pixels of an image.

    Raises
    ------
    BadFile
        The file is missing, or is no longer the one that was ingested.
    """
    path = Path(image.path)
    if not path.is_file():
        raise BadFile(path, f"not found at {path.parent}: put it back, or ingest it from its new place")
    plain = path if path.suffix == ".fits" else _working_copy(path, image.sha256, home)
    with fits.open(plain, memmap=True) as hdus:
        header, where = hdus[0].header, hdus[0].fileinfo()
        if header.get("BITPIX") != -32:
            raise BadFile(path, f"BITPIX {header.get('BITPIX')}, expected -32 (float32 pixels)")
        shape = (int(header["NAXIS2"]), int(header["NAXIS1"]))
    if shape != (image.naxis2, image.naxis1):
        raise BadFile(path, f"{shape[1]} x {shape[0]} pixels, {image.naxis1} x {image.naxis2} when it was ingested")
    return Pixels(np.memmap(plain, ">f4", "r", where["datLoc"], shape))


def _working_copy(path: Path, sha256: str, home: Path) -> Path:
    """Unpack a compressed image once; a copy is known by the checksum of its original."""
    folder = home / "working"
    copy = folder / f"{sha256}.fits"
    if copy.is_file():
        return copy
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise BadFile(path, "changed since it was ingested: put the original back, or ingest it again")
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{sha256}.{os.getpid()}.part"
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target)
        else:
            with fits.open(path) as hdus:
                fits.writeto(part, hdus[1].data.astype(">f4"), output_verify="silentfix", overwrite=True)
        part.replace(copy)
    finally:
        part.unlink(missing_ok=True)
    return copy
