"""The rows of files sorted by sky cell, however many: sorted runs in a file without a name, merged when read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from ingest.ahead import ahead
from ingest.encode import Encoded, stamp
from ingest.scratch import Scratch

RUN = 16_384  # rows sorted together
FENCE = 32  # of so many rows, the cell of the first is held in memory
WINDOW = 8_192  # rows merged together
GROUP = 256  # windows whose places in all runs are looked up together
MARK = np.dtype([("cell", "i8"), ("ra", "f8"), ("decl", "f8"), ("key", "i8")])
"""What is known of a row besides its bytes: q3c cell, position (deg), key."""

Marks = NDArray[Any]
Sorted = tuple[Marks, Encoded]
Window = tuple[int, int, list[tuple[int, int, int]]]
"""Cells from the first number to below the second; and run, first and last row of where they may be."""


class Run(Protocol):
    """Rows in the order of their cells; `fence` has the cell of the first of every FENCE rows."""

    @property
    def fence(self) -> NDArray[np.int64]: ...

    @property
    def rows(self) -> int: ...

    def read(self, start: int, end: int) -> Sorted:
        """Return some of the rows."""
        ...


@dataclass(frozen=True)
class Held:
    """A run in memory."""

    marks: Marks
    encoded: Encoded

    @property
    def fence(self) -> NDArray[np.int64]:
        """The cells of some rows."""
        return np.asarray(self.marks["cell"][::FENCE], np.int64)

    @property
    def rows(self) -> int:
        """Their number."""
        return len(self.marks)

    def read(self, start: int, end: int) -> Sorted:
        """Return some of the rows."""
        return self.marks[start:end], self.encoded.slice(start, end)


@dataclass(frozen=True)
class Spilled:
    """A run on disk: marks, ends and bytes one after the other from `offset` on."""

    file: Scratch
    offset: int
    fence: NDArray[np.int64]
    rows: int

    def read(self, start: int, end: int) -> Sorted:
        """Return some of the rows."""
        after = self.offset + self.rows * MARK.itemsize
        marks = self.file.read(self.offset + start * MARK.itemsize, end - start, MARK)
        ends = self.file.read(after + start * 8, end - start + 1, np.dtype(np.int64))
        data = self.file.read(after + (self.rows + 1) * 8 + ends[0], ends[-1] - ends[0], np.dtype(np.uint8))
        return marks, Encoded(data, ends - ends[0])


def sorted_runs(blocks: Iterable[Sorted]) -> list[Run]:
    """Sort rows by cell, RUN at a time: what is one run stays in memory, more go to disk.

    Parameters
    ----------
    blocks : iterable of (marks, encoded)
        In any order of cells.

    Raises
    ------
    NotReady
        The disk has no room.
    """
    made: list[Run] = []
    store: Scratch | None = None
    for run in _in_order(blocks):
        if made and store is None:
            store = Scratch()
            made = [_spill(cast(Held, made[0]), store)]
        made.append(_spill(run, store) if store else run)
    return made


def merged(parts: Sequence[tuple[Run, int]]) -> Iterator[Sorted]:
    """Yield the rows of all runs in the order of their cells, about WINDOW at a time.

    Parameters
    ----------
    parts : runs, each with the number of its file, which is written over the last field of its rows
    """
    return ahead(lambda window: _gathered(parts, window), _windows([run for run, _ in parts]), 1, room=1)


def _in_order(blocks: Iterable[Sorted]) -> Iterator[Held]:
    """Join blocks until they are long enough for a run, and sort it."""
    held: list[Sorted] = []
    for block in blocks:
        held.append(block)
        if sum(len(marks) for marks, _ in held) >= RUN:
            yield _sorted(held)
            held = []
    if held:
        yield _sorted(held)


def _sorted(blocks: Sequence[Sorted]) -> Held:
    marks = np.concatenate([marks for marks, _ in blocks])
    order = np.argsort(marks["cell"], kind="stable")
    encoded = blocks[0][1] if len(blocks) == 1 else Encoded.joined([encoded for _, encoded in blocks])
    return Held(marks[order], encoded.take(order))


def _spill(run: Held, store: Scratch) -> Spilled:
    offset = store.size
    for part in (run.marks.view(np.uint8), run.encoded.ends, run.encoded.data):
        store.write(part)
    return Spilled(store, offset, run.fence.copy(), run.rows)


def _windows(runs: Sequence[Run]) -> Iterator[Window]:
    """Cut all cells into ranges with about WINDOW rows, and say where each run may have rows of them."""
    edges = np.unique(np.sort(np.concatenate([run.fence for run in runs]))[:: WINDOW // FENCE])
    ends = np.array([*edges[1:], np.iinfo(np.int64).max])
    for start in range(0, len(edges), GROUP):
        lows, highs = edges[start : start + GROUP], ends[start : start + GROUP]
        first = np.array([np.searchsorted(run.fence, lows) for run in runs]) - 1
        last = np.array([np.minimum(np.searchsorted(run.fence, highs) * FENCE, run.rows) for run in runs])
        first = np.maximum(first, 0) * FENCE
        for column, (low, high) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
            inside = np.flatnonzero(first[:, column] < last[:, column])
            yield low, high, [(int(n), int(first[n, column]), int(last[n, column])) for n in inside]


def _gathered(parts: Sequence[tuple[Run, int]], window: Window) -> Sorted:
    """Return the rows of all runs in one range of cells."""
    low, high, places = window
    pieces = []
    for number, start, end in places:
        run, file_id = parts[number]
        marks, encoded = run.read(start, end)
        first, last = np.searchsorted(marks["cell"], [low, high])
        pieces.append((marks[first:last], stamp(encoded.slice(first, last), file_id)))
    marks = np.concatenate([piece[0] for piece in pieces])
    order = np.argsort(marks["cell"], kind="stable")
    return marks[order], Encoded.joined([piece[1] for piece in pieces]).take(order)
