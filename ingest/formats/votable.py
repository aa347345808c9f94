"""VOTables, read by astropy whole and so bounded in size; a result that the service cut off is refused."""

import io
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from astropy.io.votable import parse
from astropy.io.votable.exceptions import W18, W30, W46
from astropy.io.votable.tree import TableElement, VOTableFile

from ingest.formats.source import ROWS, Rows, quiet
from ingest.text import Step, blocks
from schema.errors import BadFile
from schema.settings import defaults

CUT = ("overflow", "truncat")
LOST = {
    W18: "as many rows as the table says: get it again",
    W30: "a number",
    W46: "a text no longer than its column",
}
"""What astropy warns of and goes on: another number of rows, a number that is none, a text that it cuts."""
PLACE = re.compile(r"[^:]*:(\d+):\d+: W\d+: ([^.]*(?:\.\d[^.]*)*)")


class VoTable:
    """The first table with rows of a VOTable, in any of its serialisations but FITS."""

    word = "row"

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def table(self) -> TableElement:
        """The table, read when it is first asked for."""
        return self._parse(self._text())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(str(field.name) for field in self.table.fields)

    def rows(self, wanted: tuple[str, ...], step: Step) -> Iterator[Rows]:
        """Yield the wanted columns; see `Source.rows`."""
        array = self.table.array
        for start in range(0, len(array), ROWS):
            part = array[start : start + ROWS]
            yield start + 1, pa.table({name: self._column(part, name) for name in wanted})
        step(self.path.stat().st_size)

    def _text(self) -> bytes:
        most, data = defaults()["votable_max"][0] * 1e6, io.BytesIO()
        for block in blocks(self.path):
            data.write(block.data)
            if data.tell() > most:
                words = f"more than {most / 1e6:g} MB: get it as FITS or Parquet, or in parts"
                raise BadFile(self.path, f"a VOTable of {words}")
        return data.getvalue()

    def _parse(self, text: bytes) -> TableElement:
        try:
            with quiet() as said:  # archives' tables break the letter of the standard in harmless ways
                found = parse(io.BytesIO(text.replace(b"<TD>null</TD>", b"<TD/>")), verify="warn")
                self._refuse_cut(found)
                table = next((table for table in found.iter_tables() if len(table.array)), None)
            self._refuse_lost(warning.message for warning in said)
        except BadFile:
            raise
        except Exception as error:  # the library raises a dozen kinds for the ways in which a table can be damaged
            raise BadFile(self.path, f"no readable VOTable ({str(error)[:200]}); get it again") from error
        if table is None:
            raise BadFile(self.path, "a VOTable without rows")
        return table

    def _refuse_lost(self, said: Iterable[Warning | str]) -> None:
        """Refuse what astropy reads as empty, cuts, or misses."""
        for warning in said:
            expected = LOST.get(type(warning))
            if expected is not None:
                found = PLACE.match(str(warning))
                line, reason = found.groups() if found else ("?", str(warning))
                raise BadFile(self.path, f"line {line}: {reason}, expected {expected}")

    def _refuse_cut(self, found: VOTableFile) -> None:
        """Refuse what a service says is only a part of the answer."""
        notes = [*found.infos]
        for resource in found.resources:
            notes += [*resource.infos, *(note for table in resource.tables for note in table.infos)]
        for note in notes:
            words = f"{note.value or ''} {note.content or ''}".strip()
            if any(word in words.lower() for word in CUT):
                raise BadFile(self.path, f"the service says that the table is cut off ({words[:80]}): ask for all rows")
            if note.name == "QUERY_STATUS" and str(note.value).upper() == "ERROR":
                raise BadFile(self.path, f"the service answered with an error: {words[:200]}")

    def _column(self, part: "np.ma.MaskedArray[Any, Any]", name: str) -> pa.Array:
        field = self.table.fields[self.names.index(name)]
        values = part[field.ID]
        mask = np.broadcast_to(np.ma.getmaskarray(values), values.shape)
        plain = np.ma.getdata(values)
        if plain.ndim != 1:
            raise BadFile(self.path, f"column {name} has {plain.shape[1:]} values a row, expected one")
        if plain.dtype.kind in "OSU":
            text = [v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in plain.tolist()]
            return pa.array(text, pa.string(), mask=mask.astype(bool))
        return pa.array(plain.astype(plain.dtype.newbyteorder("=")), mask=mask.astype(bool))
