"""`deepcal show period`: the period of a star seen in many scans, and its picture."""

from pathlib import Path
from typing import Annotated

import typer

from deepcal.cli import Json, emit, on_stderr, open_db, progress, table

Source = Annotated[str, typer.Argument(help="Name of a deep source, or number of a group (gcntr).")]
Shortest = Annotated[float | None, typer.Option("--from", help="Shortest period, days.", show_default=False)]
Longest = Annotated[float | None, typer.Option("--to", help="Longest period, days.", show_default=False)]
Plot = Annotated[Path | None, typer.Option("--plot", help="File for the picture, PNG or JPEG.", show_default=False)]


def period(
    source: Source, shortest: Shortest = None, longest: Longest = None, plot: Plot = None, as_json: Json = False
) -> None:
    """Search the light curve of a star for its period, in J, H and Ks together."""
    from crossmatch.merged.light_curve import read_light_curve
    from crossmatch.merged.periods import search
    from schema.settings import read

    with open_db() as conn:
        settings = read(conn)
        curve = read_light_curve(conn, source, settings["merged_visit_gap"][0])
    first, last = settings["merged_period"]
    shuffles = int(settings["merged_shuffles"][0])
    with progress() as report:
        found = search(curve, shortest or first, longest or last, shuffles, progress=report)
    shown = table("what", "value", numbers=("value",))
    shown.add_row("period", f"{found.period:.6g} days")
    shown.add_row("false alarm", f"{found.false_alarm:.2g} ({found.above} of {found.shuffles} shuffles as high)")
    shown.add_row("semi-amplitude J, H, Ks", ", ".join(f"{value:.3f}" for value in found.amplitude) + " mag")
    shown.add_row("maximum of light", f"JD {found.epoch:.4f}")
    shown.add_row("scans, visits", f"{found.epochs}, {found.visits}")
    told = {name: value for name, value in vars(found).items() if name != "periodogram"}
    emit({"source": source, **told}, as_json, shown)
    if plot is not None:
        from deepcal.report.period import plot_period

        on_stderr.print(str(plot_period(source, curve, found, plot)))
