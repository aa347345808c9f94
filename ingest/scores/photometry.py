"""What the extractions say of every scan, visit and night: zero points, scatter, depth, seeing, places."""

import hashlib
import json
from dataclasses import dataclass

import psycopg

from schema.connection import Connection
from schema.progress import Progress, silent
from schema.settings import Settings, of_groups, read
from sql import load

OF_A_FIELD = (
    "seen",
    "stars",
    "differences",
    "places",
    "standards",
    "depths",
    "collect",
    "drop",
)
"""Statements that measure one field, in their order: each looks at the tables of those before it."""
OF_ALL = ("scan_photometry", "visit_photometry", "nights")
"""Statements that write what the fields said."""


@dataclass(frozen=True)
class Measured:
    """How many fields and scans had extractions that were new, changed, or measured with other settings."""

    fields: int
    scans: int


def measure(conn: Connection, progress: Progress = silent) -> Measured:
    """Measure the photometry of scans, visits and nights from the calibration extractions; again, what changed only.

    One field is held in temporary tables at a time. The zero points of the scan table are compared, never applied.

    Parameters
    ----------
    conn : Connection
        Inside a transaction: the temporary tables end with it.
    progress : callable, optional
        Called after every field.
    """
    settings = read(conn)
    values: dict[str, object] = {**settings, "digest": _digest(settings), "tile": None}
    run(conn, "memory", values)
    run(conn, "visits", values)
    run(conn, "todo", values)
    fields = conn.execute(load("score/tiles.sql")).fetchall()
    for done, (tile, _) in enumerate(fields, 1):
        for name in OF_A_FIELD:
            run(conn, name, values | {"tile": tile})
        progress("photometry of fields", done, len(fields))
    for name in OF_ALL:
        run(conn, name, values)
    return Measured(len(fields), sum(scans for _, scans in fields))


def run(conn: Connection, name: str, values: dict[str, object]) -> None:
    """Run statements of sql/score; values are bound in the client, since CREATE TABLE AS takes none from PostgreSQL."""
    with psycopg.ClientCursor(conn) as cursor:
        cursor.execute(load(f"score/{name}.sql"), values)


def _digest(settings: Settings) -> str:
    """Return a word that changes with the settings of scores."""
    return hashlib.sha256(json.dumps(of_groups(settings, {"score"})).encode()).hexdigest()
