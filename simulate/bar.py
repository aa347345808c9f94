"""Bar-delimited files in the column order and text formats of the published tables."""

import datetime
import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from schema.published import PublishedColumn, published

NULL = "\\N"


def write_bar(path: Path, table: str, values: Mapping[str, Any], rows: int) -> Path:
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

    Raises
    ------
    KeyError
        `values` names a column the table does not have.
    ValueError
        A column that must not be null has a null, or a column has another length.
    """
    columns = published(table)
    unknown = set(values) - {column.name for column in columns}
    if unknown:
        raise KeyError(f"table {table} has no column {', '.join(sorted(unknown))}")
    texts = [_texts(column, values.get(column.name), rows) for column in columns]
    lines = "".join("|".join(line) + "\n" for line in zip(*texts, strict=True))
    data = lines.encode("ascii")
    path.write_bytes(gzip.compress(data, 6, mtime=0) if path.suffix == ".gz" else data)
    return path


def _texts(column: PublishedColumn, value: Any, rows: int) -> list[str]:
    """Return the text of every row of one column."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    found = [_text(column, item) for item in value] if isinstance(value, list) else [_text(column, value)] * rows
    if len(found) != rows:
        raise ValueError(f"column {column.name}: {len(found)} values, expected {rows}")
    if not column.null and NULL in found:
        raise ValueError(f"column {column.name}: a null at row {found.index(NULL)}, expected none")
    return found


def _text(column: PublishedColumn, value: Any) -> str:
    if value is None or value != value:
        return NULL
    if column.format == "d":
        return str(int(value))
    if column.format == "s":
        return str(value)
    if isinstance(value, datetime.date):
        return value.strftime(column.format)
    return format(value, column.format)
