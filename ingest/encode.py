"""Typed columns as the bytes of PostgreSQL's binary COPY, the cheapest form for the server to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pgpq import ArrowToPostgresBinaryEncoder

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Encoded:
    """Tuples of binary COPY without header and trailer; tuple i is data[ends[i] : ends[i + 1]]."""

    data: NDArray[np.uint8]
    ends: Ints

    def __len__(self) -> int:
        return len(self.ends) - 1

    def slice(self, start: int, end: int) -> "Encoded":
        """Return some of the tuples; their bytes are not copied."""
        ends = self.ends[start : end + 1]
        return Encoded(self.data[ends[0] : ends[-1]], ends - ends[0])

    def take(self, order: Ints) -> "Encoded":
        """Return the tuples in another order."""
        buffers = [None, pa.py_buffer(self.ends), pa.py_buffer(self.data)]
        _, ends, data = pa.Array.from_buffers(pa.large_binary(), len(self), buffers).take(pa.array(order)).buffers()
        return Encoded(np.frombuffer(data, np.uint8), np.frombuffer(ends, np.int64))

    @staticmethod
    def joined(parts: "Sequence[Encoded]") -> "Encoded":
        """Return the tuples of all parts, one after the other."""
        starts = np.cumsum([0, *(part.ends[-1] for part in parts)])
        ends = [part.ends[1:] + start for part, start in zip(parts, starts, strict=False)]
        return Encoded(np.concatenate([part.data for part in parts]), np.concatenate([[0], *ends]))


def encode(table: pa.Table) -> Encoded:
    """Return the rows of a table as tuples of binary COPY.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of integers, floats, dates and ASCII text.

    Notes
    -----
    A tuple is the number of its fields (int16), then each field's length (int32, -1 for null) and bytes.
    """
    encoder = ArrowToPostgresBinaryEncoder(table.schema)
    encoder.write_header()
    written = [*(encoder.write_batch(batch) for batch in table.to_batches()), encoder.finish()]
    parts = [part for part in written if part]  # mostly one
    data = np.frombuffer(parts[0] if len(parts) == 1 else b"".join(parts), np.uint8)[: -len(TRAILER)]
    sizes = np.full(table.num_rows, 2 + 4 * table.num_columns, np.int64)
    for column in table.columns:
        sizes += _sizes(column)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    assert ends[-1] == len(data), "the sizes of binary COPY"
    return Encoded(data, ends)


def stamp(rows: Encoded, number: int) -> Encoded:
    """Return tuples with a number over their last field, which holds an int32."""
    data = rows.data if rows.data.flags.writeable else rows.data.copy()
    for place, byte in enumerate(number.to_bytes(4, "big"), -4):
        data[rows.ends[1:] + place] = byte
    return Encoded(data, rows.ends)


def _sizes(column: pa.ChunkedArray) -> NDArray[Any] | int:
    """Return the bytes of the values of a column, 0 where it is null."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        sizes = pc.binary_length(column)
        return np.asarray((sizes.fill_null(0) if column.null_count else sizes).to_numpy())
    width = int(column.type.bit_width) // 8
    return width * np.asarray(column.is_valid().to_numpy(), np.int64) if column.null_count else width
