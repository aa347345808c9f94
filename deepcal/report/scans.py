"""The scans: their scores, the statistics that judge them, their offsets before and after."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from deepcal.report.material import Material
from deepcal.report.style import BAND_COLOUR, BAND_MARK, BAND_NAME, FIRST, GOLD, INK, SECOND, SOFT, canvas, save

STATISTICS = {
    "noise_aper": ("noise over the median", "reject_noise", None),
    "resid_structure": ("structure over the median", "reject_structure", None),
    "star_gain": ("star gain, less 1", "reject_gain", (0.05, (-1, -0.1, 0, 0.1, 1))),
    "shape_resid": ("seeing against the stack: Laplacian, pixel²", "reject_shape", (0.2, (-1, -0.2, 0, 0.2, 1))),
    "outlier_fraction": ("outlier pixels, %", "reject_outliers", (0.05, (0, 0.05, 0.1, 1, 10))),
    "fit_resid": ("star cores over the median", "reject_cores", None),
}
"""Column: what it is, the setting that limits it, and where its scale turns from linear to logarithmic, with ticks."""
OVER_MEDIAN = ("noise_aper", "resid_structure", "fit_resid")
SIGNED = ("reject_gain", "reject_shape")
TICKS = (0.5, 0.7, 1, 1.4, 2, 5, 10, 20, 50, 100, 1000)


def scores(material: Material, folder: Path) -> Path:
    """Draw the histogram of the scores, and which planted faults lie where."""
    scans = material.tables.scans.drop_duplicates("scan_key")
    spoiled = material.tables.scans.groupby("scan_key").good.min().astype(bool)
    good = scans.scan_key.map(spoiled).to_numpy(bool)
    quality = scans.quality.to_numpy(float, na_value=-1)  # without a score: left of the axis
    edges = np.arange(-0.25, 10.3, 0.5).tolist()
    figure, (axis,) = canvas(7.6, 3.4)
    axis.hist(
        [quality[good], quality[~good]],
        edges,
        stacked=True,
        color=[FIRST, SECOND],
        label=["good scans", "planted bad scans"],
    )
    axis.axvline(2, color=INK, lw=1, ls=":")
    axis.annotate(
        "least score of the default selection",
        (2, axis.get_ylim()[1]),
        (4, -10),
        textcoords="offset points",
        fontsize=8.5,
    )
    axis.set(xlabel="quality score", ylabel="scans", xlim=(-0.4, 10.4))
    axis.legend(loc="center")
    return save(figure, folder / "scores.png")


def statistics(material: Material, folder: Path) -> Path:
    """Draw every statistic of the residuals, scan by scan, and which scans they leave out."""
    figure, axes = canvas(11, 7.2, 3, 2, sharex=True)
    table = material.tables.scans
    number = table.scan_key.rank(method="dense")
    table = table.assign(number=number)[table.used.notna()]
    for axis, (name, (title, setting, turn)) in zip(axes, STATISTICS.items(), strict=True):
        for band in material.bands:
            mine = table[table.band == band]
            value, used = _values(mine, name), mine.used.astype(bool)
            look: dict[str, Any] = {"color": BAND_COLOUR[band], "ls": "none"}
            axis.plot(
                mine.number[used], value[used], marker=BAND_MARK[band], ms=3.5, alpha=0.7, label=BAND_NAME[band], **look
            )
            axis.plot(mine.number[~used], value[~used], marker="x", ms=7, mew=1.8, **look)
        limit = material.tables.limits[setting][0] * (100 if name == "outlier_fraction" else 1)
        for sign in (1, -1) if setting in SIGNED else (1,):
            axis.axhline(sign * limit, color=INK, lw=1, ls=":")
        axis.set_xlim(0, table.number.max() + 1)
        _scale(axis, turn)
        axis.set_title(title, fontsize=10)
    for axis in axes[-2:]:
        axis.set_xlabel("scans of the field in order")
    handles, labels = axes[0].get_legend_handles_labels()
    cross = axes[0].plot([], [], "x", color=INK, ms=7, mew=1.8)[0]
    figure.legend([*handles, cross], [*labels, "left out"], loc="outside upper right", ncols=4)
    return save(figure, folder / "statistics.png")


def _values(rows: pd.DataFrame, name: str) -> "pd.Series[float]":
    """Return a statistic as its limit is meant: some over the median of the direction."""
    value = rows[name].astype(float)
    if name in OVER_MEDIAN:
        return value / rows.groupby("sd")[name].transform("median")
    return value * 100 if name == "outlier_fraction" else value


def _scale(axis: Axes, turn: tuple[float, tuple[float, ...]] | None) -> None:
    """Show large values by their power of ten, and small ones as they are where `turn` says so."""
    if turn is None:
        axis.set_yscale("log")
    else:
        axis.set_yscale("symlog", linthresh=turn[0])
    low, high = axis.get_ylim()
    if turn is not None and turn[1][0] == 0:
        low = -0.2 * turn[0]
    axis.set_yticks(ticks := [tick for tick in (turn[1] if turn else TICKS) if low <= tick <= high])
    axis.set_yticklabels([f"{tick:g}" for tick in ticks])
    axis.yaxis.set_minor_locator(NullLocator())
    axis.set_ylim(low, high * 1.15)


def offsets(material: Material, folder: Path) -> Path:
    """Draw the mean position offset of every scan from the PSC, before and after it is taken away."""
    table = material.tables.scans
    used = table[table.used.eq(True)].drop_duplicates("scan_key")
    before = used.true_dra * 1000, used.true_ddec * 1000
    after = (used.true_dra - used.dra) * 1000, (used.true_ddec - used.ddec) * 1000
    figure, axes = canvas(10.4, 4.8, 1, 2)
    for axis, (east, north), title in zip(
        axes, (before, after), ("As the scans come", "After registration"), strict=True
    ):
        for direction, paint, mark in (("n", FIRST, "o"), ("s", GOLD, "s")):
            mine = used.sd == direction
            label = {"n": "north-going scans", "s": "south-going scans"}[direction]
            axis.plot(east[mine], north[mine], ls="none", marker=mark, ms=5, color=paint, alpha=0.8, mew=0, label=label)
        axis.axhline(0, color=SOFT, lw=0.8)
        axis.axvline(0, color=SOFT, lw=0.8)
        axis.set(xlabel="RA cos Dec, mas", ylabel="Dec, mas", title=title, aspect="equal")
    reach = 1.1 * float(np.nanmax(np.abs(np.concatenate(before))))
    axes[0].set(xlim=(-reach, reach), ylim=(-reach, reach))
    near = max(60.0, 1.15 * float(np.nanmax(np.abs(np.concatenate(after)))))
    axes[1].set(xlim=(-near, near), ylim=(-near, near))
    axes[0].add_patch(Rectangle((-near, -near), 2 * near, 2 * near, fill=False, ec=INK, lw=1))
    axes[0].annotate("the panel on the right", (near, near), (3, 3), textcoords="offset points", fontsize=8.5)
    axes[1].legend(loc="upper right")
    return save(figure, folder / "offsets.png")
