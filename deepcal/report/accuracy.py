"""How true the catalogue is: magnitudes, positions and completeness against the truth."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from combine.measure.robust import robust_sigma
from deepcal.report.material import Material
from deepcal.report.style import BAND_COLOUR, BAND_MARK, BAND_NAME, INK, canvas, save

Floats = NDArray[np.float64]
PER_BIN = 50


def residuals(material: Material, folder: Path) -> Path:
    """Draw magnitude and position errors of isolated stars against their true magnitude."""
    bands = material.bands
    figure, axes = canvas(11, 7.2, 3, len(bands), sharex="col", sharey="row")
    for column, band in enumerate(bands):
        found = material.compared.residuals[band]
        rows = ((found.dmag, found.sigma_mag), (found.dra, found.sigma_pos), (found.ddec, found.sigma_pos))
        for row, (error, sigma) in enumerate(rows):
            axis = axes[row * len(bands) + column]
            axis.axhline(0, color=INK, lw=0.8)
            axis.scatter(found.mag, error, s=4, lw=0, c=BAND_COLOUR[band], alpha=0.55, rasterized=True)
            _running(axis, found.mag, error, sigma)
        axes[column].set_title(f"{BAND_NAME[band]}: {found.mag.size} stars")
        axes[2 * len(bands) + column].set_xlabel(f"true {BAND_NAME[band]}, mag")
    first = axes[:: len(bands)]
    labels = ("magnitude error, mag", "RA cos Dec error, mas", "Dec error, mas")
    for axis, label, reach in zip(first, labels, (0.25, 250, 250), strict=True):
        axis.set(ylabel=label, ylim=(-reach, reach))
    axes[0].legend(loc="lower left")
    return save(figure, folder / "residuals.png")


def _running(axis: Axes, mag: Floats, error: Floats, sigma: Floats) -> None:
    """Draw the median of groups of stars in order of magnitude, their scatter, and the scatter they predict."""
    order = np.argsort(mag)
    groups = np.array_split(order, max(1, order.size // PER_BIN))
    if order.size < 3:
        return
    x, middle, told = (np.array([np.median(values[group]) for group in groups]) for values in (mag, error, sigma))
    spread = np.array([robust_sigma(error[group]) for group in groups])
    axis.plot(x, middle, color=INK, lw=1.8, label="running median")
    axis.fill_between(x, middle - spread, middle + spread, color=INK, alpha=0.16, lw=0, label="robust scatter")
    for sign in (-1, 1):
        axis.plot(x, sign * told, color=INK, lw=1, ls="--", label="predicted scatter" if sign > 0 else None)


def completeness(material: Material, folder: Path) -> Path:
    """Draw the share of true objects that are confirmed against their signal to noise."""
    figure, axes = canvas(11, 4.0, 1, 2, sharey=True)
    kinds = (
        ("isolated", "isolated_found", "Isolated stars"),
        ("objects", "found", "All objects: galaxies and blends too"),
    )
    for axis, (every, found, title) in zip(axes, kinds, strict=True):
        for band in material.bands:
            bins = [one for one in material.compared.completeness[band] if getattr(one, every)]
            middle = [np.sqrt(one.low * min(one.high, 200)) for one in bins]
            total = np.array([getattr(one, every) for one in bins])
            share = np.array([getattr(one, found) for one in bins]) / total
            error = np.sqrt(np.maximum(share * (1 - share), 0.25 / total) / total)
            style: dict[str, Any] = {
                "color": BAND_COLOUR[band],
                "marker": BAND_MARK[band],
                "ms": 5,
                "capsize": 0,
                "elinewidth": 1,
            }
            axis.errorbar(middle, share, error, label=BAND_NAME[band], **style)
        axis.axvline(5, color=INK, lw=0.9, ls=":")
        axis.set(xscale="log", xlabel="true signal to noise in N+S", ylim=(-0.03, 1.06), title=title)
        axis.set_xticks([3, 5, 10, 20, 50, 100], labels=["3", "5", "10", "20", "50", "100"])
        axis.minorticks_off()
    axes[0].set_ylabel("share confirmed")
    axes[0].legend(loc="lower right")
    return save(figure, folder / "completeness.png")
