"""Region files for DS9: where the sources are, and which of them an artifact flag marks."""

from typing import Any

import pandas as pd

from schema.errors import BadArgument
from schema.tables.source import ARTIFACTS

COLOUR = {"0": "green", "G": "magenta", "P": "cyan", "D": "yellow", "A": "red"}
RADIUS = 4.0
"""Arcsec: the aperture of the magnitudes."""
HEADER = """# Region file format: DS9 version 4.1
global color=green width=1 font="helvetica 9 normal roman"
icrs
"""


def regions(frame: pd.DataFrame) -> str:
    """Return circles around all rows of a table, flagged ones in colours and with their letter.

    Every circle has its flag as a tag (`clean`, `flag G`, ...), by which DS9 selects, hides and counts groups.

    Raises
    ------
    BadArgument
        The rows have no position.
    """
    if not {"ra", "dec"} <= set(frame.columns):
        raise BadArgument("--format ds9: these rows have no ra and dec; sources have")
    return HEADER + "".join(_circle(row) for row in frame.to_dict("records") if pd.notna(row["ra"]))


def _circle(row: dict[Any, Any]) -> str:
    """Return the region of one row."""
    flag = str(row.get("cc_flg") or "0")
    words = f"color={COLOUR.get(flag, 'white')} tag={{{'clean' if flag == '0' else f'flag {flag}'}}}"
    if flag != "0":
        words += f" text={{{flag}: {ARTIFACTS.get(flag, flag)}}}"
    name = f" tag={{{row['name']}}}" if "name" in row else ""
    return f'circle({row["ra"]:.7f},{row["dec"]:.7f},{RADIUS}") # {words}{name}\n'
