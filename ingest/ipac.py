"""IPAC tables: columns between the bars of the header, nulls by name, and the number of rows they promise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.faults import NULL
from ingest.text import blocks
from schema.errors import BadFile

_PROMISE = re.compile(rb"\\\s*RowsRetrieved\s*=\s*(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """Names, in lower case, and nulls of the columns; column i is line[bars[i] : bars[i + 1]]. `lines` are its own."""

    names: tuple[str, ...]
    nulls: tuple[str, ...]
    bars: tuple[int, ...]
    lines: int


def is_ipac(first: bytes) -> bool:
    """Tell whether a file with these first bytes is an IPAC table."""
    return first.startswith(b"|") or (first.startswith(b"\\") and not first.startswith(NULL.encode() + b"|"))


def check_rows(path: Path) -> None:
    """Refuse a table with another number of rows than its header promises.

    Raises
    ------
    BadFile
        Naming both numbers; a file cut off while it was fetched is the usual reason.
    """
    promised, rows = None, 0
    for block in blocks(path):
        if promised is None and (found := _PROMISE.search(block.data)):
            promised = int(found.group(1))
        rows += sum(1 for line in block.data.split(b"\n") if line.strip() and line[:1] not in b"\\|")
    if promised is not None and rows != promised:
        raise BadFile(path, f"{rows} rows, the header promises {promised}: the table is cut off, get it again")


def read_header(path: Path, lines: list[str]) -> Header:
    """Return the columns an IPAC table describes.

    Raises
    ------
    BadFile
        There is no line of column names.
    """
    own = next((n for n, line in enumerate(lines) if line[:1] not in ("\\", "|")), len(lines))
    described = [line for line in lines[:own] if line.startswith("|")]
    if not described:
        raise BadFile(path, "an IPAC table without a line of column names between bars")
    bars = tuple(n for n, letter in enumerate(described[0]) if letter == "|")
    parts = [tuple(part.strip() for part in line.strip().strip("|").split("|")) for line in described]
    names = tuple(name.lower() for name in parts[0])
    nulls = parts[3] if len(parts) > 3 else ("null",) * len(names)
    if len(nulls) != len(names) or len(bars) != len(names) + 1:
        raise BadFile(path, f"an IPAC table whose header lines disagree: {len(names)} names, {len(nulls)} nulls")
    return Header(names, nulls, bars, own)


def rows(header: Header, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Return number and values of every line below the header, nulls as the published files have them."""
    for number, line in enumerate(lines[header.lines :], header.lines + 1):
        if line.strip():
            cut = [line[a:b].strip(" |") for a, b in zip(header.bars, header.bars[1:], strict=False)]
            yield number, [NULL if v in (null, "null", "") else v for v, null in zip(cut, header.nulls, strict=True)]
