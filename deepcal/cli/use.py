"""`deepcal use`: the run of a field that counts."""

from typing import Annotated

import typer

from deepcal.cli import Json, commands, emit, open_db

app = commands()


@app.command(epilog="Example: deepcal use 26801951b5d1")
def use(run: Annotated[str, typer.Argument(help="Name of the run.")], as_json: Json = False) -> None:
    """Make a run the current one of its field; `deepcal xmatch refresh` then matches its sources."""
    import combine

    with open_db() as conn:
        changed = combine.use(conn, run)
    state = "is now" if changed else "was already"
    emit({"run": run, "changed": changed}, as_json, f"run {run} {state} the current one of its field")
