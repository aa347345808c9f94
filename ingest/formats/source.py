"""What every reader of a download offers: its column names, and its rows in blocks."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Protocol

import pyarrow as pa

from ingest.text import Step

ROWS = 20_000  # of one block: a few ten MB of the widest table

Rows = tuple[int, pa.Table]
"""Number of the first line, or row, from 1; and the rows."""


_quiet = Lock()


@contextmanager
def quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Keep what astropy warns of, for the reader to judge; one thread at a time, since filters are the process's."""
    with _quiet, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield said


class Source(Protocol):
    """A table of a file: `word` is what its rows are counted by, "line" or "row"."""

    path: Path
    word: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, as the file has them."""
        ...

    def rows(self, wanted: tuple[str, ...], step: Step) -> Iterator[Rows]:
        """Yield the rows in blocks, the wanted columns as they lie in the file: text, numbers or dates, null if empty.

        Raises
        ------
        BadFile
            The rows cannot be read, or are fewer or more than the file promises.
        """
        ...
