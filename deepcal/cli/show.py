"""`deepcal show`: everything that is read from the database, as a table, JSON, CSV or Parquet."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deepcal import recipes
from deepcal.cli import Json, commands, console, emit, limits, periods, places, scores, table
from deepcal.cli import stacks as inventory
from deepcal.export import Format, records, write
from schema.errors import BadArgument

if TYPE_CHECKING:
    import pandas as pd

app = commands(group=True)

Tile = Annotated[int | None, typer.Argument(help="Number of a field; all fields without it.", show_default=False)]
Out = Annotated[Path | None, typer.Option(help="File to write.", show_default=False)]
Form = Annotated[Format | None, typer.Option("--format", help="Write all columns and rows.", show_default=False)]
Rows = Annotated[int, typer.Option(min=1, help="Most rows of a table on the screen.")]
Values = Annotated[list[str] | None, typer.Option("--value", "-v", help="NAME=VALUE the query needs.")]

DIGITS = {"deg": 6, "mag": 3, "arcsec": 3, "s": 1}
SCREEN = {  # the columns for people; --json and --format give all
    "scans": "tile scan_key hemis date scan sd qual quality hgl cld anom xph j_shape_avg k_msnr10",
    "scores": "tile scan_key hemis date scan quality quality_j quality_h quality_k worst origin reviewer reason",
    "stacks": "tile run band direction kind n_scans exptime coverage_median fwhm m5_aper m5_det m50",
    "sources": "tile id name ra dec j_m h_m k_m cntr_psc cntr_xsc cc_flg",
    "matches": "tile name catalog cat_key separation pa norm_distance rank_source rank_cat best",
    "completeness": "tile band kind mag_low mag_high snr injected found fraction mag_bias mag_scatter mag_error sources"
    " false_inverted reliability",
    "runs": "tile run current state selection n_scans n_sources tie_stars tie_rms",
    "files": "file_id kind path state row_count error",
    "refreshes": "xmatch_run kind started_at state seconds source_count pair_count gone_count best_count",
}


@app.callback()
def show() -> None:
    """Look at scans, scores, stacks, sources and matches."""


def _of_field(name: str, recipe: str) -> Callable[..., None]:
    def look(tile: Tile = None, rows: Rows = 40, as_json: Json = False, form: Form = None, out: Out = None) -> None:
        _present(recipe, {"tile": tile}, rows, as_json, form, out)

    return app.command(name, help=recipes.recipe(recipe).question, epilog=f"Example: deepcal show {name} 90330")(look)


def _of_all(name: str, recipe: str) -> Callable[..., None]:
    def look(rows: Rows = 40, as_json: Json = False, form: Form = None, out: Out = None) -> None:
        _present(recipe, {}, rows, as_json, form, out)

    return app.command(name, help=recipes.recipe(recipe).question, epilog=f"Example: deepcal show {name} --json")(look)


for _name in ("fields", "scans", "runs", "sources", "matches"):
    _of_field(_name, _name)
for _name in ("files", "settings", "refreshes"):
    _of_all(_name, _name)


@app.command(epilog="Example: deepcal show stacks 90330 --plot pictures")
def stacks(
    tile: Tile = None,
    plot: inventory.Plot = None,
    verify: inventory.Verify = False,
    rows: Rows = 40,
    as_json: Json = False,
    form: Form = None,
    out: Out = None,
) -> None:
    """Which products has a field's current run, and how deep are they? They can be drawn, or verified."""
    if plot is not None:
        inventory.draw(tile, plot, as_json)
    elif verify:
        inventory.verify(tile, as_json)
    else:
        _present("stacks", {"tile": tile}, rows, as_json, form, out)


@app.command(epilog="Example: deepcal show score 990412n025")
def score(
    what: scores.What = None,
    tile: scores.OfTile = None,
    night: scores.OfNight = None,
    plot: scores.Plot = None,
    rows: Rows = 40,
    as_json: Json = False,
    form: Form = None,
    out: Out = None,
) -> None:
    """Why has every scan the score it has? One scan is explained in words; a field or a night can be drawn."""
    if plot is not None or night is not None:
        scores.draw(tile, night, plot, as_json)
    elif what is not None and tile is None and scores.is_scan(what):
        scores.explain(what, as_json)
    else:
        _present("scores", {"tile": scores.asked_field(what, tile)}, rows, as_json, form, out)


