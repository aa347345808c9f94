"""Bar-delimited lines for tests: what a test says of a row, and something plausible in every other column."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from schema.published import PublishedColumn, published

PLAUSIBLE = {"ra": "10.5", "decl": "-20.25", "hemis": "n", "sd": "n", "designation": "00420000-2015000 ", "scan": "17"}


def line(table: str, **values: object) -> str:
    """Return one line of a published table."""
    return "|".join(str(values.get(column.name, _plain(column))) for column in published(table))


def write(path: Path, table: str, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write lines of a published table to a file."""
    path.write_text("".join(line(table, **row) + "\n" for row in rows))
    return path


def random_lines(table: str, count: int, rng: np.random.Generator) -> list[str]:
    """Return lines with random values in all columns, nulls where they may be; keys count from 1."""
    keys = {"pts_key", "ext_key", "cntr", "scan_key"}
    rows = []
    for number in range(1, count + 1):
        row = {c.name: str(number) if c.name in keys and not c.null else _random(c, rng) for c in published(table)}
        rows.append(line(table, **row | ({"tile": 90004} if table == "detection" else {})))
    return rows


def _plain(column: PublishedColumn) -> str:
    if column.name in PLAUSIBLE:
        return PLAUSIBLE[column.name]
    if column.null:
        return r"\N"
    if column.type == "date":
        return "1999-12-31"
    if column.type.startswith("character"):
        return "0" * int(column.type[10:-1])
    return "1" if column.type != "text" else "name"


def _random(column: PublishedColumn, rng: np.random.Generator) -> str:
    if column.null and rng.random() < 0.3:
        return r"\N"
    if column.name in {"hemis", "sd"}:
        return str(rng.choice(["n", "s"]))
    if column.type in {"smallint", "integer"}:
        return str(rng.integers(1, 10))
    if column.type == "date":
        return f"{rng.integers(1998, 2001)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    if column.type.startswith("character") or column.type == "text":
        room = int(column.type[10:-1]) if column.type.startswith("character") else 17
        return "".join(rng.choice(list("ABC019+"), int(rng.integers(1, room + 1))))
    return format(float(rng.uniform(0, 80)), column.format)
