"""The picture of completeness: what part of artificial stars and galaxies is found, and how well they are measured."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deepcal.report.style import BAND_COLOUR, BAND_MARK, BAND_NAME, INK, SOFT, canvas, look, save

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from deepcal.reliability import Reliable


def plot_completeness(
    tile: int, rows: "pd.DataFrame", stacks: "pd.DataFrame", told: "list[Reliable] | None", path: Path
) -> Path:
    """Draw completeness, reliability and photometric errors of a field by magnitude.

    Parameters
    ----------
    rows : of the query completeness
    stacks : of the query stacks: half completeness is marked
    told : reliability from the truth of a simulated field; without it that of the inverted stacks is drawn
    path : PNG or JPEG by its name
    """
    with look():
        figure, (found, sure, error) = canvas(8, 9.5, 3, sharex=True)
        for band in (letter for letter in BAND_NAME if letter in set(rows.band)):
            mine = rows[rows.band == band]
            stars, galaxies = mine[mine.kind == "star"], mine[mine.kind == "galaxy"]
            _found(found, band, stars, galaxies, stacks)
            _sure(sure, band, stars, None if told is None else [row for row in told if row.band == band])
            _error(error, band, stars)
        found.set(ylabel="found and confirmed", ylim=(0, 1.04))
        found.set_title(f"Field {tile}: artificial stars (lines) and galaxies (dashes)")
        found.axhline(0.5, color=SOFT, lw=0.6)
        found.legend(loc="lower left")
        sure.set(ylabel="reliability", ylim=(min(0.9, sure.get_ylim()[0]), 1.005))
        sure.set_title("Part of the sources that " + ("noise does not make" if told is None else "is in the true sky"))
        error.set(ylabel="magnitude error", xlabel="magnitude", yscale="log")
        error.set_title("Scatter of artificial stars (marks) and their quoted uncertainty (lines)")
        return save(figure, path)


def _middle(rows: "pd.DataFrame") -> Any:
    return 0.5 * (rows.mag_low + rows.mag_high)


def _found(axes: "Axes", band: str, stars: "pd.DataFrame", galaxies: "pd.DataFrame", stacks: "pd.DataFrame") -> None:
    """Draw the part that is found, and mark half of it."""
    colour = BAND_COLOUR[band]
    limit = stacks[(stacks.band == band) & (stacks.direction == "NS") & (stacks.kind == "image")]
    half = float(limit.m50.iloc[0]) if len(limit) else np.nan
    label = BAND_NAME[band] + (f": half at {half:.2f}" if np.isfinite(half) else "")
    axes.plot(_middle(stars), stars.fraction, color=colour, marker=BAND_MARK[band], ms=4, label=label)
    axes.plot(_middle(galaxies), galaxies.fraction, color=colour, ls="--", lw=1)
    if np.isfinite(half):
        axes.plot([half], [0.5], marker="o", ms=7, mfc="white", mec=INK)


def _sure(axes: "Axes", band: str, stars: "pd.DataFrame", told: "list[Reliable] | None") -> None:
    """Draw the part of the sources that is real."""
    if told is None:
        axes.plot(_middle(stars), stars.reliability, color=BAND_COLOUR[band], marker=BAND_MARK[band], ms=4)
        return
    known = [row for row in told if row.sources >= 5]
    middle, share = [0.5 * (row.low + row.high) for row in known], [row.share for row in known]
    axes.plot(middle, share, color=BAND_COLOUR[band], marker=BAND_MARK[band], ms=4)


def _error(axes: "Axes", band: str, stars: "pd.DataFrame") -> None:
    """Draw scatter and uncertainty."""
    enough = stars[stars.found >= 20]
    axes.plot(_middle(enough), enough.mag_scatter, color=BAND_COLOUR[band], marker=BAND_MARK[band], ms=4, ls="none")
    axes.plot(_middle(enough), enough.mag_error, color=BAND_COLOUR[band], lw=1)
