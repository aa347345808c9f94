"""Pictures of answers of the cookbook: colours and magnitudes, and counts with their power laws."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepcal.report.style import BAND_NAME, FIRST, INK, SECOND, SOFT, canvas, look, save
from schema.errors import BadArgument, NotReady

if TYPE_CHECKING:
    import pandas as pd

GROUPS: tuple[tuple[str, str, int, str, Callable[[Any], Any]], ...] = (
    ("only in the stack", SOFT, 6, "o", lambda rows: ~rows.in_psc & ~rows.extended),
    ("in the PSC", FIRST, 8, "o", lambda rows: rows.in_psc & ~rows.extended),
    ("in the XSC", SECOND, 30, "D", lambda rows: rows.extended),
)
CATALOGS = ("stack", INK, "o"), ("psc", FIRST, "s"), ("xsc", SECOND, "D")
TURNOVER = 1.0  # mag: counts so far short of their peak are taken to be complete
LEAST = 4  # half magnitudes of more than a source each that make a power law


def plot_query(name: str, frame: "pd.DataFrame", values: dict[str, Any], path: Path) -> Path:
    """Draw the answer to a query of the cookbook.

    Parameters
    ----------
    name : str
        The query.
    frame : pandas.DataFrame
        Its answer.
    values : dict
        What it was asked with.
    path : Path
        The file to write, PNG or JPEG by its name.

    Raises
    ------
    BadArgument
        This query has no picture.
    NotReady
        The answer is empty.
    """
    if name not in PICTURES:
        raise BadArgument(f"query {name} has no picture; those of {', '.join(sorted(PICTURES))} have one")
    if frame.empty:
        raise NotReady(f"query {name}: nothing there to draw; `deepcal show runs` tells which fields have sources")
    with look():
        return PICTURES[name](frame, values, path)


def _diagram(frame: "pd.DataFrame", values: dict[str, Any], path: Path) -> Path:
    """Draw Ks against J - Ks, a panel a field (Appendix 7.1, Figure 2)."""
    fields = sorted(frame.tile.unique())
    figure, panels = canvas(max(5, 3.9 * len(fields)), 5.6, 1, len(fields), sharex=True, sharey=True)
    for axes, tile in zip(panels, fields, strict=True):
        mine = frame[frame.tile == tile]
        for label, paint, size, mark, chosen in GROUPS:
            rows = mine[chosen(mine)]
            style: dict[str, Any] = {"s": size, "c": paint, "marker": mark, "lw": 0, "alpha": 0.75, "rasterized": True}
            axes.scatter(rows.j_k, rows.k_m, label=f"{label} ({len(rows):,})", **style)
        axes.set(xlabel="J − Ks, mag", title=f"{tile}", xlim=(-0.5, 2.6))
        axes.legend(loc="upper left", handletextpad=0.2, markerscale=1.4)
    panels[0].set(ylabel="Ks, mag", ylim=(frame.k_m.max() + 0.3, frame.k_m.min() - 1.6))
    return save(figure, path)


def _counts(frame: "pd.DataFrame", values: dict[str, Any], path: Path) -> Path:
    """Draw counts per half magnitude and square degree with a power law through each (Appendix 7.1, Figure 3)."""
    band = BAND_NAME[values["band"]]
    figure, (axes,) = canvas(7, 5.2)
    middle = frame.magnitude.to_numpy(float) + 0.25
    for catalog, paint, mark in CATALOGS:
        count = frame[catalog].to_numpy(float)
        there = count > 0
        axes.plot(middle[there], count[there], marker=mark, ls="", ms=5, color=paint, label=catalog.upper())
        slope = _law(middle[there], count[there])
        if slope is not None:
            bright, faint, b, a = slope
            line = np.array([bright, faint])
            axes.plot(line, 10 ** (a + b * line), color=paint, lw=1.4, label=f"log N = {b:.2f} {band} {a:+.1f}")
    axes.set(yscale="log", xlabel=f"{band}, mag", ylabel="objects per half magnitude and square degree")
    field = "all fields" if values.get("tile") is None else f"field {values['tile']}"
    axes.set_title(f"Counts in {field}")
    axes.legend(loc="upper left")
    return save(figure, path)


def _law(middle: np.ndarray, count: np.ndarray) -> tuple[float, float, float, float] | None:
    """Return from where to where (mag), slope and intercept of log10 N through the complete counts; None of too few."""
    if not len(count):
        return None
    last = middle[count.argmax()] - TURNOVER
    used = (middle <= last) & (middle > last - 5) & (count > count.min())
    if used.sum() < LEAST:
        return None
    b, a = np.polyfit(middle[used], np.log10(count[used]), 1, w=np.sqrt(count[used]))
    return float(middle[used].min()), float(middle[used].max()), float(b), float(a)


PICTURES: dict[str, Callable[["pd.DataFrame", dict[str, Any], Path], Path]] = {
    "colour_magnitude": _diagram,
    "colours": _diagram,
    "counts_compared": _counts,
}
