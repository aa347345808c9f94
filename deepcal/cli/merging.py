"""`deepcal xmatch merge`: extractions grouped into stars seen in many scans."""

from typing import Annotated

import typer

from deepcal.cli import Json, emit, open_db, progress, table

Tile = Annotated[int | None, typer.Argument(help="Number of a field; all of them without it.", show_default=False)]


def merge(tile: Tile = None, as_json: Json = False) -> None:
    """Group the calibration extractions of a field into stars seen in many scans, with means, scatter and motion.

    All extractions of the field are read again, which takes a processor about 20 seconds a million; only links that
    changed are written. `deepcal run` does not do this: light curves need no stack, and a stack needs no light curves.
    """
    from crossmatch import merged

    results = []
    with open_db() as conn, progress() as report:
        for number in [tile] if tile is not None else merged.tiles(conn):
            results.append(merged.merge(conn, number, report))
            conn.commit()
    numbers = ("scans", "seeds", "extractions", "links", "ambiguous", "groups", "seconds")
    shown = table("tile", "run", *numbers, numbers=numbers)
    for one in results:
        counts = (f"{getattr(one, name):,}" for name in numbers[:-1])
        shown.add_row(str(one.tile), one.run or "", *counts, f"{one.seconds:.1f}")
    emit(results, as_json, shown)
