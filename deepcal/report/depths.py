"""How the noise falls as scans are added."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from combine.measure.empty import empty_apertures
from combine.measure.robust import robust_sigma
from combine.stack.depth import source_mask
from deepcal.report.material import Material
from deepcal.report.style import BAND_COLOUR, BAND_MARK, BAND_NAME, INK, canvas, save

PLACES = 20_000
PER_POINT = 300


def noise(material: Material, folder: Path) -> Path:
    """Draw the depth of single scans, of parts of the stack with fewer scans, and of the stacks."""
    figure, (axis,) = canvas(7.6, 5.2)
    most = max(depth.scans for depth in material.figures.depths.values())
    for shift, band in enumerate(material.bands):
        row, paint = material.tables.stack(band), BAND_COLOUR[band]
        zero = float(row.m5_aper) + 2.5 * np.log10(float(row.noise_aper))
        mine = material.tables.scans[(material.tables.scans.band == band) & material.tables.scans.used.eq(True)]
        single = zero - 2.5 * np.log10(mine.noise_aper.to_numpy(float))
        aside = 1 + 0.05 * (shift - 1) + np.linspace(-0.015, 0.015, single.size)
        axis.plot(aside, single, ".", ms=3, color=paint, alpha=0.5)
        line = np.array([1, most * 1.15])
        axis.plot(line, np.median(single) + 1.25 * np.log10(line), color=paint, lw=1, ls="--")
        scans, depth = by_coverage(material, band)
        axis.plot(
            scans, zero - 2.5 * np.log10(depth), ls="none", marker=BAND_MARK[band], ms=4, mfc="white", color=paint
        )
        whole = [material.tables.stack(band, direction) for direction in ("N", "S", "NS")]
        whole = [one for one in whole if one.n_scans > 0]
        axis.plot(
            [one.coverage_median for one in whole], [zero - 2.5 * np.log10(one.noise_aper) for one in whole],
            ls="none", marker=BAND_MARK[band], ms=8, color=paint, label=BAND_NAME[band],
        )  # fmt: skip
    ticks = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n <= most * 1.2]
    axis.set(xscale="log", xlabel="scans on the same place", ylabel="magnitude of 5σ in a 4″ aperture")
    axis.set_xticks(ticks, labels=list(map(str, ticks)))
    axis.minorticks_off()
    handles, labels = axis.get_legend_handles_labels()
    dashes = axis.plot([], [], color=INK, lw=1, ls="--")[0]
    axis.legend([*handles, dashes], [*labels, "median scan, noise falling as 1/√N"], loc="upper left")
    return save(figure, folder / "noise.png")


def by_coverage(material: Material, band: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scans and the noise of empty apertures (DN) in parts of the stack with fewer scans than most."""
    product = material.views.products[band]
    mask = source_mask(product.image, product.var)
    found = empty_apertures(
        material.views.light[band], PLACES, 3, avoid=mask | (product.count == product.count.max()), annulus_radii=None
    )
    count = product.count[np.rint(found.y).astype(int), np.rint(found.x).astype(int)]
    order = np.argsort(count, kind="stable")
    groups = np.array_split(order, max(1, min(8, order.size // PER_POINT)))
    groups = [group for group in groups if group.size > 30]
    return np.array([count[g].mean() for g in groups]), np.array([robust_sigma(found.flux[g]) for g in groups])
