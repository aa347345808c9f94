"""FITS tables, binary or ASCII: rows read in blocks from the file or its gzip stream, never all at once."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from astropy.io import fits

from ingest.files import unpacked
from ingest.formats.source import ROWS, Rows, quiet
from ingest.text import Step
from schema.errors import BadFile

BLOCK = 2880
MOST = 4096  # cards of one header


class FitsTable:
    """The first table of a FITS file."""

    word = "row"

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as raw:
            self.header, _ = self._table(unpacked(raw))
        self.promised = self._count("NAXIS2")
        self.width = self._count("NAXIS1")
        if self._count("PCOUNT") and any("P" in form or "Q" in form for form in self._cards("TFORM")):
            raise BadFile(path, "a FITS table with columns of variable length, expected one value a row")
        self.names = tuple(self._cards("TTYPE"))
        fields = self._count("TFIELDS")
        if len(self.names) != fields or not self.width:
            raise BadFile(path, f"{len(self.names)} column names in the FITS header, it promises {fields}")

    def rows(self, wanted: tuple[str, ...], step: Step) -> Iterator[Rows]:
        """Yield the wanted columns; see `Source.rows`."""
        if not self.promised:
            raise BadFile(self.path, "a FITS table without rows")
        with self.path.open("rb") as raw:
            _, stream = self._table(unpacked(raw))
            for start in range(0, self.promised, ROWS):
                count = min(ROWS, self.promised - start)
                data = self._read(stream, count * self.width)
                if len(data) < count * self.width:
                    have = start + len(data) // self.width
                    raise BadFile(self.path, f"{have} rows, the header promises {self.promised}: cut off, get it again")
                step(raw.tell())
                yield start + 1, self._block(data, count, wanted)
            self._end(stream)

    def _end(self, stream: BinaryIO) -> None:
        """Refuse a file that goes on with what is no further table: its header promises too few rows."""
        size = self.promised * self.width + self._count("PCOUNT")
        padding = self._read(stream, self._count("PCOUNT") + -size % BLOCK)[self._count("PCOUNT") :]
        after = self._read(stream, 8)
        filled = padding.strip(b"\0 ")
        if filled or after not in (b"", b"XTENSION"):
            raise BadFile(self.path, f"more bytes than the {self.promised} rows that the header promises: get it again")
        while self._read(stream, 1 << 20):
            pass  # the checksum of a gzip file is at its end

    def _block(self, data: bytes, count: int, wanted: tuple[str, ...]) -> pa.Table:
        header = self.header.copy()
        header["NAXIS2"], header["PCOUNT"] = count, 0
        try:
            with quiet():  # a value that cannot be used is refused by the reader of the column
                kind = fits.BinTableHDU if header["XTENSION"].strip() == "BINTABLE" else fits.TableHDU
                table = kind.fromstring(header.tostring().encode("ascii") + data + bytes(-len(data) % BLOCK))
                columns = {name: _column(table.data[name], table.columns[name]) for name in wanted}
        except Exception as error:  # the library raises a dozen kinds for the ways in which a table can be damaged
            raise BadFile(self.path, f"the FITS table cannot be read ({error}); get the file again") from error
        return pa.table(columns)

    def _table(self, stream: BinaryIO) -> tuple[fits.Header, BinaryIO]:
        """Return the header of the first table, and the stream where its rows begin."""
        while True:
            header = self._header(stream)
            if str(header.get("XTENSION", "")).strip() in {"BINTABLE", "TABLE"} and "ZIMAGE" not in header:
                return header, stream
            axes = [self._number(header, f"NAXIS{n}") for n in range(1, self._number(header, "NAXIS") + 1)]
            size = abs(int(header.get("BITPIX", 8))) // 8 * (int(np.prod(axes)) if axes else 0)
            size += self._number(header, "PCOUNT")
            rest = size + -size % BLOCK
            while rest > 0 and (got := len(self._read(stream, min(rest, 1 << 20)))):
                rest -= got

    def _header(self, stream: BinaryIO) -> fits.Header:
        cards = b""
        while len(cards) < MOST * 80 and (part := self._read(stream, BLOCK)):
            cards += part
            lines = [cards[at : at + 80] for at in range(0, len(cards), 80)]
            ends = [n for n, line in enumerate(lines) if line.rstrip() == b"END"]
            if ends:
                try:
                    with quiet():
                        header = fits.Header.fromstring(b"".join(lines[: ends[0] + 1]).decode("ascii"))
                        list(header.items())  # parses every card
                except (ValueError, fits.VerifyError, IndexError) as error:
                    raise BadFile(self.path, f"the FITS header cannot be read ({error}); get the file again") from error
                return header
        raise BadFile(self.path, "no table in the FITS file, expected a binary or ASCII table of catalogue rows")

    def _read(self, stream: BinaryIO, size: int) -> bytes:
        try:
            return stream.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            words = f"the compressed data are damaged or end early ({error}); get the file again"
            raise BadFile(self.path, words) from error

    def _count(self, card: str) -> int:
        return self._number(self.header, card)

    def _number(self, header: fits.Header, card: str) -> int:
        value = header.get(card, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 48:
            raise BadFile(self.path, f"card {card} is {value!r}, expected a whole number")
        return value

    def _cards(self, card: str) -> list[str]:
        values = [self.header.get(f"{card}{n}") for n in range(1, self._number(self.header, "TFIELDS") + 1)]
        return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def _column(values: Any, column: fits.Column) -> pa.Array:
    """Return one column, nulls where the header's null value stands."""
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError(f"column {column.name} has {values.shape[1:]} values a row, expected one")
    if values.dtype.kind in "SU":
        text = np.char.rstrip(np.char.decode(values, "ascii") if values.dtype.kind == "S" else values, " \0")
        return pa.array(text, pa.string())
    if values.dtype.kind not in "iufb":
        raise ValueError(f"column {column.name} is of type {column.format}, expected numbers or text")
    native = values.astype(values.dtype.newbyteorder("="))
    null = column.null
    empty = native == null if native.dtype.kind in "iu" and null not in (None, "") else None
    return pa.array(native, mask=empty)
