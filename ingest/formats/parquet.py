"""Parquet files: only the wanted columns are read, in batches."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from ingest.formats.source import ROWS, Rows
from ingest.text import Step
from schema.errors import BadFile


class ParquetTable:
    """A Parquet file of flat columns."""

    word = "row"

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with pyarrow.parquet.ParquetFile(path) as file:
                self.promised = file.metadata.num_rows
                self.names = tuple(field.name for field in file.schema_arrow)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise BadFile(path, f"no readable Parquet file ({error}); get it again") from error
        if self.promised <= 0:
            raise BadFile(path, "a Parquet file without rows")

    def rows(self, wanted: tuple[str, ...], step: Step) -> Iterator[Rows]:
        """Yield the wanted columns; see `Source.rows`."""
        size, count = self.path.stat().st_size, 0
        try:
            with pyarrow.parquet.ParquetFile(self.path, page_checksum_verification=True) as file:
                for batch in file.iter_batches(ROWS, columns=list(wanted), use_threads=False):
                    table = pa.Table.from_batches([batch])
                    table.validate(full=True)
                    yield count + 1, table
                    count += table.num_rows
                    step(size * count // self.promised)
        except (pa.ArrowException, OSError, UnicodeDecodeError, MemoryError) as error:
            words = f"the Parquet file is damaged after row {count} ({error}); get it again"
            raise BadFile(self.path, words) from error
        if count != self.promised:
            raise BadFile(self.path, f"{count} rows, the file promises {self.promised}: get it again")
