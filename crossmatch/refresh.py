"""The refresh: matches of every current source with PSC and XSC, made again only where something changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from schema.connection import Connection
from schema.progress import Progress, silent
from sql import load


@dataclass(frozen=True)
class RefreshResult:
    """What one refresh found and did.

    Attributes
    ----------
    xmatch_run : int
        Its number in deepcal.xmatch_run.
    matched, removed, in_part : list of str
        Runs whose sources were all matched, runs that ceased to be current, and runs of which the sources near
        catalogue rows that came or went were matched.
    changes : dict
        What was found changed, in words.
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
    in_part: list[str]
    changes: dict[str, Any]
    sources: int
    stored: int
    gone: int
    best: int
    seconds: float


def refresh(conn: Connection, progress: Progress = silent, *, everything: bool = False) -> RefreshResult:
    """Match the sources of every field's current run with PSC and XSC, where anything changed since the last refresh.

    The work is done by the procedure deepcal.refresh_xmatch. Changed are runs that became or ceased to be current,
    runs that were extracted again, sources near rows of catalogue files that came or went, and all runs when a setting
    of the match changed. Readers see all old or all new matches. A second refresh waits for the first, and says so.

    Parameters
    ----------
    conn : Connection
        An idle one: then a refresh that fails stays on record in deepcal.xmatch_run. Inside a transaction of the caller
        it becomes a part of that one, and leaves nothing when that is rolled back.
    progress : Progress
        Told what the server says.
    everything : bool
        Match all runs again.
    """
    alone = conn.info.transaction_status == TransactionStatus.IDLE
    with _notices(conn, progress), _autocommit(conn, alone):
        call = conn.execute(load("crossmatch/refresh.sql"), {"everything": everything, "commits": alone})
        (number,) = call.fetchall()[0]
        row = conn.execute(load("crossmatch/refreshed.sql"), {"number": number}).fetchall()[0]
    _, runs, changes, *counts = row
    matched, removed, in_part = (runs.get(name, []) for name in ("matched", "removed", "in part"))
    return RefreshResult(number, matched, removed, in_part, changes, *counts)


def pending(conn: Connection) -> bool:
    """Tell whether a refresh would find anything changed."""
    (changed,) = conn.execute(load("crossmatch/pending.sql")).fetchall()[0]
    return bool(changed)


@contextmanager
def _autocommit(conn: Connection, wanted: bool) -> Iterator[None]:
    before = conn.autocommit
    if wanted:
        conn.autocommit = True
    try:
        yield
    finally:
        if wanted:
            conn.autocommit = before


@contextmanager
def _notices(conn: Connection, progress: Progress) -> Iterator[None]:
    def tell(notice: psycopg.errors.Diagnostic) -> None:
        progress(notice.message_primary or "", 0, 1)

    conn.add_notice_handler(tell)
    try:
        yield
    finally:
        conn.remove_notice_handler(tell)
