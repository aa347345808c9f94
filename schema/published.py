"""The column lists of the published 2MASS tables, read from the data files beside this module."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class PublishedColumn:
    """One column of a published table; `type` is PostgreSQL's, `format` the Python format of its text form."""

    name: str
    type: str
    null: bool
    unit: str
    ucd: str
    format: str
    comment: str


ESSENTIAL = {"psc": ("ra", "decl", "designation", "pts_key")}
"""Columns without which a row of a download is of no use; the others may be null, as downloads of some columns need.

The published files themselves are still read by the nulls of their own columns. Tables not named here keep them too.
"""


def nullable(table: str, column: PublishedColumn) -> bool:
    """Tell whether a column may be null in the database."""
    return column.name not in ESSENTIAL[table] if table in ESSENTIAL else column.null


@cache
def published(table: str) -> tuple[PublishedColumn, ...]:
    """Return the columns of a published table in file order.

    Parameters
    ----------
    table : str
        ``"psc"`` (60 columns), ``"xsc"`` (389), ``"scan"`` (64) or ``"detection"`` (56, layout assumed).
    """
    text = files(__package__).joinpath("columns", f"{table}.csv").read_text()
    rows = csv.DictReader(text.splitlines())
    return tuple(PublishedColumn(**{**row, "null": row["null"] == "yes"}) for row in rows)  # type: ignore[arg-type]  # strings but for null
