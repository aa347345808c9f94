"""Columns as a download has them, made into the types of the published table; a value that does not fit is named."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.faults import LARGEST, LETTERS, NIGHTS, NULL, WIDE, limits, value_fault, width
from ingest.formats.names import may_lack
from ingest.formats.source import Source
from schema.errors import BadFile, BadRow
from schema.published import PublishedColumn, published

ARROW = {
    "double precision": pa.float64(),
    "real": pa.float32(),
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "date": pa.date32(),
}
PREFIX = r"^(2MASS\s?|2MASX\s?)?J"  # of a designation, as some archives write it
TRAILING = r"\.0*$"  # of a whole number that went through a table of floats
PLAIN = r"^[ -~]*$"
TEXTS = (pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary, pa.types.is_large_binary)


def fit(path: Path, table: str, chosen: Mapping[str, str], source: Source, line: int, rows: pa.Table) -> pa.Table:
    """Return rows with the published columns in their order and types.

    Parameters
    ----------
    path : Path
        For messages.
    table : str
        The published table.
    chosen : mapping
        Published name to the file's name.
    source : Source
    line : int
        Number of the first row.
    rows : pyarrow.Table
        The chosen columns as they lie in the file.

    Raises
    ------
    BadRow
        A value cannot be used.
    """
    made: dict[str, pa.Array] = {}
    for column in published(table):
        if column.name in chosen:
            values = rows[chosen[column.name]].combine_chunks()
            wanted = replace(column, null=column.null or may_lack(table, column.name))
            made[column.name] = _typed(path, wanted, values, line, source.word)
        elif column.name != "pts_key":
            made[column.name] = pa.nulls(rows.num_rows, ARROW.get(column.type, pa.string()))
    return pa.table(made)


def _typed(path: Path, column: PublishedColumn, values: pa.Array, line: int, word: str) -> pa.Array:
    if column.type == "double precision" and pa.types.is_float32(values.type):
        raise BadFile(path, f"column {column.name} is in single precision, expected double: get the table as such")
    values = _plain(values)
    try:
        converted = _converted(column, values)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        converted = None
    if converted is not None and _fits(column, converted):
        return converted
    for number, value in enumerate(values.to_pylist(), line):
        text = _text(column, value)
        if expected := value_fault(column, text):
            raise BadRow(path, number, column.name, text, expected, word)
    raise BadFile(path, f"column {column.name} ({values.type}) cannot be read as {column.type}")


def _plain(values: pa.Array) -> pa.Array:
    """Return values as text, numbers or dates, empty and NaN ones as null."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if any(is_kind(values.type) for is_kind in TEXTS):
        values = values.cast(pa.string())
    if pa.types.is_string(values.type):
        trimmed = pc.ascii_trim(values, " \t")
        return pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    if pa.types.is_decimal(values.type) or pa.types.is_float16(values.type):
        values = values.cast(pa.float64())
    if pa.types.is_floating(values.type):
        return pc.if_else(pc.is_nan(values), None, values)
    return values.cast(pa.int8()) if pa.types.is_boolean(values.type) else values


def _converted(column: PublishedColumn, values: pa.Array) -> pa.Array | None:
    """Return the values in the column's type; None, or an error of Arrow, where one does not go into it."""
    is_text = pa.types.is_string(values.type)
    if column.type == "date":
        return (pc.utf8_slice_codeunits(values, 0, 10) if is_text else values).cast(pa.date32())
    if column.type not in ARROW:
        return _words(column, values)
    if is_text and not _any(pc.match_substring(values, "x", ignore_case=True)):
        if column.type in WIDE:
            values = pc.replace_substring_regex(values, TRAILING, "")
        values = values.cast(pa.int64() if column.type in WIDE else pa.float64())
    if pa.types.is_string(values.type) or pa.types.is_temporal(values.type):
        return None
    if column.type == "real" and pa.types.is_floating(values.type):
        high = pc.max(pc.abs(values)).as_py()
        return values.cast(pa.float32()) if high is None or high < LARGEST["real"] else None
    return values.cast(ARROW[column.type])


def _words(column: PublishedColumn, values: pa.Array) -> pa.Array | None:
    """Return text; a flag that was kept as a number gets its leading zeros back."""
    if pa.types.is_floating(values.type):
        values = values.cast(pa.int64())
    if pa.types.is_integer(values.type):
        text = values.cast(pa.string())
        return pc.utf8_lpad(text, width(column), "0") if column.type.startswith("character") else text
    if not pa.types.is_string(values.type) or not _all(pc.match_substring_regex(values, PLAIN)):
        return None
    return pc.replace_substring_regex(values, PREFIX, "") if column.name == "designation" else values


def _fits(column: PublishedColumn, values: pa.Array) -> bool:
    """Tell whether every value is one the published column may hold."""
    if values.null_count == len(values):
        return column.null or not len(values)
    if values.null_count and not column.null:
        return False
    if column.name in LETTERS:
        return _all(pc.is_in(values.drop_null(), pa.array(LETTERS[column.name])))
    if pa.types.is_string(values.type):
        return bool(pc.max(pc.binary_length(values)).as_py() <= width(column))
    ends = pc.min_max(values)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    if column.type == "date":
        return bool(NIGHTS[0] <= low and high <= NIGHTS[1])
    least, most = limits(column) or (-math.inf, math.inf)
    return bool(least <= low and high <= most and abs(low) != math.inf and abs(high) != math.inf)


def _text(column: PublishedColumn, value: Any) -> str:
    """Return a value as the published files would have it."""
    if value is None:
        return NULL
    if isinstance(value, float) and value.is_integer() and column.type in WIDE:
        return str(int(value))
    if isinstance(value, str):
        value = value.encode("ascii", "backslashreplace").decode()
    return str(value)


def _any(values: pa.Array) -> bool:
    return bool(pc.any(values).as_py())


def _all(values: pa.Array) -> bool:
    return pc.all(values).as_py() is not False
