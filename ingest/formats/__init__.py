"""Downloads of the published tables: IPAC tables, VOTable, FITS, Parquet, and text with a line of names."""

from collections.abc import Iterator
from pathlib import Path

from ingest.files import ends_whole
from ingest.formats.ipac import IpacTable
from ingest.formats.names import choose
from ingest.formats.sniff import sniff
from ingest.formats.source import Rows, Source
from ingest.formats.typed import fit
from ingest.text import Step, head
from schema.errors import BadFile

__all__ = ["open_source", "read"]

CUT = "the last line does not end: the file is cut off, get it again"


def read(path: Path, table: str, step: Step = lambda done: None) -> Iterator[Rows] | None:
    """Read a download of a published table, whatever its form.

    Parameters
    ----------
    path : Path
        Plain or gzipped; the form is told by the content.
    table : str
        ``"psc"``, ``"xsc"``, ``"scan"`` or ``"detection"``.
    step : callable
        Told of the bytes read.

    Returns
    -------
    iterator of (int, pyarrow.Table), or None
        Number of the first line (or row, where the form has no lines) and rows with every published column, typed and
        checked; columns that the download lacks are null, and its own further columns are left out. None if the file
        is no download but the published bar-delimited text without names.

    Raises
    ------
    BadFile
        The file is broken or cut off, or a column that no row can do without is missing.
    """
    source = open_source(path)
    if source is not None:
        return _read(path, table, source, step)
    if not ends_whole(path):
        raise BadFile(path, CUT)
    return None


def _read(path: Path, table: str, source: Source, step: Step) -> Iterator[Rows]:
    chosen = choose(path, table, source)
    for line, rows in source.rows(tuple(chosen.values()), step):
        yield line, fit(path, table, chosen, source, line, rows)
    if source.word == "line" and not ends_whole(path):
        raise BadFile(path, CUT)


def open_source(path: Path) -> Source | None:
    """Return the reader of a download, None for bar-delimited text without names.

    Raises
    ------
    BadFile
        The file is empty, or its header cannot be used.
    """
    first = head(path)
    match sniff(first):
        case "ipac":
            return IpacTable(path)
        case "fits":
            from ingest.formats.fits_table import FitsTable

            return FitsTable(path)
        case "votable":
            from ingest.formats.votable import VoTable

            return VoTable(path)
        case "parquet":
            from ingest.formats.parquet import ParquetTable

            return ParquetTable(path)
        case "names":
            from ingest.formats.delimited import DelimitedTable

            return DelimitedTable(path)
    return None
