"""Commands whose modules are imported only when they run, so that `deepcal --help` answers at once."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer.main
from typer.core import TyperCommand, TyperGroup

COMMANDS: Mapping[str, str] = {
    "demo": "Do the whole main job on a simulated field and leave a report with pictures.",
    "simulate": "Write a calibration field whose truth is known, in the published formats.",
    "ingest": "Load tiles, standards, catalogues, scans, extractions and images.",
    "score": "Give every scan its quality score, 0 to 10.",
    "review": "Change the score of a scan by hand: who, when, why.",
    "run": "Stack, extract and match a field: the whole chain.",
    "stack": "Build the deep stacks of a field.",
    "extract": "Extract the sources of a field from its stacks.",
    "xmatch": "Keep the matches with the PSC and XSC current.",
    "use": "Make a run the current one of its field.",
    "show": "Look at scans, scores, stacks, sources and matches.",
    "db": "Start, stop, upgrade and examine the database.",
}


class Lazy(TyperCommand):
    """Stands for the command in `deepcal.cli.NAME` until it is asked to do something."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Import the command's module and let the real command take over."""
        module = import_module(f"deepcal.cli.{self.name}")
        return typer.main.get_command(module.app).make_context(info_name, args, parent, **extra)


class LazyGroup(TyperGroup):
    """The top-level command: a list of names and one-line helps."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**keywords)
        for name, line in COMMANDS.items():
            self.add_command(Lazy(name, help=line))
