"""The chain of one field: stacks, sources, matches."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

import combine
import crossmatch
from schema.progress import Progress, silent


@dataclass(frozen=True)
class RunResult:
    """What each step of the chain did; steps that had nothing to do are None."""

    stack: combine.StackResult
    extract: combine.ExtractResult | None
    current: bool
    refresh: crossmatch.RefreshResult | None


def run_field(
    conn: psycopg.Connection[Any], tile: int, *, where: str | None = None, home: Path, progress: Progress = silent
) -> RunResult:
    """Stack a field, extract its sources, make the run current and refresh the matches.

    With a condition of one's own (`where`) the run is an experiment: it does not become current, and is not matched.
    """
    built = combine.stack_field(conn, tile, where=where, home=home, progress=progress)
    found = None
    if built.built or not combine.has_sources(conn, built.run):
        found = combine.extract_field(conn, tile, run=built.run, injections=True, home=home, progress=progress)
    if where is not None:
        return RunResult(built, found, False, None)
    with conn.transaction():  # a reader never sees the new run without its matches
        combine.use(conn, built.run)
        return RunResult(built, found, True, crossmatch.refresh(conn, progress))
