"""`deepcal ingest`: files into rows, every refused file on the screen with its reason."""

import signal
import sys
import time
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

Replace = Annotated[
    bool,
    typer.Option("--replace", help="Load files that changed since they were loaded in place of their old content."),
]
Tolerate = Annotated[
    int,
    typer.Option(help="Bad rows of a load file that are left out, each kept with its reason in ingest_reject.", min=0),
]
Paths = Annotated[list[Path], typer.Argument(help="Files, and folders to search for files of this kind.", exists=True)]


@app.command(epilog="Example: deepcal ingest tiles")
def tiles(
    paths: Annotated[list[Path] | None, typer.Argument(help="CSV files; without any the known tiles.")] = None,
    as_json: Json = False,
) -> None:
    """Load calibration tiles: the known ones, or your own."""
    _load("tiles", paths or [], as_json)


@app.command(epilog="Example: deepcal ingest standards standards.csv")
def standards(paths: Paths, replace: Replace = False, as_json: Json = False) -> None:
    """Load the standard stars of the tiles."""
    _load("standards", paths, as_json, replace=replace)


@app.command(epilog="Example: deepcal ingest psc psc_aaa.gz psc_aab.gz")
def psc(paths: Paths, replace: Replace = False, tolerate: Tolerate = 0, as_json: Json = False) -> None:
    """Load the All-Sky Point Source Catalog: its load files, or downloads (IPAC, VOTable, FITS, Parquet, CSV)."""
    _load("psc", paths, as_json, replace=replace, tolerate=tolerate)


@app.command(epilog="Example: deepcal ingest xsc xsc_aaa.gz")
def xsc(paths: Paths, replace: Replace = False, tolerate: Tolerate = 0, as_json: Json = False) -> None:
    """Load the All-Sky Extended Source Catalog: its load files, or downloads."""
    _load("xsc", paths, as_json, replace=replace, tolerate=tolerate)


@app.command(epilog="Example: deepcal ingest scans scan.bar")
def scans(paths: Paths, replace: Replace = False, as_json: Json = False) -> None:
    """Load scan tables (64 columns, or by name from a wider table)."""
    _load("scans", paths, as_json, replace=replace)


@app.command(epilog="Example: deepcal ingest detections detections/")
def detections(paths: Paths, replace: Replace = False, tolerate: Tolerate = 0, as_json: Json = False) -> None:
    """Load calibration extractions, one file a scan."""
    _load("detections", paths, as_json, replace=replace, tolerate=tolerate)


@app.command(epilog="Example: deepcal ingest images images/")
def images(paths: Paths, replace: Replace = False, as_json: Json = False) -> None:
    """Load Atlas Images, registered strips and coverage maps; the files stay where they are."""
    _load("images", paths, as_json, replace=replace)


@app.command(epilog="Example: deepcal ingest verify psc --expect counts.json")
def verify(
    kind: Annotated[str, typer.Argument(help="tiles, standards, psc, xsc, scans, detections or images.")],
    expect: Annotated[
        Path | None, typer.Option(help="JSON or CSV of rows, file_rows, min, max, sum, nulls.", exists=True)
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold a table against figures you know; exit code 3 if one differs."""
    import ingest

    expected = ingest.read_expected(expect) if expect else []
    with open_db() as conn:
        checks = ingest.verify(conn, kind, expected)
    shown = table("column", "figure", "expected", "found", "", title=f"verify {kind}", numbers=("expected", "found"))
    for check in checks:
        shown.add_row(check.column, check.figure, check.expected, check.found, "" if check.agrees else "DIFFERS")
    differ = sum(not check.agrees for check in checks)
    words = f"{len(checks)} figures, {differ} differ" if differ else f"{len(checks)} figures agree"
    emit({"kind": kind, "checks": checks, "differ": differ}, as_json, shown, words)
    if differ:
        raise typer.Exit(3)


@app.command(epilog="Example: deepcal ingest watch incoming/ --once")
def watch(
    folder: Annotated[Path, typer.Argument(help="The folder in which files appear.", exists=True, file_okay=False)],
    once: Annotated[bool, typer.Option("--once", help="Look once and leave: for cron.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 10.0,
    settled: Annotated[
        float | None, typer.Option(help="Seconds without a change after which a file is complete.", min=0)
    ] = None,
    as_json: Json = False,
) -> None:
    """Load what appears in a folder, when it is complete; Ctrl-C ends it, and nothing is left half-loaded."""
    import ingest
    from schema.settings import read

    signal.signal(signal.SIGIO, signal.SIG_IGN)  # sent when another program opens a file we are asking about
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    taken: list[FileResult] = []
    with open_db() as conn:
        quiet = read(conn)["watch_settled"][0] if settled is None else settled
        conn.commit()
        arrivals = ingest.Arrivals(folder.absolute(), quiet)
        try:
            while True:
                with progress() as report:
                    results = ingest.arrived(conn, arrivals, report)
                taken += results
                if once:
                    break
                if results:
                    _report("watch", results, as_json)
                    sys.stdout.flush()
                time.sleep(every)
        except KeyboardInterrupt:
            conn.rollback()
    if once:
        _report("watch", taken, as_json, sorted(arrivals.unknown))
        if any(result.state == "refused" for result in taken):
            raise typer.Exit(3)


def _load(kind: str, paths: Sequence[Path], as_json: bool, **options: bool | int) -> None:
    """Load files of a kind, report, and leave with 3 if any was refused."""
    import ingest

    with open_db() as conn, progress() as report:
        results: list[FileResult] = getattr(ingest, kind)(conn, paths, report, **options)
    _report(kind, results, as_json)
    if any(result.state == "refused" for result in results):
        raise typer.Exit(3)


def _report(kind: str, results: Sequence["FileResult"], as_json: bool, unknown: Sequence[Path] = ()) -> None:
    shown = table("file", "state", "rows", title=f"ingest {kind}", numbers=("rows",))
    for result in results:
        if len(results) <= SHOWN or result.state == "refused":
            shown.add_row(result.path.name, result.state, f"{result.rows:,}")
    remarks = [Text(f"refused: {result.path.name}, {result.error}", "red") for result in results if result.error]
    remarks += [Text(f"{r.path.name} has the same rows as {r.same_as}") for r in results if r.same_as]
    remarks += [
        Text(f"{r.path.name}: {r.left_out} bad rows left out, see deepcal.ingest_reject") for r in results if r.left_out
    ]
    counts = {state: sum(r.state == state for r in results) for state in ("loaded", "known", "refused")}
    rows = sum(result.rows for result in results if result.state == "loaded")
    total = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    totals = f"{len(results)} files: {total}; {rows:,} new rows" if results else "no new files"
    strange = [f"left alone, of no known kind: {path.name}" for path in unknown]
    told: dict[str, object] = {"files": results, "rows": rows, **counts}
    if unknown:
        told["unknown"] = unknown
    emit(told, as_json, *([shown] if shown.row_count else []), *remarks, *strange, totals)
