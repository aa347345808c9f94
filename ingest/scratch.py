"""Room on disk for what is larger than memory: files without names in the data folder."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from schema.errors import NotReady


class Scratch:
    """A file without a name in the data folder: gone with its last user, or with the process, however that ends."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile(dir=folder()) as file:
            self._file = os.dup(file.fileno())
        self.size = 0

    def __del__(self) -> None:
        os.close(self._file)

    def write(self, data: NDArray[Any]) -> None:
        """Append the bytes of an array.

        Raises
        ------
        NotReady
            The disk has no room.
        """
        rest = data.data.cast("B")
        try:
            while rest:
                written = os.pwrite(self._file, rest, self.size)
                self.size, rest = self.size + written, rest[written:]
        except OSError as error:
            raise NotReady(
                f"no room to sort in ({error.strerror}): the data folder needs 1.5 times the bytes of the unpacked text"
            ) from error

    def read(self, offset: int, count: int, kind: np.dtype[Any]) -> NDArray[Any]:
        """Return an array of so many elements."""
        made = np.empty(count, kind)
        os.preadv(self._file, [made.view(np.uint8).data], offset)
        return made


def folder() -> Path:
    """Return the data folder."""
    given = os.environ.get("DEEPCAL_HOME")
    path = Path(given).expanduser() if given else platformdirs.user_data_path("deepcal")
    path.mkdir(parents=True, exist_ok=True)
    return path
