"""Tables written for other programs: CSV, Parquet, JSON rows."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema.errors import BadArgument

if TYPE_CHECKING:
    import pandas as pd


class Format(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    PARQUET = "parquet"


def write(frame: "pd.DataFrame", form: Format, out: Path | None) -> None:
    """Write a table with all its columns; CSV goes to stdout where no file is named, empty fields are empty values.

    Parquet files keep units, UCDs and meanings: ``pandas.read_parquet(out).attrs``.

    Raises
    ------
    BadArgument
        Parquet without a file, or a file that cannot be written.
    """
    if form is Format.PARQUET and out is None:
        raise BadArgument("--format parquet: a file of bytes is not for the screen; name one with --out FILE")
    flat = frame.map(_flat)
    try:
        if form is Format.CSV:
            flat.to_csv(out or sys.stdout, index=False)
        else:
            flat.to_parquet(out)
    except OSError as error:
        raise BadArgument(f"--out {out}: {error.strerror or error}") from error


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows as dictionaries, None where a value is missing."""
    found = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in found]


def _flat(value: Any) -> Any:
    """Write dictionaries as JSON, which neither format has a type for."""
    return json.dumps(value) if isinstance(value, dict) else value
