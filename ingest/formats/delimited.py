"""Text with a line of column names: CSV, bar or tab delimited, ECSV; empty means null."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from ingest.formats.sniff import first_line
from ingest.formats.source import Rows
from ingest.text import Block, Step, blocks, head
from schema.errors import BadFile, BadRow

NULLS = ["", r"\N", "null", "NULL", "None", "nan", "NaN", "--"]
DELIMITERS = "|,\t; "
_COUNT = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


class DelimitedTable:
    """A text table whose first line that is no comment names the columns."""

    word = "line"

    def __init__(self, path: Path) -> None:
        self.path = path
        first = head(path).removeprefix(b"\xef\xbb\xbf")
        line = first_line(first)
        self.delimiter = next(letter for letter in DELIMITERS if letter.encode() in line)
        self.own = first[: first.index(line)].count(b"\n") + 1
        text = line.decode("latin-1").strip().rstrip(self.delimiter if self.delimiter in " \t" else "")
        self.names = tuple(name.strip().strip('"') for name in re.split(self._splitter(), text))

    def _splitter(self) -> str:
        return r" +" if self.delimiter == " " else re.escape(self.delimiter)

    def rows(self, wanted: tuple[str, ...], step: Step) -> Iterator[Rows]:
        """Yield the wanted columns as text; see `Source.rows`."""
        count = 0
        for block in blocks(self.path, step):
            skip = max(0, self.own - block.line + 1)
            data = block.data.split(b"\n", skip)[skip] if skip else block.data
            if data:
                first = block.line + skip
                table = self._table(Block(first, data))
                count += table.num_rows
                yield first, table.select(wanted)
        if not count:
            raise BadFile(self.path, "no rows below the line of names")

    def _table(self, block: Block) -> pa.Table:
        lines = block.data.split(b"\n")
        for number, line in enumerate(lines[:-1], block.line):
            if not line.strip():
                raise BadRow(self.path, number, self.names[0], "", f"{len(self.names)} columns, this line is empty")
        names = [f"{n}" for n in range(len(self.names))]
        try:
            table = pyarrow.csv.read_csv(
                io.BytesIO(block.data),
                pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block.data) + 1),
                pyarrow.csv.ParseOptions(delimiter=self.delimiter, ignore_empty_lines=False),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), null_values=NULLS, strings_can_be_null=True
                ),
            )
        except pa.ArrowInvalid as error:
            raise self._refused(block, str(error)) from error
        return table.rename_columns(list(self.names))

    def _refused(self, block: Block, words: str) -> BadFile:
        found = _COUNT.search(words)
        if found:
            number, expected, got = (int(part) for part in found.groups())
            line = block.data.split(b"\n")[number - 1].decode("latin-1").encode("ascii", "backslashreplace").decode()
            last = line.rsplit(self.delimiter, 1)[-1][:40]
            name = f"{self.names[min(got, expected) - 1]} (the last)"
            return BadRow(self.path, block.line + number - 1, name, last, f"{expected} columns, this line has {got}")
        return BadFile(self.path, f"lines from {block.line} on cannot be read as {len(self.names)} columns: {words}")
