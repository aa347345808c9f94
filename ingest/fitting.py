"""Whether every value of a column will do, told from the bytes of whole columns at once."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.faults import LARGEST, LETTERS, NIGHTS, WIDE, limits, width
from schema.published import PublishedColumn

EPOCH = np.datetime64(0, "D")
DAYS = [int((np.datetime64(night) - EPOCH).astype(int)) for night in NIGHTS]
_NUMPY = {"double precision": "f8", "real": "f4", "bigint": "i8", "integer": "i4", "smallint": "i2", "date": "i4"}


def fits(column: PublishedColumn, values: pa.Array) -> bool:
    """Tell whether every value of a column will do: what `value_fault` says of a single one.

    Parameters
    ----------
    column : PublishedColumn
    values : pyarrow.Array
        Of the column's type; text without trailing blanks.
    """
    nulls = values.null_count
    if nulls and not column.null:
        return False
    if nulls == len(values):
        return True
    if column.type in WIDE and limits(column) is None:
        return True
    if _good(column, values):
        return True
    return bool(nulls) and _good(column, values.drop_null())  # what lies where a null is may be anything


def lengths(values: pa.Array) -> NDArray[np.int32]:
    """Return the bytes of each text."""
    ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    return ends[1:] - ends[:-1]


def trimmed(values: pa.Array) -> pa.Array:
    """Return text without trailing blanks."""
    _, ends, data = values.buffers()
    last = np.frombuffer(ends, np.int32)[values.offset + 1 : values.offset + len(values) + 1] - 1
    # The last byte of an empty text is that of the one before, or none: both do no harm.
    if not data or not (np.frombuffer(data, np.uint8)[last] == ord(" ")).any():
        return values
    return pc.ascii_rtrim(values, " ")


def _good(column: PublishedColumn, values: pa.Array) -> bool:
    if pa.types.is_string(values.type):
        return _words(column, values)
    low, high = _ends(values, _NUMPY[column.type])
    if column.type == "date":
        return bool(DAYS[0] <= low and high <= DAYS[1])
    least, most = limits(column) or (-LARGEST[column.type], LARGEST[column.type])
    return bool(least <= low and high <= most and np.isfinite(low) and np.isfinite(high))


def _words(column: PublishedColumn, values: pa.Array) -> bool:
    long = lengths(values)
    if column.name not in LETTERS:
        return int(long.max()) <= width(column)
    if not (long == 1).all():
        return False
    _, ends, data = values.buffers()
    first = np.frombuffer(ends, np.int32)[values.offset : values.offset + len(values)]
    return set(np.unique(np.frombuffer(data, np.uint8)[first])) <= {ord(letter) for letter in LETTERS[column.name]}


def _ends(values: pa.Array, kind: str) -> tuple[Any, Any]:
    """Return the least and the largest number; NaN if there is one."""
    numbers = np.frombuffer(values.buffers()[1], kind)[values.offset : values.offset + len(values)]
    return numbers.min(), numbers.max()
