"""Where in a file does a key stand that may be there only once?"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from psycopg.errors import UniqueViolation

from ingest.bulk import Rows
from schema.errors import BadRow


def key_of(error: UniqueViolation) -> tuple[str, ...]:
    """Return the key that the server found twice."""
    match = re.search(r"=\((.*)\) (already exists|is duplicated)", error.diag.message_detail or "")
    return tuple(match.group(1).split(", ")) if match else ()


def taken(path: Path, names: tuple[str, ...], key: tuple[str, ...], blocks: Iterable[Rows]) -> BadRow | None:
    """Read a file again and name the line whose key was refused; None if it does not have the key.

    Parameters
    ----------
    path : Path
    names : columns of the key, whole numbers
    key : its values
    blocks : the rows of the file
    """
    lines = list(_lines(names, key, blocks))
    if not lines:
        return None
    twice = len(lines) > 1
    expected = f"a key used once; line {lines[0]} has it too" if twice else "a key that no other file has brought"
    return BadRow(path, lines[1 if twice else 0], ", ".join(names), ", ".join(key), expected)


def _lines(names: tuple[str, ...], key: tuple[str, ...], blocks: Iterable[Rows]) -> Iterator[int]:
    for line, rows in blocks:
        same = np.ones(rows.num_rows, bool)
        for name, value in zip(names, key, strict=True):
            same &= pc.equal(rows[name], int(value)).to_numpy()
        yield from (np.flatnonzero(same) + line).tolist()
