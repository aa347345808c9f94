"""Scores by versioned rules: sql/score/rules_N.sql; new rules never overwrite the scores of old ones."""

from dataclasses import dataclass
from importlib.resources import files

from ingest.scores.photometry import Measured, measure, run
from schema.connection import Connection
from schema.errors import BadArgument
from schema.progress import Progress, silent
from schema.settings import read
from sql import load

NEWEST = 2


@dataclass(frozen=True)
class ScoreGroup:
    """Scans whose score begins with `quality`, lowered by the factor `worst` ("none": by none)."""

    quality: int
    worst: str
    scans: int


@dataclass(frozen=True)
class ScoreResult:
    """What a scoring did: version of the rules, what was measured for it, scans scored for the first time, scores that
    changed, all scores."""

    rules: int
    measured: Measured
    new: int
    changed: int
    groups: tuple[ScoreGroup, ...]


def score(conn: Connection, rules: int | None = None, progress: Progress = silent) -> ScoreResult:
    """Score every scan of the scan table; only new and changed scores are written.

    Scans that only an image has told of get no score. The score that counts is that of the newest rules.

    Parameters
    ----------
    conn : Connection
    rules : int, optional
        Version of the rules; the newest by default.
    progress : callable, optional

    Raises
    ------
    BadArgument
        There are no such rules.
    """
    rules = NEWEST if rules is None else rules
    with conn.transaction():
        if rules == 1:
            measured = Measured(0, 0)
            written = [new for (new,) in conn.execute(load("score/rules_1.sql"))]
        else:
            _known(rules)
            measured = measure(conn, progress)
            progress("scores", 0, 1)
            written = _by_bands(conn, rules)
            progress("scores", 1, 1)
        groups = conn.execute(load("score/summary.sql"), {"rules": rules}).fetchall()
    spread = tuple(ScoreGroup(*group) for group in groups)
    return ScoreResult(rules, measured, new=sum(written), changed=len(written) - sum(written), groups=spread)


def _by_bands(conn: Connection, rules: int) -> list[bool]:
    """Score every scan in every band and write what changed; true for scans that had no score by these rules."""
    values: dict[str, object] = {**read(conn)}
    run(conn, f"rules_{rules}", values)
    run(conn, "store", values)
    written = [new for (new,) in conn.execute(load("score/store_scans.sql"))]
    conn.execute(load("score/store_bands.sql"))
    conn.execute(load("score/end.sql"))
    return written


def _known(rules: int) -> None:
    names = {entry.name for entry in files("sql").joinpath("score").iterdir()}
    versions = sorted(int(name[6:-4]) for name in names if name.startswith("rules_"))
    if rules not in versions:
        raise BadArgument(f"rules {rules}: expected one of {', '.join(map(str, versions))}")