@app.command(epilog="Example: deepcal show completeness 90161 --plot completeness.png")
def completeness(
    tile: Tile = None,
    plot: limits.Plot = None,
    truth: limits.Folder = None,
    rows: Rows = 200,
    as_json: Json = False,
    form: Form = None,
    out: Out = None,
) -> None:
    """How complete and how reliable is the list of a field, by magnitude?"""
    if plot is not None:
        limits.draw(tile, plot, truth, as_json)
    elif truth is not None:
        limits.against_truth(tile, truth, as_json)
    else:
        _present("completeness", {"tile": tile}, rows, as_json, form, out)


@app.command(epilog="Example: deepcal show why 247.8912 30.1467")
def why(
    ra: places.Ra, dec: places.Dec, tile: places.OfTile = None, run: places.OfRun = None, as_json: Json = False
) -> None:
    """What is at this place, and which rule keeps it in the list or out of it?"""
    places.explain(ra, dec, tile, run, as_json)


app.command(epilog='Example: deepcal show period "DC J163133.60+300848.2" --plot period.png')(periods.period)


@app.command(epilog="Example: deepcal show query cone -v ra=247.89 -v dec=30.15 -v radius=60")
def query(
    name: Annotated[str | None, typer.Argument(help="Its name; without one, all are listed.")] = None,
    value: Values = None,
    plot: limits.Plot = None,
    rows: Rows = 40,
    as_json: Json = False,
    form: Form = None,
    out: Out = None,
) -> None:
    """Ask a question of the cookbook; colour_magnitude, colours and counts_compared can be drawn."""
    if name is not None:
        values = dict(map(_pair, value or []))
        if plot is not None:
            _picture(name, values, plot, as_json)
        else:
            _present(name, values, rows, as_json, form, out)
        return
    shown = table("name", "question", "values")
    for recipe in recipes.recipes().values():
        shown.add_row(recipe.name, recipe.question, recipe.explained)
    emit(list(recipes.recipes().values()), as_json, shown)


def _picture(name: str, values: dict[str, Any], plot: Path, as_json: bool) -> None:
    from deepcal.door import query as ask
    from deepcal.report.cookbook import plot_query

    frame = ask(name, **values)
    path = plot_query(name, frame, values, plot)
    emit({"rows": len(frame), "plot": str(path)}, as_json, f"{len(frame):,} rows drawn in {path}")


def _present(
    name: str, values: dict[str, Any], most: int, as_json: bool, form: Format | None, out: Path | None
) -> None:
    from deepcal.door import query as ask  # here, since pandas takes a third of a second to import

    frame = ask(name, **values)
    if form is None and out is not None:
        raise BadArgument(f"--out {out}: say --format {', '.join(Format)} as well")
    if form is not None:
        write(frame, form, out, name)
    elif as_json:
        emit(records(frame), as_json)
    else:
        _draw(frame, SCREEN.get(name, "").split() or list(frame.columns), most)


def _draw(frame: "pd.DataFrame", columns: list[str], most: int) -> None:
    units = frame.attrs.get("units", {})
    numbers = tuple(name for name in columns if frame[name].dtype.kind in "if")
    shown = table(*columns, numbers=numbers)
    if any(units.get(name) for name in columns):
        shown.add_row(*(f"[dim]{units.get(name, '')}[/]" for name in columns))
    for row in records(frame[columns].head(most)):
        shown.add_row(*(_text(row[name], units.get(name, "")) for name in columns))
    console.print(shown if len(frame) else "nothing there")
    if len(frame) > most:
        console.print(f"{most} of {len(frame):,} rows: --rows shows more, --format csv writes all")


def _text(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{DIGITS[unit]}f}" if unit in DIGITS else f"{value:.4g}"
    return str(value).replace("[", r"\[")


def _pair(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadArgument(f"--value {text}: expected NAME=VALUE")
    return name, value or None
