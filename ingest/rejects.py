"""Rows that cannot be used: the first refuses its file, unless some are tolerated and kept aside with reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.faults import Fault
from schema.connection import Connection
from schema.errors import BadFile, BadRow
from sql import load


@dataclass(frozen=True)
class Reject:
    """One bad row: number and text of its line, and what is wrong with it."""

    line: int
    text: str
    fault: Fault


@dataclass
class Rejects:
    """The bad rows of one file, of which `tolerated` may be left out; the table told of the `known` ones."""

    path: Path
    tolerated: int = 0
    known: Mapping[int, Fault] = field(default_factory=dict)
    rows: list[Reject] = field(default_factory=list)

    def within(self, start: int, end: int) -> bool:
        """Tell whether a known fault lies on one of the lines from `start` to before `end`."""
        return any(start <= line < end for line in self.known)

    def add(self, line: int, text: str, fault: Fault) -> None:
        """Put a bad row aside.

        Raises
        ------
        BadRow
            No row may be bad.
        BadFile
            There are more bad rows than may be.
        """
        if not self.tolerated:
            raise BadRow(self.path, line, fault.column, fault.value, fault.expected)
        self.rows.append(Reject(line, text, fault))
        if len(self.rows) > self.tolerated:
            first = min(self.rows, key=lambda reject: reject.line)
            raise BadFile(
                self.path,
                f"more than the {self.tolerated} bad rows that --tolerate allows; line {first.line}, "
                f"column {first.fault.column}: {first.fault.value!r}, expected {first.fault.expected}",
            )

    def store(self, conn: Connection, file_id: int) -> None:
        """Write the bad rows down."""
        statement = load("ingest/reject.sql")
        for reject in self.rows:
            fault = reject.fault
            words = {"column": fault.column, "value": fault.value, "reason": f"expected {fault.expected}"}
            words["text"] = reject.text
            told = {name: word.replace("\0", "\\0") for name, word in words.items()}  # PostgreSQL holds no zero bytes
            conn.execute(statement, {"file_id": file_id, "line": reject.line} | told)
