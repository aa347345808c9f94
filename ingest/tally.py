"""How far a load is: rows read and rows sent, held against an estimate of all from the bytes that were read."""

from threading import Lock

from ingest.text import Step
from schema.progress import Progress


class Tally:
    """Rows done of some files; reading and sending a row are half of it each. Threads tell it what they did.

    Parameters
    ----------
    progress : Progress
    stage : str
    total : int
        Bytes of all files as they lie on disk.
    """

    def __init__(self, progress: Progress, stage: str, total: int) -> None:
        self._progress, self._stage, self._total = progress, stage, total
        self._bytes: dict[int, int] = {}
        self._read = self._sent = 0
        self._lock = Lock()

    def bytes_of(self, number: int) -> Step:
        """Return whom to tell how many bytes of a file were read."""

        def step(done: int) -> None:
            self._bytes[number] = done
            self._tell()

        return step

    def read(self, rows: int) -> None:
        """Take note of rows that were read."""
        with self._lock:
            self._read += rows

    def sent(self, rows: int) -> None:
        """Take note of rows that the server has."""
        self._sent += rows
        self._tell()

    def skip(self, number: int, size: int) -> None:
        """Leave out a file that is not loaded."""
        self._total -= size
        self._bytes.pop(number, None)
        self._tell()

    def _tell(self) -> None:
        with self._lock:
            seen = sum(self._bytes.values())
            rows = self._read * self._total / seen if seen and self._read else 0
            done = (self._read + self._sent) / 2
            self._progress(self._stage, round(done), round(max(rows, done)))
