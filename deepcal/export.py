"""Tables written for other programs: CSV, Parquet, FITS, VOTable, IPAC tables, DS9 regions, JSON rows."""

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
    FITS = "fits"
    VOTABLE = "votable"
    IPAC = "ipac"
    DS9 = "ds9"


BINARY = (Format.PARQUET, Format.FITS)


def write(frame: "pd.DataFrame", form: Format, out: Path | None, name: str = "deepcal") -> None:
    """Write a table with all its columns; text goes to stdout where no file is named.

    Empty values are empty in CSV, null in the others (NaN for numbers with a fraction in FITS). All but CSV keep units,
    and FITS, VOTable and Parquet UCDs and meanings as well: ``pandas.read_parquet(out).attrs``.

    Parameters
    ----------
    name : of the table, where the format has room for one

    Raises
    ------
    BadArgument
        A binary format without a file, a file that cannot be written, or regions of what has no position.
    """
    if form in BINARY and out is None:
        raise BadArgument(f"--format {form}: a file of bytes is not for the screen; name one with --out FILE")
    try:
        if form is Format.CSV:
            frame.map(_flat).to_csv(out or sys.stdout, index=False)
        elif form is Format.PARQUET:
            frame.map(_flat).to_parquet(out)
        elif form is Format.FITS:
            from deepcal.astronomers import write_fits  # here, since astropy takes half a second to import

            write_fits(frame.map(_flat), Path(str(out)), name)
        else:
            _write_text(_text(frame, form, name), out)
    except OSError as error:
        raise BadArgument(f"--out {out}: {error.strerror or error}") from error


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows as dictionaries, None where a value is missing."""
    found = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in found]


def _text(frame: "pd.DataFrame", form: Format, name: str) -> str:
    """Return a table in one of the formats that people can read."""
    if form is Format.DS9:
        from deepcal.regions import regions

        return regions(frame)
    from deepcal.astronomers import ipac_text, votable_text

    return (votable_text if form is Format.VOTABLE else ipac_text)(frame.map(_flat), name)


def _write_text(text: str, out: Path | None) -> None:
    """Write text to a file, or to the screen."""
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


def _flat(value: Any) -> Any:
    """Write dictionaries as JSON, which no format has a type for."""
    return json.dumps(value) if isinstance(value, dict) else value
