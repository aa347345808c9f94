"""`deepcal demo`: the whole main job on a simulated field, held against its truth."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType

from deepcal.cli import Json, commands, emit, open_db, progress, table
from deepcal.cli.simulate import Crowding, Form
from deepcal.home import home

if TYPE_CHECKING:
    from deepcal.demo import Outcome
    from deepcal.report.words import Rows

app = commands()


@app.command(epilog="Example: deepcal demo --scans 60 --seed 1")
def demo(
    tile: Annotated[int, typer.Option(help="Number of a calibration tile.")] = 90161,
    scans: Annotated[int, typer.Option(min=6, help="Number of scans, in visits of six.")] = 60,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same sky.")] = 1,
    form: Annotated[Form, typer.Option(help="Registered strips, or four Atlas Images a scan and band.")] = Form.STRIPS,
    crowding: Annotated[Crowding, typer.Option(help="About 2,500, 7,000 or 50,000 objects.")] = Crowding.MEDIUM,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove this tile's demo first and begin anew.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when an aim is missed.")] = False,
    as_json: Json = False,
) -> None:
    """Simulate a field, do the whole main job on it and tell how it compares with the truth, missed aims included."""
    from deepcal import demo as job  # the whole of deepcal: not for --help

    wish = job.Wish(tile, scans, seed, form.value, crowding.value)
    with open_db() as conn, progress() as report:
        done = job.demo(conn, wish, home(), fresh=fresh, progress=report)
    emit(done, as_json, *shown(done))
    if strict and not done.figures.met:
        raise typer.Exit(1)


def shown(done: "Outcome") -> list[RenderableType]:
    """Return the figures for people, section by section."""
    from deepcal.report import words

    numbers = done.figures
    lines: list[RenderableType] = [f"[bold]tile {numbers.tile}: {numbers.scans} scans, run {numbers.run}[/]"]
    if done.old_field:
        lines.append("the field was simulated by an earlier version of deepcal: --fresh makes it anew")
    lines += ["", "[bold]Quality scores[/]", *words.score_lines(numbers)]
    for tell in (words.scan_rows, words.left_out_rows, words.depth_rows):
        lines += ["", _table(tell(numbers))]
    lines += ["", "[bold]Sources[/]", *words.sources_words(numbers)]
    for tell in (words.magnitude_rows, words.position_rows, words.completeness_rows, words.check_rows):
        lines += ["", _table(tell(numbers))]
    missed = [check.what for check in numbers.checks if not check.met]
    spent = ", ".join(f"{step} {seconds:.1f}" for step, seconds in done.seconds.items())
    lines += ["", f"seconds: {spent}; together {sum(done.seconds.values()):.0f}", f"report: {done.report}"]
    lines.append(f"[bold red]missed:[/] {', '.join(missed)}" if missed else "[green]every aim is met[/]")
    return lines if done.new else [*lines, "nothing was new: everything had been done before"]


def _table(rows: "Rows") -> RenderableType:
    made = table(*(f"{place}" for place in range(len(rows.head))), title=rows.title)
    for place, (column, name) in enumerate(zip(made.columns, rows.head, strict=True)):
        column.header, column.justify = name, "right" if place in rows.numbers else "left"
    for row in rows.rows:
        made.add_row(*(f"[red]{cell}[/]" if cell == "missed" else cell for cell in row))
    return made
