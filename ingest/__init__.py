"""Files into rows: tiles, standards, PSC, XSC, scans, extractions and images; and the scores of scans."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.bulkload import BulkLoad
from ingest.files import FileResult
from ingest.ledger import load_files
from ingest.scans import load_scans
from ingest.scores import ScoreResult, named_scan, review, score
from ingest.verify import Check, read_expected, verify
from ingest.watch import Arrivals, take
from schema.connection import Connection
from schema.progress import Progress, silent

__all__ = [
    "Arrivals",
    "Check",
    "FileResult",
    "ScoreResult",
    "arrived",
    "detections",
    "images",
    "named_scan",
    "psc",
    "read_expected",
    "review",
    "scans",
    "score",
    "standards",
    "tiles",
    "verify",
    "xsc",
]

Paths = Sequence[Path | str]


def tiles(conn: Connection, paths: Paths = (), progress: Progress = silent) -> list[FileResult]:
    """Load calibration tiles (CSV: tile,standard,ra,dec,width_arcsec,height_arcsec); without paths the known ones."""
    from ingest.lists import known_tiles, load_tiles  # here as in the next ones: bulk loads spare time and memory

    return load_files(conn, "tiles", paths or [known_tiles()], load_tiles, progress)


def standards(
    conn: Connection, paths: Paths, progress: Progress = silent, *, replace: bool = False
) -> list[FileResult]:
    """Load standard stars (CSV: name,tile,ra,dec,epoch,pmra,pmdec,j,sj,h,sh,ks,sks)."""
    from ingest.lists import load_standards

    return load_files(conn, "standards", paths, load_standards, progress, replace=replace)


def psc(
    conn: Connection, paths: Paths, progress: Progress = silent, *, replace: bool = False, tolerate: int = 0
) -> list[FileResult]:
    """Load Point Source Catalog files (60 columns)."""
    return BulkLoad(conn, "psc", progress, replace, tolerate).load(paths)


def xsc(
    conn: Connection, paths: Paths, progress: Progress = silent, *, replace: bool = False, tolerate: int = 0
) -> list[FileResult]:
    """Load Extended Source Catalog files (389 columns)."""
    return BulkLoad(conn, "xsc", progress, replace, tolerate).load(paths)


def scans(conn: Connection, paths: Paths, progress: Progress = silent, *, replace: bool = False) -> list[FileResult]:
    """Load scan tables (the 64 columns, or a wider table that has them by name)."""
    return load_files(conn, "scans", paths, load_scans, progress, replace=replace)


def detections(
    conn: Connection, paths: Paths, progress: Progress = silent, *, replace: bool = False, tolerate: int = 0
) -> list[FileResult]:
    """Load calibration extractions (cal_TILE_YYMMDDhSSS.bar[.gz]); new tiles get their partition."""
    return BulkLoad(conn, "detections", progress, replace, tolerate).load(paths)


def images(conn: Connection, paths: Paths, progress: Progress = silent, *, replace: bool = False) -> list[FileResult]:
    """Load Atlas Images and registered strips (.fits, .fits.gz, .fits.fz)."""
    from ingest.image import load_image

    return load_files(conn, "images", paths, load_image, progress, replace=replace)


def arrived(conn: Connection, arrivals: Arrivals, progress: Progress = silent) -> list[FileResult]:
    """Load the files of a watched folder that are complete and new, whatever their kinds: one round."""
    kinds: dict[str, Callable[..., list[FileResult]]] = {
        "tiles": tiles,
        "standards": standards,
        "psc": psc,
        "xsc": xsc,
        "scans": scans,
        "detections": detections,
        "images": images,
    }
    return take(conn, arrivals, lambda kind, paths: kinds[kind](conn, paths, progress))
