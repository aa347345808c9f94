"""The bulk catalogues: PSC, XSC and the calibration extractions; where they go, and how a file is read and sorted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest import formats
from ingest.bulk import Prepared, Rows, prepare
from ingest.parse import parse_good
from ingest.rejects import Rejects
from ingest.text import Block, Step, blocks
from schema.published import published


@dataclass(frozen=True)
class Catalog:
    """A bulk kind: its published columns, its table, its key; schema, name and key of its table of cells."""

    columns: str
    table: tuple[str, str]
    key: tuple[str, ...]
    cells: tuple[str, ...] = ()


CATALOGS = {
    "psc": Catalog("psc", ("twomass", "psc"), ("pts_key",), ("twomass", "psc_cell", "pts_key")),
    "xsc": Catalog("xsc", ("twomass", "xsc"), ("ext_key",), ("twomass", "xsc_cell", "ext_key")),
    "detections": Catalog("detection", ("deepcal", "detection"), ("tile", "cntr")),
}


def read_sorted(
    path: Path,
    catalog: Catalog,
    rejects: Rejects,
    step: Step,
    count: Callable[[int], None] = lambda rows: None,
    look: Callable[[bytes], object] = lambda data: None,
) -> Prepared:
    """Read a file, check it, and sort its rows; `step` is told of bytes, `count` of rows, `look` is shown the text.

    Raises
    ------
    BadFile
        The file is broken, or has more bad rows than are tolerated.
    """
    if (download := formats.read(path, catalog.columns, step)) is not None:
        return prepare(download, lambda rows: [rows], catalog.key[-1])

    def good(block: Block) -> list[Rows]:
        found = parse_good(block, published(catalog.columns), rejects)
        count(sum(rows.num_rows for _, rows in found))
        return found

    return prepare(blocks(path, step, look), good, catalog.key[-1])


def rows_of(path: Path, catalog: Catalog, rejects: Rejects) -> Iterator[Rows]:
    """Yield the rows of a file as they stand in it."""
    if (download := formats.read(path, catalog.columns)) is not None:
        yield from download
        return
    for block in blocks(path):
        yield from parse_good(block, published(catalog.columns), rejects)
