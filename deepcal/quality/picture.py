"""The quality of a field or of a night as a picture."""

import datetime
import re
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from deepcal.report.style import BAND_COLOUR, BAND_MARK, BAND_NAME, FAINT, GOLD, INK, SECOND, SOFT, canvas, look, save
from schema.connection import Connection
from schema.errors import BadArgument, NotReady
from schema.tables.scan import FACTORS
from sql import load

LEAST = 2.0  # the default selection takes scans from here on
WORST_COLOUR = {
    "photometric": "#d55e00",
    "sensitivity": "#56b4e9",
    "seeing": "#cc79a7",
    "focus": "#8c510a",
    "airglow": "#009e73",
    "untracked": "#7b5ea7",
    "position": "#000000",
}


def draw_tile(conn: Connection, tile: int, path: Path) -> dict[str, Any]:
    """Draw the quality of every scan of a field and the factors behind it; return what is drawn, as numbers.

    Raises
    ------
    NotReady
        The field has no scans.
    """
    table = _table(conn, "of_tile", {"tile": tile})
    if not len(table):
        raise NotReady(f"field {tile} has no scans: `deepcal ingest scans FILE` brings them")
    with look():
        figure, (above, below) = canvas(11, 6.2, 2, 1, sharex=True, height_ratios=(1.4, 1))
        _quality(above, table, np.arange(len(table)))
        figure.suptitle(f"Field {tile}: {len(table):,} scans in order of time", x=0.01, ha="left", weight="bold")
        factors = table[[f"f_{name}" for name in FACTORS]].to_numpy(float).T
        shown = np.ma.masked_invalid(factors)
        below.imshow(shown, ListedColormap(_ramp()), vmin=0, vmax=1, aspect="auto", interpolation="nearest")
        below.set_facecolor(FAINT)
        below.set_yticks(range(len(FACTORS)), list(FACTORS))
        below.grid(visible=False)
        years = pd.to_datetime(table.date).dt.year.to_numpy()
        first = np.flatnonzero(np.diff(years, prepend=0))
        below.set_xticks(first, [str(year) for year in years[first]], ha="left")
        below.set_xlabel("factors: red 0, white 1, grey not known")
        save(figure, path)
    return _numbers(table)


def draw_night(conn: Connection, night: str, path: Path) -> dict[str, Any]:
    """Draw zero points and quality through one night, named as 990412n; return what is drawn, as numbers.

    Raises
    ------
    BadArgument
        This names no night.
    NotReady
        No scan of it is known.
    """
    when = _named_night(night)
    scans = _table(conn, "of_night", when)
    if not len(scans):
        raise NotReady(f"night {night} has no scans: `deepcal ingest scans FILE` brings them")
    visits = _table(conn, "night_visits", when)
    midnight = np.floor(scans.jdate.min() + 0.5) - 0.5
    hours = _hours(scans.jdate, midnight)
    with look():
        figure, axes = canvas(11, 8.4, 4, 1, sharex=True, height_ratios=(1, 1, 1, 1.4))
        for band, axis in zip("jhk", axes, strict=False):
            _zero_points(axis, band, visits[visits.band == band], scans.jdate, midnight)
        _quality(axes[-1], scans, hours)
        for visit in visits.drop_duplicates("visit").itertuples():
            at = (visit.jdate - midnight) * 24
            axes[-1].annotate(str(visit.tile), (at, 10.9), ha="center", fontsize=7, color=SOFT)
        figure.suptitle(f"Night {night}: zero points at airmass 1, and quality", x=0.01, ha="left", weight="bold")
        axes[-1].set_xlabel("hours UT")
        save(figure, path)
    return _numbers(scans) | {"visits": visits.to_dict("records")}


