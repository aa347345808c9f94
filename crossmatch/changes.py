"""What changed since the last refresh, and so has to be matched again."""

from dataclasses import dataclass

from crossmatch.catalogs import CATALOGS, touched_runs, values
from schema.connection import Connection
from schema.settings import Settings, read
from sql import load


@dataclass(frozen=True)
class CatalogFiles:
    """The loaded files of PSC and XSC, and the rows in them."""

    catalog_files: list[int]
    psc_rows: int
    xsc_rows: int


@dataclass(frozen=True)
class Changes:
    """Runs to be matched and runs whose matches are to be removed, with the settings and the files of now."""

    matched: list[str]
    removed: list[str]
    settings: Settings
    files: CatalogFiles

    def __bool__(self) -> bool:
        return bool(self.matched or self.removed)


def find_changes(conn: Connection) -> Changes:
    """Compare the current runs, the settings and the catalogue files with those of the stored matches."""
    settings = {name: value for name, value in read(conn).items() if name.startswith("xmatch_")}
    files = CatalogFiles(*conn.execute(load("crossmatch/catalog_files.sql")).fetchall()[0])
    changed = conn.execute(load("crossmatch/changed_runs.sql")).fetchall()
    matched = {run for run, is_current in changed if is_current}
    last_settings, last_files = conn.execute(load("crossmatch/last.sql")).fetchone() or ({}, [])
    current = [run for (run,) in conn.execute(load("crossmatch/current_runs.sql"))]
    if last_settings != settings:
        matched |= set(current)
    elif new := sorted(set(files.catalog_files) - set(last_files)):
        matched |= _touched(conn, current, settings, new)
    return Changes(sorted(matched), [run for run, is_current in changed if not is_current], settings, files)


def _touched(conn: Connection, current: list[str], settings: Settings, files: list[int]) -> set[str]:
    found = set()
    for catalog in CATALOGS:
        bound = values(catalog, settings) | {"runs": current, "files": files}
        found |= {run for (run,) in conn.execute(touched_runs(catalog), bound)}
    return found
