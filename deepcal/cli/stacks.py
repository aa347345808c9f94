"""`deepcal show stacks`: the inventory as a table, its files verified, its stacks as pictures."""

from pathlib import Path
from typing import Annotated

import typer

from deepcal.cli.output import emit, progress, table
from schema.errors import BadArgument, BadInput

Plot = Annotated[Path | None, typer.Option(help="Draw the stacks of a field into this folder.", show_default=False)]
Verify = Annotated[bool, typer.Option("--verify", help="Compare every file with its size and SHA-256.")]


def draw(tile: int | None, folder: Path, as_json: bool) -> None:
    """Draw the stacks of a field."""
    from deepcal.cli import open_db
    from deepcal.report.gallery import draw_stacks

    if tile is None:
        raise BadArgument(f"--plot {folder}: say which field, as in `deepcal show stacks 90330 --plot {folder}`")
    with open_db() as conn, progress() as report:
        drawn = draw_stacks(conn, tile, folder, report)
    emit({"pictures": drawn}, as_json, *map(str, drawn))


def verify(tile: int | None, as_json: bool) -> None:
    """Verify the files of a field, or of all; exit code 3 where one is not as listed."""
    from deepcal.cli import open_db
    from deepcal.products import verify as look

    with open_db() as conn, progress() as report:
        found = look(conn, tile, report)
    shown = table("run", "file", "fault", "how to mend")
    for one in found.faulty:
        shown.add_row(one.run, Path(one.path).name, one.fault, one.mend)
    words = f"{found.files:,} files, {found.bytes / 1e6:,.0f} MB: {len(found.faulty) or 'all'} " + (
        "not as listed" if found.faulty else "as listed"
    )
    emit(found, as_json, *([shown] if found.faulty else []), words)
    if found.faulty:
        raise typer.Exit(BadInput.exit_code)
