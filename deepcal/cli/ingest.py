"""`deepcal ingest`: files into rows, every refused file on the screen with its reason."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from deepcal.cli import Json, commands, emit, open_db, progress, table

if TYPE_CHECKING:
    from ingest import FileResult

SHOWN = 12  # files listed one by one; of more only those refused

app = commands(group=True)

Paths = Annotated[list[Path], typer.Argument(help="Files, and folders to search for files of this kind.", exists=True)]


@app.command(epilog="Example: deepcal ingest tiles")
def tiles(
    paths: Annotated[list[Path] | None, typer.Argument(help="CSV files; without any the known tiles.")] = None,
    as_json: Json = False,
) -> None:
    """Load calibration tiles: the known ones, or your own."""
    _load("tiles", paths or [], as_json)


@app.command(epilog="Example: deepcal ingest standards standards.csv")
def standards(paths: Paths, as_json: Json = False) -> None:
    """Load the standard stars of the tiles."""
    _load("standards", paths, as_json)


@app.command(epilog="Example: deepcal ingest psc psc_aaa.gz psc_aab.gz")
def psc(paths: Paths, as_json: Json = False) -> None:
    """Load files of the All-Sky Point Source Catalog (60 columns)."""
    _load("psc", paths, as_json)


@app.command(epilog="Example: deepcal ingest xsc xsc_aaa.gz")
def xsc(paths: Paths, as_json: Json = False) -> None:
    """Load files of the All-Sky Extended Source Catalog (389 columns)."""
    _load("xsc", paths, as_json)


@app.command(epilog="Example: deepcal ingest scans scan.bar")
def scans(paths: Paths, as_json: Json = False) -> None:
    """Load scan tables (64 columns, or by name from a wider table)."""
    _load("scans", paths, as_json)


@app.command(epilog="Example: deepcal ingest detections detections/")
def detections(paths: Paths, as_json: Json = False) -> None:
    """Load calibration extractions, one file a scan."""
    _load("detections", paths, as_json)


@app.command(epilog="Example: deepcal ingest images images/")
def images(paths: Paths, as_json: Json = False) -> None:
    """Load Atlas Images and registered strips; the files stay where they are."""
    _load("images", paths, as_json)


def _load(kind: str, paths: Sequence[Path], as_json: bool) -> None:
    """Load files of a kind, report, and leave with 3 if any was refused."""
    import ingest

    with open_db() as conn, progress() as report:
        results: list[FileResult] = getattr(ingest, kind)(conn, paths, report)
    _report(kind, results, as_json)
    if any(result.state == "refused" for result in results):
        raise typer.Exit(3)


def _report(kind: str, results: Sequence["FileResult"], as_json: bool) -> None:
    shown = table("file", "state", "rows", title=f"ingest {kind}", numbers=("rows",))
    for result in results:
        if len(results) <= SHOWN or result.state == "refused":
            shown.add_row(result.path.name, result.state, f"{result.rows:,}")
    refused = [Text(f"refused: {result.path.name}, {result.error}", "red") for result in results if result.error]
    counts = {state: sum(r.state == state for r in results) for state in ("loaded", "known", "refused")}
    rows = sum(result.rows for result in results if result.state == "loaded")
    total = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    totals = f"{len(results)} files: {total}; {rows:,} new rows"
    emit({"files": results, "rows": rows, **counts}, as_json, *([shown] if shown.row_count else []), *refused, totals)
