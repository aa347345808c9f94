"""Typed columns as the bytes of PostgreSQL's binary COPY, the cheapest form for the server to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pgpq import ArrowToPostgresBinaryEncoder

from ingest.fitting import lengths

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
        _, ends, data = pa.Array.from_buffers(pa.large_binary(), len(self), buffers).take(arrow(order)).buffers()
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
    batches = table.combine_chunks().to_batches()  # one, or none
    parts = [part for part in (*map(encoder.write_batch, batches), encoder.finish()) if part]  # mostly one
    data = np.frombuffer(parts[0] if len(parts) == 1 else b"".join(parts), np.uint8)[: -len(TRAILER)]
    sizes = np.full(table.num_rows, 2 + 4 * table.num_columns, np.int64)
    for column in (column for batch in batches for column in batch.columns):
        sizes += _sizes(column)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    assert ends[-1] == len(data), "the sizes of binary COPY"
    return Encoded(data, ends)


def arrow(numbers: NDArray[Any]) -> pa.Array:
    """Return numbers as an Arrow array of the same bytes; pyarrow.array would load pandas to ask it first."""
    kind = pa.from_numpy_dtype(numbers.dtype)
    return pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(np.ascontiguousarray(numbers))])


def numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column without nulls as numbers; Arrow's own way of it would load pandas."""
    values = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    kind = values.type.to_pandas_dtype()
    return np.frombuffer(values.buffers()[1], kind)[values.offset : values.offset + len(values)]


def stamp(rows: Encoded, number: int) -> Encoded:
    """Return tuples with a number over their last field, which holds an int32."""
    data = rows.data if rows.data.flags.writeable else rows.data.copy()
    for place, byte in enumerate(number.to_bytes(4, "big"), -4):
        data[rows.ends[1:] + place] = byte
    return Encoded(data, rows.ends)


def _sizes(values: pa.Array) -> NDArray[Any] | int:
    """Return the bytes of the values of a column, 0 where it is null."""
    text = pa.types.is_string(values.type)
    sizes = lengths(values) if text else int(values.type.bit_width) // 8
    if not values.null_count:
        return sizes
    bits = np.frombuffer(values.buffers()[0], np.uint8)
    there = np.unpackbits(bits, count=values.offset + len(values), bitorder="little")[values.offset :]
    return sizes * there
