"""Typed columns as the bytes of PostgreSQL's binary COPY, the cheapest form for the server to read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
EPOCH = 10957  # days from 1970-01-01 to PostgreSQL's 2000-01-01


@dataclass(frozen=True)
class _Field:
    """One column: values in network order, and the bytes each row sends (-1: null); `full` if all send all of it."""

    values: NDArray[Any]
    lengths: NDArray[np.int64]
    full: bool


def encode(table: pa.Table) -> pa.Array:
    """Return the rows of a table as tuples of binary COPY, one binary value each, without header and trailer.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of one chunk each: integers, floats, dates and ASCII text.

    Notes
    -----
    A tuple is the number of its fields (int16), then each field's length (int32, -1 for null) and bytes. All rows are
    laid out with room for the longest value, then squeezed.
    """
    fields = [_field(column.combine_chunks()) for column in table.columns]
    parts: list[tuple[str, Any]] = [("count", ">i2")]
    for number, field in enumerate(fields):
        parts += [(f"length{number}", ">i4"), (f"value{number}", field.values.dtype)]
    layout = np.dtype(parts)
    rows = np.empty(table.num_rows, layout)
    rows["count"] = len(fields)
    for number, field in enumerate(fields):
        rows[f"length{number}"] = field.lengths
        rows[f"value{number}"] = field.values
    sizes = 2 + 4 * len(fields) + sum(np.maximum(field.lengths, 0) for field in fields)
    ends = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(np.broadcast_to(sizes, len(rows)), out=ends[1:])
    return pa.Array.from_buffers(
        pa.binary(), len(rows), [None, pa.py_buffer(ends), pa.py_buffer(_squeeze(rows, fields))]
    )


def _squeeze(rows: NDArray[Any], fields: list[_Field]) -> NDArray[np.uint8]:
    """Drop the room that shorter values and nulls leave."""
    assert rows.dtype.fields is not None, "the layout made in encode"
    flat = rows.view(np.uint8).reshape(len(rows), rows.itemsize)
    if all(field.full for field in fields):
        return flat
    keep = np.ones(flat.shape, bool)
    for number, field in enumerate(fields):
        if not field.full:
            size, start = rows.dtype.fields[f"value{number}"][:2]
            keep[:, start : start + size.itemsize] = np.arange(size.itemsize) < field.lengths[:, None]
    return flat[keep]


def _field(column: pa.Array) -> _Field:
    if pa.types.is_string(column.type):
        return _text(column)
    plain = column.fill_null(pa.scalar(0, column.type)) if column.null_count else column
    if pa.types.is_date32(column.type):
        values = (plain.cast(pa.int32()).to_numpy() - EPOCH).astype(">i4")
    else:
        values = plain.to_numpy().astype(plain.type.to_pandas_dtype()().dtype.newbyteorder(">"))
    lengths = np.where(_present(column), values.itemsize, -1)
    return _Field(values, lengths, column.null_count == 0)


def _text(column: pa.Array) -> _Field:
    plain = column.fill_null("") if column.null_count else column
    lengths = pc.binary_length(plain).to_numpy().astype(np.int64)
    room = max(1, int(lengths.max(initial=0)))
    values = np.frombuffer(pc.ascii_rpad(plain, room).buffers()[2], f"V{room}", len(plain))
    full = column.null_count == 0 and bool((lengths == room).all())
    return _Field(values, np.where(_present(column), lengths, -1), full)


def _present(column: pa.Array) -> NDArray[np.bool_] | np.bool_:
    return column.is_valid().to_numpy(zero_copy_only=False) if column.null_count else np.True_
