"""Pictures of the sky: one scan beside the stack, the whole field, its coverage."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from deepcal.report.colour import Picture
from deepcal.report.material import Material
from deepcal.report.style import BAND_COLOUR, BAND_NAME, canvas, picture_axes, save

SIDE = 240  # arcsec, of the cut-out
TITLES = "One scan, 7.8 s", "The stack of {:.0f} scans, {:.0f} min"


def beside(material: Material, folder: Path) -> Path:
    """Draw the same part of the sky in one scan and in the stack, under the same stretch."""
    x0, y0 = richest(material)
    figure, axes = canvas(10.4, 5.5, 1, 2)
    for axis, picture, title in zip(axes, _pictures(material), _titles(material), strict=True):
        cut = picture[y0 : y0 + SIDE, x0 : x0 + SIDE]
        axis.imshow(cut, origin="lower", interpolation="bicubic")
        axis.set_title(title)
        picture_axes(axis)
        scale_bar(axis, SIDE * 0.06, SIDE * 0.06, 60, "1 arcmin")
    return save(figure, folder / "scan-and-stack.jpg", pil_kwargs={"quality": 90})


def field(material: Material, folder: Path) -> Path:
    """Draw the whole field turned sideways, the same way."""
    figure, axes = canvas(12, 4.2, 2, 1)
    for axis, picture, title in zip(axes, _pictures(material), _titles(material), strict=True):
        axis.imshow(_sideways(picture), origin="upper", interpolation="antialiased")
        axis.set_title(title)
        picture_axes(axis)
        scale_bar(axis, 60, picture.shape[1] - 40, 300, "5 arcmin", below=False)
    return save(figure, folder / "field.jpg", pil_kwargs={"quality": 90})


def coverage(material: Material, folder: Path) -> Path:
    """Draw how many scans cover the field in every band: the whole of it, and across the scans."""
    bands, counts = material.bands, {band: product.count for band, product in material.products.items()}
    most = max(int(count.max()) for count in counts.values())
    figure = Figure(figsize=(11, 1.45 * len(bands) + 2.8), layout="constrained")
    axes = figure.subplots(len(bands) + 1, 1, height_ratios=[1.2] * len(bands) + [2])
    for axis, band in zip(axes, bands, strict=False):
        shown = axis.imshow(_sideways(counts[band]), cmap="cividis", vmin=0, vmax=most, aspect="auto")
        axis.set_title(f"{BAND_NAME[band]}: {material.figures.used[band]} scans", fontsize=10)
        picture_axes(axis)
    figure.colorbar(shown, ax=list(axes[:-1]), label="scans on a pixel", pad=0.01, aspect=25)
    across = axes[-1]
    for band, count in counts.items():
        mean = count.mean(axis=0)
        across.step(np.arange(mean.size), mean, where="mid", color=BAND_COLOUR[band], label=BAND_NAME[band])
        across.axhline(0.3 * material.figures.used[band], color=BAND_COLOUR[band], lw=0.9, ls=":")
    across.set(
        xlabel="column of the field, arcsec", ylabel="scans, mean of the rows", xlim=(0, mean.size - 1), ylim=(0, None)
    )
    across.legend(title="dotted: 30 % limit", loc="lower center", ncols=3)
    return save(figure, folder / "coverage.png")


def richest(material: Material) -> tuple[int, int]:
    """Return the corner (column, row) of the square where the stack shows most of what one scan does not."""
    grid, sources = material.tables.grid, material.tables.sources
    score = np.zeros((grid.ny, grid.nx), np.float32)
    confirmed = sources[sources.confirmed]
    gain = 10 ** (0.4 * material.figures.depths[material.bands[0]].gain)
    snr = confirmed[[f"{band}_snr" for band in material.bands]].max(axis=1).to_numpy(float)
    new = (snr > 10) & (snr < 7 * gain)
    worth = new + 3.0 * confirmed.cntr_xsc.notna().to_numpy(bool) + 1.5 * ((snr > 300) & (snr < 3000))
    columns, rows = (
        np.clip(np.rint(confirmed[name]), 0, size - 1).astype(int) for name, size in (("x", grid.nx), ("y", grid.ny))
    )
    np.add.at(score, (rows, columns), worth)
    total = uniform_filter(score, SIDE, mode="constant")
    half = SIDE // 2
    margin = 20
    inside = total[half + margin : grid.ny - half - margin, half + margin : grid.nx - half - margin]
    row, column = np.unravel_index(np.argmax(inside), inside.shape)
    return int(column) + margin, int(row) + margin


def scale_bar(axis: Axes, x: float, y: float, length: float, words: str, *, below: bool = True) -> None:
    """Draw a length on the sky, pixels of 1 arcsec."""
    axis.plot([x, x + length], [y, y], color="white", lw=2, solid_capstyle="butt")
    axis.annotate(
        words, (x + length / 2, y), (0, 5), textcoords="offset points", color="white", ha="center", fontsize=9
    )


def _pictures(material: Material) -> tuple[Picture, Picture]:
    stretch = material.stretch
    if set(material.bands) == set("jhk"):
        return stretch.picture(material.one_scan), stretch.picture(material.light)
    band = material.bands[0]
    one, many = (stretch.grey(planes[band], band) for planes in (material.one_scan, material.light))
    return np.repeat(one[..., None], 3, axis=2), np.repeat(many[..., None], 3, axis=2)


def _titles(material: Material) -> tuple[str, str]:
    scans = np.mean([depth.scans for depth in material.figures.depths.values()])
    return TITLES[0], TITLES[1].format(scans, scans * 7.8 / 60)


def _sideways(picture: NDArray[Any]) -> NDArray[Any]:
    """Turn a field so that north is left and east is down."""
    return np.asarray(np.moveaxis(picture, 0, 1)[::-1, ::-1] if picture.ndim == 3 else picture.T[::-1, ::-1])