def _quality(axis: Axes, table: pd.DataFrame, x: Any) -> None:
    """Draw the quality of scans: J, H and Ks as marks, the colour is what lowers the scan."""
    colours = [WORST_COLOUR.get(cast(str, worst), SOFT) for worst in table.worst.fillna("")]
    for shift, (band, mark) in zip((-0.12, 0.0, 0.12), BAND_MARK.items(), strict=True):
        quality = table[f"quality_{band}"].to_numpy(float)
        axis.scatter(x, quality + shift, s=9, marker=mark, c=colours, lw=0, label=BAND_NAME[band])
    reviewed = (table.origin == "review").to_numpy()
    axis.scatter(x[reviewed], table.quality[reviewed], s=70, facecolors="none", edgecolors=GOLD, label="reviewed")
    axis.axhline(LEAST, color=INK, lw=1, ls=":")
    axis.set(ylim=(-0.6, 11.6), ylabel="quality")
    present = [name for name in WORST_COLOUR if (table.worst == name).any()]
    for name in present:
        axis.plot([], [], "s", color=WORST_COLOUR[name], label=name)
    anchor: Any = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2}
    axis.legend(ncols=len(present) + 4, fontsize=8, handletextpad=0.2, columnspacing=0.8, **anchor)


def _zero_points(axis: Axes, band: str, visits: pd.DataFrame, jdate: "pd.Series[Any]", midnight: float) -> None:
    colour = BAND_COLOUR[band]
    axis.set_ylabel(f"{BAND_NAME[band]} zero point, mag")
    known = visits[visits.c1.notna()]
    if not len(known):
        axis.annotate("no standards measured", (0.5, 0.5), xycoords="axes fraction", ha="center", color=SOFT)
        return
    x = _hours(known.jdate, midnight)
    axis.errorbar(x, known.c1, known.c1_err, fmt=BAND_MARK[band], ms=5, color=colour, lw=1, label="measured")
    axis.plot(x, known.published, ls="none", marker="_", ms=14, color=INK, label="published")
    first = known.iloc[0]
    if first.method == "line":
        ends = pd.Series([jdate.min(), jdate.max()])
        line = first.night_c1 + first.slope * 24 * (ends - first.night_jdate)
        axis.plot(_hours(ends, midnight), line, color=colour, lw=1, label="line of the night")
    else:
        axis.plot(x, known.c1, color=colour, lw=1, ls="--", label="from visit to visit")
    out = known[known.night > 0.05]
    axis.plot(_hours(out.jdate, midnight), out.c1, ls="none", marker="x", ms=9, color=SECOND)
    axis.legend(loc="best", ncols=3, fontsize=8)


def _table(conn: Connection, name: str, values: dict[str, Any]) -> pd.DataFrame:
    cursor = conn.execute(load(f"score/{name}.sql"), values)
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


def _numbers(table: pd.DataFrame) -> dict[str, Any]:
    """Return how many scans are how good, and what lowers them."""
    good = {band: int((table[f"quality_{band}"] >= LEAST).sum()) for band in BAND_NAME}
    worst = table.worst.fillna("none").value_counts().to_dict()
    return {"scans": len(table), "good": int((table.quality >= LEAST).sum()), "good_by_band": good, "worst": worst}


def _hours(jdate: "pd.Series[Any]", midnight: float) -> Any:
    """Return hours after a midnight UT."""
    return ((jdate.astype(float) - midnight) * 24).to_numpy()


def _named_night(night: str) -> dict[str, object]:
    found = re.fullmatch(r"(\d{6})([ns])", night.strip().lower())
    if found:
        try:
            century = "19" if found[1] >= "90" else "20"
            return {"hemis": found[2], "date": datetime.date.fromisoformat(century + found[1])}
        except ValueError:
            pass
    raise BadArgument(f"night {night!r}: expected a night as 990412n: year, month, day, n or s")


def _ramp() -> list[Any]:
    """Return colours from a warm red at 0 to white at 1."""
    low, high = np.array([0.84, 0.37, 0.0]), np.array([1.0, 1.0, 1.0])
    return [tuple(low + (high - low) * part) for part in np.linspace(0, 1, 32)]
