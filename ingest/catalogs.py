"""The bulk catalogues: PSC, XSC and the calibration extractions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingest import formats
from ingest.bulk import copy_rows
from ingest.downloads import KEYS, load_download, supersede
from ingest.ledger import Loader
from ingest.parse import parse
from ingest.text import Step, blocks
from schema.connection import Connection
from schema.published import published
from sql import load


@dataclass(frozen=True)
class Catalog:
    """A bulk kind: its published columns, its table, its key."""

    columns: str
    table: tuple[str, str]
    key: tuple[str, ...]


CATALOGS = {
    "psc": Catalog("psc", ("twomass", "psc"), ("pts_key",)),
    "xsc": Catalog("xsc", ("twomass", "xsc"), ("ext_key",)),
    "detections": Catalog("detection", ("deepcal", "detection"), ("tile", "cntr")),
}


def loader(kind: str) -> Loader:
    """Return the loader of a bulk kind."""
    catalog = CATALOGS[kind]

    def load_catalog(conn: Connection, path: Path, file_id: int, step: Step) -> int:
        download = formats.read(path, catalog.columns, step)
        if download is not None and kind in KEYS:
            return load_download(conn, path, kind, download, file_id)
        rows = download or _rows(path, catalog, step)
        if kind == "detections":
            rows = _with_partitions(conn, rows)
        count = copy_rows(conn, path, catalog.table, catalog.key, rows, file_id)
        if kind == "psc":
            supersede(conn)
        return count

    return load_catalog


def _rows(path: Path, catalog: Catalog, step: Step) -> Iterator[tuple[int, pa.Table]]:
    columns = published(catalog.columns)
    for block in blocks(path, step):
        yield block.line, parse(path, block, columns)


def _with_partitions(conn: Connection, rows: Iterator[tuple[int, pa.Table]]) -> Iterator[tuple[int, pa.Table]]:
    """Hold the rows until every tile among them has its partition: a file of one scan is small."""
    held = list(rows)
    tiles = sorted({tile for _, table in held for tile in pc.unique(table["tile"]).to_pylist()})
    for tile in tiles:
        conn.execute(load("ingest/partition.sql"), {"tile": tile})
    yield from held
