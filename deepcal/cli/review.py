"""`deepcal review`: a person's word on the score of a scan."""

from typing import Annotated

import typer

from deepcal.cli import Json, commands, emit, open_db

app = commands()


@app.command(epilog='Example: deepcal review 980321n106 --quality 0 --by "A. Observer" --reason "aircraft trail"')
def review(
    scan: Annotated[str, typer.Argument(help="scan_key, or the scan as 980321n106 or n980321106.")],
    quality: Annotated[float, typer.Option(help="The score that counts from now on, 0 to 10.")],
    by: Annotated[str, typer.Option(help="Who says so.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: Json = False,
) -> None:
    """Change the score of a scan by hand; earlier scores and reviews are kept."""
    import ingest

    with open_db() as conn:
        number = ingest.review(conn, scan, quality, by, reason)
    emit({"review": number, "scan": scan, "quality": quality}, as_json, f"review {number}: scan {scan} has {quality:g}")
