"""The field as it was planted: brighter objects, the false light that stays in place, and every scan's fault."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from deepcal.planted.marks import FAULT, FIELD_LIMIT, MARKS, SPOTS, rows_of
from deepcal.report.style import BAND_NAME, FIRST, GOLD, INK, THIRD, canvas, save
from deepcal.truth import Truth


def draw_field(truth: Truth, marks: pd.DataFrame, path: Path) -> Path:
    """Draw the field on its side: its brighter objects, the false light that stays in place; and every fault."""
    band = next((b for b in "jhk" if (truth.artifacts.band == b).any()), "j")
    figure, (sky, faults) = canvas(13, 8.5, 2, 1, height_ratios=(1, 2))
    objects = truth.objects[truth.objects[f"{band}_m"] < FIELD_LIMIT[band]]
    for kind, colour in (("star", INK), ("galaxy", FIRST)):
        mine = objects[objects.kind == kind]
        size = 0.6 * (FIELD_LIMIT[band] + 1 - mine[f"{band}_m"]) ** 1.8
        sky.scatter(mine.y, mine.x, s=size, color=colour, linewidths=0, label=kind)
    spots = truth.artifacts[(truth.artifacts.band == band) & (truth.artifacts.mag < FIELD_LIMIT[band] + 1)]
    for kind, (name, colour) in SPOTS.items():
        mine = spots[spots.kind == kind]
        sky.scatter(mine.y, mine.x, s=14, marker="s", facecolors="none", edgecolors=colour, linewidths=0.7, label=name)
    for arm in rows_of(truth.artifacts[(truth.artifacts.band == band) & (truth.artifacts.kind == "spike")]):
        s, c = np.sin(np.radians(arm.angle)) * arm.length / 2, np.cos(np.radians(arm.angle)) * arm.length / 2
        sky.plot([arm.y - c, arm.y + c], [arm.x + s, arm.x - s], color=GOLD, lw=0.8)
    number = marks[marks.band == band].groupby("kind").scan_key.nunique()
    told = ", ".join(f"{kind} in {count} scans" for kind, count in number.items() if kind in MARKS)
    sky.set(aspect="equal", xlim=(0, 3600), ylim=(540, 0), xlabel="rows, arcsec to the north", ylabel="columns")
    sky.set_title(f"the field in {BAND_NAME[band]}" + (f"; {told}" if told else ""))
    sky.legend(loc="lower center", bbox_to_anchor=(0.5, 1.12), ncols=5, fontsize=8)
    _faults(faults, truth.scans)
    return save(figure, path)


def _faults(axes: Axes, scans: pd.DataFrame) -> None:
    """Draw every fault: which scan, which kind, how large against what does harm."""
    kinds = scans.fault.where(scans.fault.notna(), scans.slight)
    mine = scans.assign(kind=kinds)[kinds.notna()].drop_duplicates(["scan_key", "kind"])
    order = sorted(mine.kind.unique().tolist())
    keys = {key: n for n, key in enumerate(scans.scan_key.drop_duplicates())}
    for kind in order:
        few = mine[mine.kind == kind]
        axes.scatter(
            few.harm, [order.index(kind)] * len(few), s=60, color=[FAULT if h >= 1 else THIRD for h in few.harm]
        )
        for row in rows_of(few):
            place = (row.harm, order.index(kind))
            axes.annotate(str(keys[row.scan_key]), place, (0, 7), textcoords="offset points", ha="center", fontsize=7)
    axes.axvline(1, color=INK, lw=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(order)), order)
    axes.set(title="faults by the number of their scan", xlabel="strength over the smallest harmful one")
