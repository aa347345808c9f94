"""What commands print: tables or JSON on stdout, progress and errors on stderr."""

import json
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from schema.errors import DeepcalError
from schema.progress import Progress, silent

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
"""The type of every command's `--json` option."""

WIDE = 10_000
"""Columns of an output that is no screen: nothing is cut there."""

console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
on_stderr = Console(stderr=True, highlight=False)


def emit(data: object, as_json: bool, *shown: RenderableType) -> None:
    """Print `data` as JSON, or else what people see: text, tables, anything rich can show."""
    if as_json:
        print(json.dumps(plain(data), indent=2, allow_nan=False))
    else:
        console.print(*shown, sep="\n", soft_wrap=True)


def plain(value: Any) -> Any:
    """Turn dataclasses, paths, dates and numpy values into what JSON knows; NaN becomes null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


NAMES = {"run", "current_run", "name", "scan_key", "hemis", "date"}
"""Columns that a narrow screen must not cut or break: people copy what stands in them."""


def table(*columns: str, title: str | None = None, numbers: tuple[str, ...] = ()) -> Table:
    """Return an empty table in the house's look; columns named in `numbers` are set to the right."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, justify="right" if column in numbers else "left", no_wrap=column in NAMES)
    return made


class RowsPerSecond(ProgressColumn):
    """The speed of stages that count rows."""

    def render(self, task: Task) -> Text:
        """Return the mean speed since the stage began."""
        if not task.elapsed or " rows of " not in task.description:
            return Text("")
        return Text(f"{task.completed / task.elapsed:,.0f} rows/s")


@contextmanager
def progress() -> Iterator[Progress]:
    """Hand out a callback that shows bars on a terminal's stderr, and nothing elsewhere."""
    if not on_stderr.is_terminal:
        yield silent
        return
    times = TimeElapsedColumn(), RowsPerSecond(), TimeRemainingColumn(compact=True)
    with Bars(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times, console=on_stderr, transient=True
    ) as bars:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage)
            bars.update(tasks[stage], completed=done, total=total or None)

        yield report


def tell_error(error: DeepcalError, as_json: bool) -> None:
    """Print an error on stderr: one message, or a JSON object."""
    if as_json:
        told = {"error": type(error).__name__, "message": str(error), "exit_code": error.exit_code}
        print(json.dumps(told), file=sys.stderr)
    else:
        on_stderr.print("[bold red]error:[/] ", end="")
        on_stderr.print(str(error), markup=False)
