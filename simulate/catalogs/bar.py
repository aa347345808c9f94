"""Bar-delimited files in the column order and text formats of the published tables."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schema.published import PublishedColumn, published

NULL = "\\N"
DIGITS = 18  # of a number as text


def write_bar(path: Path, table: str, values: Mapping[str, Any], rows: int, level: int = 6) -> Path:
    """Write a table as the archive's load files have it.

    Parameters
    ----------
    path : Path
        A name that ends in .gz is compressed, without a time inside, so that the same rows give the same bytes.
    table : str
        Name of the published column list.
    values : mapping
        An array or list of `rows` values, or one value for all rows, by column name. NaN and None are nulls; a column
        that is not there is null.
    rows : int
    level : int
        Of the compression, 1 to 9.

    Raises
    ------
    KeyError
        `values` names a column the table does not have.
    ValueError
        A column that must not be null has a null, or a column has another length.
    """
    data = lines(table, values, rows)
    path.write_bytes(gzip.compress(data, level, mtime=0) if path.suffix == ".gz" else data)
    return path


def lines(table: str, values: Mapping[str, Any], rows: int) -> bytes:
    """Return the lines of a table as bytes; see `write_bar`."""
    columns = published(table)
    unknown = set(values) - {column.name for column in columns}
    if unknown:
        raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
    texts = [_texts(column, values.get(column.name), rows) for column in columns]
    if rows == 0:
        return b""
    end = pa.array(["\n"]).take(pa.array(np.zeros(rows, np.int32)))  # an array: all columns may be single values
    joined = pc.binary_join_element_wise(*texts, "|", null_handling="replace", null_replacement=NULL)
    whole = pc.binary_join_element_wise(joined, end, "")
    offsets = np.frombuffer(whole.buffers()[1], np.int32)
    return bytes(whole.buffers()[2][: int(offsets[rows])])


def _texts(column: PublishedColumn, value: Any, rows: int) -> Any:
    """Return the text of a column: an Arrow array of `rows` strings, or one string for all of them."""
    if not isinstance(value, np.ndarray | list | pa.Array):
        text = _array(column, [value])[0]
        nulls = rows if not text.is_valid else 0
    else:
        text = _array(column, value)
        nulls = text.null_count
        if len(text) != rows:
            raise ValueError(f"column {column.name}: {len(text)} values, expected {rows}")
    if nulls and not column.null:
        where = text.is_null().index(True).as_py() if isinstance(text, pa.Array) else 0
        raise ValueError(f"column {column.name}: a null at row {where}, expected none")
    return text


def _array(column: PublishedColumn, value: Any) -> Any:
    """Return values as Arrow strings in the column's format."""
    if column.format == "s":
        return pa.array(value, pa.string(), from_pandas=True)
    if column.format.startswith("%"):
        return pc.cast(pa.array(value, pa.date32()), pa.string())
    if column.format == "d":
        whole = pa.array(value, from_pandas=True)
        if pa.types.is_floating(whole.type):
            whole = pc.trunc(whole)
        return pc.cast(pc.cast(whole, pa.int64()), pa.string())
    places = int(column.format[1:-1])
    return pc.cast(pc.cast(pa.array(value, pa.float64(), from_pandas=True), pa.decimal128(DIGITS, places)), pa.string())
