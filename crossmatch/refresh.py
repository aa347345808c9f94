"""The refresh: matches of every current source with PSC and XSC, made again only where something changed."""

from dataclasses import dataclass
from typing import Any

from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from crossmatch.catalogs import CATALOGS, source_pairs, values
from crossmatch.changes import Changes, find_changes
from schema.connection import Connection
from schema.progress import Progress, silent
from sql import load

METHOD = "q3c_join: every source looks into the sky index of the catalogue"


@dataclass(frozen=True)
class RefreshResult:
    """What one refresh found and did.

    Attributes
    ----------
    xmatch_run : int
        Its number in deepcal.xmatch_run.
    matched, removed : list of str
        Runs whose sources were matched, and runs that ceased to be current.
    sources : int
        Sources that were matched.
    stored, gone : int
        Pairs that are new or changed, and pairs that were removed.
    best : int
        Sources with a best match in the PSC among those that were matched.
    seconds : float
        How long it took, s.
    """

    xmatch_run: int
    matched: list[str]
    removed: list[str]
    sources: int
    stored: int
    gone: int
    best: int
    seconds: float


@dataclass
class _Counts:
    stored: int = 0
    gone: int = 0
    best: int = 0


def refresh(conn: Connection, progress: Progress = silent) -> RefreshResult:
    """Match the sources of every field's current run with PSC and XSC, where anything changed since the last refresh.

    Changed are runs that became or ceased to be current, runs that were extracted again, runs near rows of new
    catalogue files, and all runs when a setting of the match changed. Everything is one transaction: readers see all
    old or all new matches. Inside a transaction of the caller it becomes a part of that one. A second refresh waits
    for the first.

    Parameters
    ----------
    conn : Connection
    progress : Progress
        Told of each catalogue.
    """
    with conn.transaction():
        conn.execute(load("crossmatch/lock.sql"))
        changes = find_changes(conn)
        number = _begin(conn, changes)
        counts = _rematch(conn, changes, number, progress) if changes else _Counts()
        done = {"xmatch_run": number, "runs": changes.matched, **vars(counts)}
        seconds, sources = _row(conn, "crossmatch/finish.sql", done)
    return RefreshResult(number, changes.matched, changes.removed, sources, seconds=seconds, **vars(counts))


def _begin(conn: Connection, changes: Changes) -> int:
    new = {
        "method": METHOD,
        "radius": changes.settings["xmatch_psc_cap"][0],
        "parameters": Jsonb(changes.settings),
        "runs_changed": Jsonb({"matched": changes.matched, "removed": changes.removed}),
    }
    (number,) = _row(conn, "crossmatch/begin.sql", new | vars(changes.files))
    return int(number)


def _rematch(conn: Connection, changes: Changes, number: int, progress: Progress) -> _Counts:
    counts = _Counts()
    conn.execute(load("crossmatch/hold_sources.sql"))
    counts.gone = conn.execute(load("crossmatch/forget_matches.sql"), {"runs": changes.removed}).rowcount
    conn.execute(load("crossmatch/forget_runs.sql"), {"runs": changes.removed})
    for done, catalog in enumerate(CATALOGS):
        progress(f"matching with the {catalog.upper()}", done, len(CATALOGS))
        stored, gone, best = _store(conn, catalog, changes, number)
        counts.stored += stored
        counts.gone += gone
        counts.best += best if catalog == "psc" else 0
    conn.execute(load("crossmatch/remember.sql"), {"runs": changes.matched, "xmatch_run": number})
    progress("matched", len(CATALOGS), len(CATALOGS))
    return counts


def _store(conn: Connection, catalog: str, changes: Changes, number: int) -> tuple[int, int, int]:
    bound = values(catalog, changes.settings) | {"catalog": catalog, "runs": changes.matched, "xmatch_run": number}
    statement = SQL(load("crossmatch/store.sql").decode()).format(pairs=source_pairs(catalog))
    stored, gone, best = conn.execute(statement, bound).fetchall()[0]
    return stored, gone, best


def _row(conn: Connection, statement: str, bound: dict[str, Any]) -> tuple[Any, ...]:
    return conn.execute(load(statement), bound).fetchall()[0]
