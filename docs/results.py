"""What the cookbook's queries answer on the demo field: `python -m docs.results` asks, after `deepcal demo`.

The answers are kept in results.json, and `python -m docs.generate` puts them into the page.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from crossmatch import merged
from deepcal import connect, query
from deepcal.recipes import Recipe, recipes
from schema.connection import Connection

KEPT = Path(__file__).with_name("results.json")
ROWS, COLUMNS, WIDTH = 5, 9, 22
TILE = 90161  # of the demo


def values(conn: Connection) -> dict[str, Any]:
    """Return what the queries are asked with: the demo's field, its brightest star with a light curve, a scan."""
    name, ra, dec = conn.execute(
        "SELECT g.name, g.ra, g.dec FROM merged_source AS g WHERE g.tile = %s AND g.name IS NOT NULL"
        " ORDER BY g.k_m, g.gcntr LIMIT 1",
        (TILE,),
    ).fetchall()[0]
    (scan_key,) = conn.execute("SELECT min(scan_key) FROM stack_scan WHERE used").fetchall()[0]
    place = {"ra": round(ra, 5), "dec": round(dec, 5), "name": name, "scan_key": scan_key}
    limits = {"radius": 60, "magnitude": 15, "snr": 10, "index": 0.8, "sigmas": 5, "bright": 11, "faint": 16}
    return {"tile": TILE, "band": "k", **place, **limits}


def answer(asked: Recipe, known: dict[str, Any], conn: Connection) -> dict[str, Any]:
    """Ask one query and keep what the page shows: the values, the first rows as text, and how many there are."""
    given = {name: known[name] for name in asked.values}
    frame = query(asked.name, conn, **given)
    return {"values": given, "rows": len(frame), "columns": list(frame.columns), "text": _text(frame)}


def _text(frame: pd.DataFrame) -> str:
    shown = frame.iloc[:ROWS, :COLUMNS]
    cells = [list(map(str, shown.columns)), *(list(map(_cell, row)) for row in shown.itertuples(index=False))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    text = f"{value:.7g}" if isinstance(value, float) else str(value)
    text = Path(text).name if text.startswith("/") else text  # the folder is nobody else's
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def main() -> None:
    """Merge the demo's extractions if that was not done yet, ask everything, keep the answers."""
    with connect(role=None) as conn:
        if conn.execute("SELECT 1 FROM merged_run WHERE tile = %s", (TILE,)).fetchone() is None:
            merged.merge(conn, TILE)
            conn.commit()
        known = values(conn)
        answers = {asked.name: answer(asked, known, conn) for asked in recipes().values()}
    KEPT.write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
    print(KEPT, file=sys.stderr)


if __name__ == "__main__":
    main()
