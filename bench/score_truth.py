"""How many spoiled scans the score finds from scan table and extractions alone, against the strength of their fault.

    python -m bench.score_truth [--quick] [--json] [--plot FILE.png]

Simulated tables of all calibration fields, whose truth is known. Strength 1 is the smallest size that does harm. Found
means: the quality of a spoiled band is under 2, and no flag of the scan table had told. There is no peer: the survey's
own scores of the calibration scans are not to be had.
"""

import argparse
import json
from itertools import pairwise
from pathlib import Path

import pandas as pd

from bench.score import empty_server, frame, load
from deepcal.report.style import FAINT, INK, SOFT, canvas, look, save
from ingest import score
from schema.connection import Connection

SCANS, EXTRACTIONS = 73_230, 2_200_000
QUICK_SCANS, QUICK_EXTRACTIONS = 2_400, 200_000
EDGES = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
SEEN = ("cloud", "zeropoint", "seeing", "defocus", "untracked", "airglow", "tracking")
"""Faults that numbers of the scan table or the extractions tell of; the others only the residual images show."""
UNSEEN = ("meteor", "insects", "mispointed")
COLOURS = ("#0072b2", "#d55e00", "#cc79a7", "#8c510a", "#7b5ea7", "#009e73", "#000000")
Figures = dict[str, float]


def main() -> None:
    """Measure, draw, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    with empty_server() as (conn, folder):
        made = load(conn, folder / "made", *((QUICK_SCANS, QUICK_EXTRACTIONS) if given.quick else (SCANS, EXTRACTIONS)))
        score(conn)
        judged = judge(conn, made.truth["scans"])
    found = curves(judged)
    if given.plot:
        draw(found, given.plot)
    figures = good_scans(judged) | {
        f"{row.fault}_{row.low:g}_{row.high:g}": row.found for row in found.itertuples() if row.scans >= 5
    }
    print(json.dumps(figures, indent=2) if given.json else "\n".join(f"{k:28} {v:10.4f}" for k, v in figures.items()))


def judge(conn: Connection, truth: Path) -> pd.DataFrame:
    """Return truth and quality of every scan and band."""
    names = ["scan_key", "band", "good", "fault", "slight", "harm", "noted"]
    asked = "SELECT scan_key, band, quality, worst FROM deepcal.scan_band_score WHERE rules = 2"
    return pd.read_parquet(truth, columns=names).merge(frame(conn, asked, {}), on=["scan_key", "band"])


def good_scans(judged: pd.DataFrame) -> Figures:
    """Return how many good scans there are, and which share of them falls under 2."""
    judged = judged.assign(whole=judged.good & judged.slight.isna())
    scans = judged.groupby("scan_key").agg(good=("good", "all"), whole=("whole", "all"), quality=("quality", "min"))
    return {
        "scans": len(scans),
        "good_scans": int(scans.good.sum()),
        "good_under_2": float((scans.quality[scans.good] < 2).mean()),
        "faultless_under_2": float((scans.quality[scans.whole] < 2).mean()),
        "good_bands_under_2": float((judged.quality[judged.good] < 2).mean()),
    }


def curves(judged: pd.DataFrame) -> pd.DataFrame:
    """Return fault, bin of strength, number of scans, and the share that is found, and that is lowered at all."""
    spoiled = judged[~judged.good & ~judged.noted]
    scans = spoiled.groupby(["scan_key", "fault"], as_index=False).agg(
        strength=("harm", "max"), quality=("quality", "min")
    )
    rows = []
    for fault, mine in scans.groupby("fault"):
        for low, high in pairwise(EDGES):
            inside = mine[(mine.strength >= low) & (mine.strength < high)]
            if len(inside):
                found, lowered = (inside.quality < 2).mean(), (inside.quality < 10).mean()
                rows.append((fault, low, high, inside.strength.mean(), len(inside), found, lowered))
    return pd.DataFrame(rows, columns=["fault", "low", "high", "strength", "scans", "found", "lowered"])


def draw(found: pd.DataFrame, path: Path) -> None:
    """Draw the share that is found against strength: faults that numbers tell of, and the others."""
    with look():
        figure, axes = canvas(11, 4.6, 1, 2, sharey=True, width_ratios=(1.6, 1))
        for axis, faults, title in zip(
            axes,
            (SEEN, UNSEEN),
            ("In scan table or extractions", "In residual images only"),
            strict=True,
        ):
            for fault, colour in zip(faults, COLOURS, strict=False):
                mine = found[found.fault == fault]
                error = (mine.found * (1 - mine.found) / mine.scans) ** 0.5
                axis.errorbar(mine.strength, 100 * mine.found, 100 * error, marker="o", ms=4, color=colour, label=fault)
            axis.axhspan(-2, 1, color=FAINT, lw=0)
            axis.annotate(
                "1 %: good scans allowed under 2",
                (4, 1),
                (0, 3),
                textcoords="offset points",
                ha="right",
                fontsize=8,
                color=SOFT,
            )
            axis.set(xlabel="strength, in smallest harmful sizes", title=title, ylim=(-2, 104))
            axis.axvline(1, color=INK, lw=0.8, ls=":")
            axis.legend(loc=(0.8, 0.06) if faults is SEEN else "upper right")
        axes[0].set_ylabel("scans under quality 2, %")
        save(figure, path)


if __name__ == "__main__":
    main()
