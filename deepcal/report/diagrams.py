"""What kind of objects the sources are: colours, and counts beside those of PSC and XSC."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deepcal.report.material import Material
from deepcal.report.style import BAND_NAME, FIRST, GOLD, INK, SECOND, SOFT, canvas, save

SNR = 7.0
BINS = np.arange(4.0, 22.01, 0.5)
COLOUR_ERROR = 0.1  # mag
GROUPS = ("only in the stack", SOFT, 7, "."), ("in the PSC", FIRST, 9, "."), ("in the XSC", SECOND, 34, "D")


def colours(material: Material, folder: Path) -> Path | None:
    """Draw the colour-magnitude and the colour-colour diagram of the clean sources; None without all three bands."""
    if len(material.bands) < 3:
        return None
    seen = _clean(material)
    seen = seen[(seen[["j_snr", "k_snr"]] > SNR).all(axis=1)]
    figure, (magnitude, colour) = canvas(11, 5.2, 1, 2)
    precise = seen[
        (np.hypot(seen.j_msig, seen.h_msig) < COLOUR_ERROR) & (np.hypot(seen.h_msig, seen.k_msig) < COLOUR_ERROR)
    ]
    for (label, paint, size, mark), rows, sharp in zip(GROUPS, _groups(seen), _groups(precise), strict=True):
        look: dict[str, Any] = {"s": size, "c": paint, "marker": mark, "lw": 0, "alpha": 0.8, "rasterized": True}
        magnitude.scatter(rows.j_m - rows.k_m, rows.k_m, label=f"{label} ({len(rows):,})", **look)
        colour.scatter(sharp.h_m - sharp.k_m, sharp.j_m - sharp.h_m, label=f"{label} ({len(sharp):,})", **look)
    limit = material.figures.depths["k"].one_scan
    magnitude.axhline(limit, color=INK, lw=1, ls=":")
    magnitude.annotate("5σ in one scan", (2.45, limit), (0, 3), textcoords="offset points", ha="right", fontsize=8.5)
    magnitude.set(
        xlabel="J − Ks, mag", ylabel="Ks, mag", xlim=(-0.5, 2.5), ylim=(seen.k_m.max() + 0.3, seen.k_m.min() - 0.5)
    )
    magnitude.set_title(f"Colour and magnitude, S/N above {SNR:.0f} in J and Ks")
    colour.set(xlabel="H − Ks, mag", ylabel="J − H, mag", xlim=(-0.4, 1.2), ylim=(-0.3, 1.5))
    colour.set_title(f"Two colours, errors below {COLOUR_ERROR} mag")
    for axis in (magnitude, colour):
        axis.legend(markerscale=1.5, loc="upper left", handletextpad=0.2)
    return save(figure, folder / "colours.png")


def counts(material: Material, folder: Path) -> Path:
    """Draw the counts per half magnitude of the clean sources, of PSC and XSC in the field, and of the true sky."""
    figure, axes = canvas(11, 4.1, 1, len(material.bands), sharey=True)
    clean, catalogue, tables = _clean(material), material.tables.catalogue, material.tables
    x, y = material.truth.positions().T
    inside = (x > 0) & (x < tables.grid.nx) & (y > 0) & (y < tables.grid.ny)
    for axis, band in zip(axes, material.bands, strict=True):
        depth = material.figures.depths[band]
        axis.axvspan(depth.one_scan, depth.stack, color=GOLD, alpha=0.22, lw=0)
        true = material.truth.magnitudes()[inside, "jhk".index(band)]
        axis.stairs(_histogram(true), BINS, color=SOFT, lw=1.2, ls="--", label="true sky")
        stack = clean[clean[f"{band}_rule"] > 0][f"{band}_m"]
        axis.stairs(_histogram(stack), BINS, color=INK, lw=2, label="stack")
        for name, paint in (("psc", FIRST), ("xsc", SECOND)):
            mine = catalogue[catalogue.catalog == name][f"{band}_m"]
            axis.stairs(_histogram(mine), BINS, color=paint, lw=1.6, label=name.upper())
        axis.set(yscale="log", xlabel=f"{BAND_NAME[band]}, mag", xlim=(6, 20.5), ylim=(0.7, None))
        axis.set_title(f"{BAND_NAME[band]}: stack {depth.gain:.2f} mag deeper than a scan", fontsize=10)
    axes[0].set_ylabel("objects per half magnitude in the field")
    axes[0].legend(loc="upper left")
    return save(figure, folder / "counts.png")


def _clean(material: Material) -> pd.DataFrame:
    sources = material.tables.sources
    return sources[sources.confirmed & (sources.cc_flg == "0")]


def _groups(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the sources only the stack has, those in the PSC, those in the XSC."""
    extended, point = rows.cntr_xsc.notna(), rows.cntr_psc.notna()
    return [rows[~point & ~extended], rows[point & ~extended], rows[extended]]


def _histogram(magnitudes: "pd.Series[float] | NDArray[np.float64]") -> NDArray[np.int64]:
    values = np.asarray(magnitudes, float)
    return np.histogram(values[np.isfinite(values)], BINS)[0]
