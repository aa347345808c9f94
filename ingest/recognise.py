"""What kind of input a file is: told by its content, or by its name where the content is broken."""

from fnmatch import fnmatch
from pathlib import Path

from ingest.files import PATTERNS, named
from ingest.formats import open_source
from ingest.formats.source import Source
from ingest.text import head
from schema.errors import BadFile
from schema.published import published

TABLES = {"psc": "psc", "xsc": "xsc", "scans": "scan", "detections": "detection"}
UNFINISHED = (".*", "*~", "*.part", "*.partial", "*.tmp", "*.crdownload", "*.download", "*.lock")
"""Names that writers give to what is not complete yet."""
MARKS: dict[str, tuple[set[str], ...]] = {
    "tiles": ({"tile", "ra", "dec", "width_arcsec", "height_arcsec"},),
    "standards": ({"name", "tile", "ra", "dec", "j", "h", "ks"},),
    "scans": ({"scan_key", "hemis", "date", "scan", "tile", "sd", "qual"},),
    "detections": ({"cntr", "tile", "scan_key", "j_m"},),
    "xsc": ({"ext_key", "r_k20fe"}, {"ext_key", "k_m_k20fe"}, {"designation", "r_k20fe"}, {"2masx"}, {"_2masx"}),
    "psc": ({"designation", "j_m"}, {"2mass", "jmag"}, {"_2mass", "jmag"}, {"designation", "ph_qual"}),
}
"""Column names, in lower case, that tell a table: the first kind one of whose sets it has."""


def kind_of(path: Path) -> str | None:
    """Return the kind of a file, None if it is none of deepcal's or not finished."""
    if any(fnmatch(path.name, pattern) for pattern in UNFINISHED):
        return None
    try:
        return _by_content(path) or _by_name(path)
    except BadFile:
        return _by_name(path)


def _by_content(path: Path) -> str | None:
    first = head(path)
    if first.startswith(b"SIMPLE  ="):
        return _fits_kind(path)
    source = open_source(path)
    if source is not None:
        return _by_names(source)
    bars = first.partition(b"\n")[0].count(b"|") + 1
    return next((kind for kind, table in TABLES.items() if len(published(table)) == bars), None)


def _fits_kind(path: Path) -> str | None:
    """Tell an image from a table; what has neither is taken for an image, which says best what is wrong with it."""
    try:
        source = open_source(path)
    except BadFile:
        return "images"
    return _by_names(source) if source is not None else None


def _by_names(source: Source) -> str | None:
    names = {name.lower() for name in source.names}
    return next((kind for kind, marks in MARKS.items() if any(mark <= names for mark in marks)), None)


def _by_name(path: Path) -> str | None:
    return next((kind for kind in PATTERNS if named(kind, path.name)), None)
