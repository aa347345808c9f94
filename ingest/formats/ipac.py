"""IPAC tables: columns between the bars of the header, nulls by name, and the number of rows they promise."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ingest.formats.source import ROWS, Rows
from ingest.text import Step, blocks, head
from schema.errors import BadFile, BadRow

_PROMISE = re.compile(r"\\\s*RowsRetrieved\s*=\s*(\d+)", re.IGNORECASE)
_PLAIN = re.compile(rb"[ -~]*")
_HEAD = 8 << 20  # bytes within which the header must end


class IpacTable:
    """An IPAC table; column i lies in line[bars[i] : bars[i + 1]], its null is nulls[i]."""

    word = "line"

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = head(path, _HEAD).decode("latin-1").split("\n")
        self.own = next((n for n, line in enumerate(lines) if line[:1] not in ("\\", "|")), len(lines))
        described = [line.rstrip("\r ") for line in lines[: self.own] if line.startswith("|")]
        if not described:
            raise BadFile(path, "an IPAC table without a line of column names between bars")
        self.bars = tuple(n for n, letter in enumerate(described[0]) if letter == "|")
        parts = [tuple(part.strip() for part in line.strip("|").split("|")) for line in described]
        self.names = parts[0]
        self.nulls = parts[3] if len(parts) > 3 else ("null",) * len(self.names)
        if any(len(part) != len(self.names) for part in parts) or len(self.bars) != len(self.names) + 1:
            counts = ", ".join(str(len(part)) for part in parts)
            raise BadFile(path, f"an IPAC table whose header lines disagree: they have {counts} columns")
        found = (_PROMISE.match(line) for line in lines[: self.own])
        self.promised = next((int(match.group(1)) for match in found if match), None)

    def rows(self, wanted: tuple[str, ...], step: Step) -> Iterator[Rows]:
        """Yield the wanted columns as text; see `Source.rows`."""
        count, ended = 0, 0
        for block in blocks(self.path, step):
            lines = block.data.split(b"\n")[:-1]
            skip = max(0, self.own - block.line + 1)
            first, lines = block.line + skip, lines[skip:]
            while lines and not lines[-1].strip():
                lines.pop()
            if lines and ended:
                raise BadRow(self.path, ended, self.names[0], "", "a row; there are more below this empty line")
            ended = first + len(lines) if block.data.endswith(b"\n\n") else 0
            count += len(lines)
            for start in range(0, len(lines), ROWS):
                yield first + start, self._table(first + start, lines[start : start + ROWS], wanted)
        if not count and not self.promised:
            raise BadFile(self.path, "no rows below the header")
        if self.promised is not None and count != self.promised:
            words = f"{count} rows, the header promises {self.promised}"
            raise BadFile(self.path, f"{words}: the table is cut off, get it again")

    def _table(self, first: int, lines: list[bytes], wanted: tuple[str, ...]) -> pa.Table:
        long = self.bars[-1] + 1
        lines = [line.rstrip(b" \r").ljust(long) for line in lines]
        for number, line in enumerate(lines, first):
            if len(line) > long or not line.strip() or line[:1] in b"|\\" or not _PLAIN.fullmatch(line):
                raise self._refused(number, line, long)
        letters = np.frombuffer(b"".join(lines), "S1").reshape(len(lines), long)
        crossed = np.argwhere(letters[:, list(self.bars)] != b" ")
        if len(crossed):
            row, bar = (int(number) for number in crossed[0])
            near = lines[row][max(0, self.bars[bar] - 20) : self.bars[bar] + 20].decode().strip()
            name = self.names[min(bar, len(self.names) - 1)]
            raise BadRow(self.path, first + row, name, near, "a blank below every bar of the header")
        return pa.table([self._column(letters, name) for name in wanted], names=list(wanted))

    def _column(self, letters: NDArray[np.bytes_], name: str) -> pa.Array:
        place = self.names.index(name)
        start, stop = self.bars[place] + 1, self.bars[place + 1]
        cells = np.ascontiguousarray(letters[:, start:stop])
        flat = pa.FixedSizeBinaryArray.from_buffers(pa.binary(stop - start), len(cells), [None, pa.py_buffer(cells)])
        text = pc.ascii_trim(flat.cast(pa.binary()).cast(pa.string()), " ")
        return pc.if_else(pc.is_in(text, pa.array(["", "null", self.nulls[place]])), None, text)

    def _refused(self, number: int, line: bytes, long: int) -> BadFile:
        if not line.strip() or line[:1] in b"|\\":
            return BadRow(self.path, number, self.names[0], line[:40].decode("latin-1").strip(), "a row of values")
        if not _PLAIN.fullmatch(line):
            at = next(n for n, letter in enumerate(line) if not 32 <= letter < 127)
            place = max(0, sum(bar <= at for bar in self.bars) - 1)
            name = self.names[min(place, len(self.names) - 1)]
            shown = line[max(0, at - 20) : at + 20].decode("latin-1").encode("ascii", "backslashreplace").decode()
            return BadRow(self.path, number, name, shown.strip(), "plain ASCII text")
        shown = line[self.bars[-1] :].decode().strip()
        return BadRow(self.path, number, self.names[-1], shown, f"at most {long} characters, as the header has bars")
