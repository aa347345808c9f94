"""Tables in the formats of astronomers: FITS, VOTable and IPAC, with units, UCDs and meanings."""

import io
import json
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
from astropy import units
from astropy.io import fits, votable
from astropy.io.votable import tree
from astropy.table import MaskedColumn, Table

COORDINATES = "J2000"
"""Name of the coordinate system that positions refer to."""
COMMENT = 78
"""Longest comment of an IPAC table."""
SAME = {"DN": "adu", "DN-2": "adu-2", "pixel2": "pixel2"}
"""Units of ours that the standards know by another name."""


def astropy_table(frame: pd.DataFrame) -> Table:
    """Return a table whose missing values are masked, with units, and UCDs and meanings in its columns.

    What the database holds in single precision is single; lists and other objects are JSON; times are ISO 8601.
    """
    table = Table()
    told = {kind: frame.attrs.get(kind, {}) for kind in ("units", "ucds", "comments")}
    for name in frame.columns:
        column = _column(frame[name], name in frame.attrs.get("single", ()))
        column.description = told["comments"].get(name, "")
        column.unit = _unit(told["units"].get(name, ""))
        if column.unit is None and told["units"].get(name):
            column.description += f" [{told['units'][name]}]"
        column.meta["ucd"] = told["ucds"].get(name, "")
        table[str(name)] = column
    return table


def write_fits(frame: pd.DataFrame, out: Path, name: str) -> None:
    """Write a FITS binary table; TUCDn and TCOMMn tell UCD and meaning of column n."""
    table = astropy_table(frame)
    told = {column.name: (column.meta.pop("ucd"), column.description) for column in table.itercols()}
    hdu = fits.BinTableHDU(table, name=name.upper())
    for number, column in enumerate(hdu.columns, 1):
        ucd, meaning = told[column.name]
        for card, text in ((f"TUCD{number}", ucd), (f"TCOMM{number}", meaning)):
            if text:
                hdu.header[card] = text
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(out, overwrite=True, checksum=False)


def votable_text(frame: pd.DataFrame, name: str) -> str:
    """Return a VOTable with its values as text."""
    file = votable.from_table(astropy_table(frame), table_id=name)
    resource = file.resources[0]
    if {"ra", "dec"} <= set(frame.columns):
        resource.coordinate_systems.append(tree.CooSys(ID=COORDINATES, system="ICRS", epoch=None))
    for field in resource.tables[0].fields:
        field.ID = None
        if field.ucd and field.ucd.startswith("pos.eq.") and field.ucd.endswith("meta.main"):
            field.ref = COORDINATES
    text = io.BytesIO()
    file.to_xml(text)
    return text.getvalue().decode()


def ipac_text(frame: pd.DataFrame, name: str) -> str:
    """Return an IPAC table: truth values are 0 and 1, and the meanings stand above the columns."""
    table = astropy_table(frame)
    for column in list(table.itercols()):
        if column.dtype.kind == "b":
            table[column.name] = MaskedColumn(column.astype(np.int16), **_words(column))
        elif column.dtype.kind == "f":
            table[column.name] = MaskedColumn(column, mask=~np.isfinite(column.filled(np.nan)), **_words(column))
    told = [f"{column.name}: {column.description}" for column in table.itercols() if column.description]
    table.meta = {
        "comments": [name, *(line for words in told for line in wrap(words, COMMENT, subsequent_indent="  "))]
    }
    text = io.StringIO()
    table.write(text, format="ascii.ipac", DBMS=False)
    return text.getvalue()


def _words(column: MaskedColumn) -> dict[str, Any]:
    """Return what is told of a column."""
    return {"unit": column.unit, "description": column.description, "meta": column.meta}


def _column(values: "pd.Series[Any]", single: bool) -> MaskedColumn:
    """Return the values of one column, missing ones masked."""
    missing = values.isna().to_numpy(bool)
    if values.dtype.kind == "f":
        return MaskedColumn(values.to_numpy(np.float32 if single else np.float64), mask=missing)
    if values.dtype.kind in "iu":
        return MaskedColumn(values.fillna(0).to_numpy(np.int64), mask=missing, fill_value=np.iinfo(np.int64).min)
    if values.dtype.kind == "b":
        if missing.any():  # formats differ in how they write a truth value that is missing: none in FITS
            return MaskedColumn(values.fillna(False).to_numpy(np.int16), mask=missing, fill_value=-1)
        return MaskedColumn(values.to_numpy(bool))
    texts = ["" if gone else _word(value) for value, gone in zip(values, missing, strict=True)]
    return MaskedColumn(np.array(texts, str) if texts else np.array([], "U1"), mask=missing, fill_value="")


def _word(value: Any) -> str:
    """Return a value as text."""
    if isinstance(value, str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else json.dumps(value, default=str)


def _unit(text: str) -> units.UnitBase | None:
    """Return a unit that FITS and the Virtual Observatory know; None for others."""
    try:
        unit = units.Unit(SAME.get(text, text)) if text else None
        if unit is not None:
            unit.to_string("vounit")
            unit.to_string("fits")
    except ValueError:
        return None
    return unit
