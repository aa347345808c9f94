"""`deepcal run`: stack, extract and match a field."""

from deepcal.cli import Json, commands, emit, open_db, progress
from deepcal.cli import extract as extract_command
from deepcal.cli import stack as stack_command
from deepcal.cli.stack import Tile, Where
from deepcal.home import home

app = commands()


@app.command(epilog="Example: deepcal run 90161")
def run(tile: Tile, where: Where = None, as_json: Json = False) -> None:
    """Do the whole chain for a field; with --where the run is an experiment that does not become current."""
    from deepcal.pipeline import run_field

    with open_db() as conn, progress() as report:
        result = run_field(conn, tile, where=where, home=home(), progress=report)
    lines = [stack_command.shown(result.stack)]
    if result.extract is not None:
        lines.append(extract_command.shown(result.extract))
    words = [f"current run of field {tile}: {result.stack.run}" if result.current else "an experiment: not current"]
    if result.refresh is not None:
        words.append(f"matches: {result.refresh.sources} sources matched, {result.refresh.best} with a star of the PSC")
    emit(result, as_json, *lines, *words)
