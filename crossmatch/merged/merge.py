"""The merge of one field: every extraction goes to its seed, every group gets its means, all in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier, Literal
from psycopg.types.json import Jsonb

from schema.connection import Connection
from schema.errors import NotReady
from schema.progress import Progress, silent
from schema.settings import read
from sql import load

FOLDER = "crossmatch/merged"
Values = dict[str, Any]
Step = tuple[str, dict[str, str], Values]
"""A statement file, the tables it is about, and values of its own."""


@dataclass(frozen=True)
class MergeResult:
    """How the extractions of a field were grouped.

    Attributes
    ----------
    tile : int
    run : str or None
        The run whose sources are the seeds; None where the extractions themselves are.
    scans, seeds, extractions, links, ambiguous, groups : int
        As in deepcal.merged_run.
    seconds : float
    """

    tile: int
    run: str | None
    scans: int
    seeds: int
    extractions: int
    links: int
    ambiguous: int
    groups: int
    seconds: float


@dataclass(frozen=True)
class _Field:
    """The plane of a field (centre, deg; grid, pixels), and the run that gives its seeds."""

    ra0: float
    dec0: float
    naxis1: int
    naxis2: int
    run: str | None


def tiles(conn: Connection) -> list[int]:
    """Return the fields that have calibration extractions."""
    return [tile for (tile,) in conn.execute(load(f"{FOLDER}/tiles.sql"))]


def merge(conn: Connection, tile: int, progress: Progress = silent) -> MergeResult:
    """Group the calibration extractions of a field into stars seen in many scans, replacing what was there.

    Seeds are the confirmed sources of the field's current run; each extraction, freed of the offset of its scan as that
    run found it, belongs to the nearest one. Without a run the seeds are the places where extractions of many scans
    gather, and scans are shifted to the PSC (without PSC stars: to the scan with most extractions).

    Parameters
    ----------
    conn : Connection
    tile : int
    progress : Progress
        Told of each step.

    Raises
    ------
    NotReady
        The field is not known or has no extractions.
    """
    started = datetime.now(UTC)
    with conn.transaction():
        conn.execute(SQL(load(f"{FOLDER}/lock.sql").decode()).format(tile=Literal(tile)))
        settings = {name: value for name, value in read(conn).items() if name.startswith("merged_")}
        field = _field(conn, tile)
        values: Values = {name.removeprefix("merged_"): value[0] for name, value in settings.items()}
        values |= {"tile": tile, "started": started, "parameters": Jsonb(settings), **vars(field)}
        steps = list(_steps(field, values))
        for done, (name, tables, own) in enumerate(steps):
            progress("merging", done, len(steps))
            names = {place: Identifier(table) for place, table in tables.items()}
            conn.execute(SQL(load(f"{FOLDER}/{name}.sql").decode()).format(**names), values | own)
        row = conn.execute(load(f"{FOLDER}/store_run.sql"), values).fetchall()[0]
        conn.execute(load(f"{FOLDER}/done.sql"))
    progress("merging", len(steps), len(steps))
    return MergeResult(tile, field.run, *row)


def _field(conn: Connection, tile: int) -> _Field:
    with conn.cursor(row_factory=class_row(_Field)) as cursor:
        found = cursor.execute(load(f"{FOLDER}/centre.sql"), {"tile": tile}).fetchone()
    if found is None:
        raise NotReady(f"tile {tile}: no calibration extractions; `deepcal ingest detections` loads them")
    return found


def _steps(field: _Field, values: Values) -> Iterator[Step]:
    """Return the statements of a merge, in their order."""
    yield from _made("models", "m_model")
    yield from _made("extractions", "m_extraction")
    if field.run:
        yield from _made("seeds_sources", "m_seed")
        yield "reference_seeds", {}, {}
    else:
        yield "reference_psc", {}, {}
        yield "reference_scan", {}, {}
    yield from _cells("m_reference", values["shift_radius"])
    yield from _made("shifts", "m_shift")
    if not field.run:
        yield from _made("seeds_extractions", "m_seed")
    yield from _cells("m_seed", 2 * values["radius"])
    yield from _made("lonely", "m_lonely")
    yield from _made("links", "m_link")
    yield "blends", {}, {}
    yield from _made("groups", "m_group")
    for name in ("index", "footprints", "opportunities"):
        yield name, {}, {}
    for name in ("forget_links", "forget_sources", "store_links", "store_sources"):
        yield name, {}, {}


def _made(name: str, table: str) -> Iterator[Step]:
    """Make a table, and let the planner know it."""
    yield name, {}, {}
    yield "analyze", {"table": table}, {}


def _cells(points: str, reach: float) -> Iterator[Step]:
    """Make the table that says which points lie within reach (arcsec) of every cell."""
    yield "cells", {"cells": f"{points}_cell", "points": points}, {"reach": reach}
    yield "analyze", {"table": f"{points}_cell"}, {}
