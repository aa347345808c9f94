"""Pictures of the sky: one scan beside the stack, the whole field, single stacks, their coverage."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import OffsetFrom
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter, uniform_filter

from combine.measure.background import background
from deepcal.report.colour import Picture
from deepcal.report.style import BAND_COLOUR, BAND_NAME, PIXELS_PER_INCH, canvas, picture_axes, save
from deepcal.report.views import Views

SIDE = 240  # arcsec, of the cut-out
DIRECTIONS = {"NS": "N+S", "N": "northward scans", "S": "southward scans"}
RIM, HEAD = 12, 48  # pixels around a picture, and above it
SHADOW = {"facecolor": "black", "alpha": 0.45, "lw": 0, "boxstyle": "round,pad=0.35"}


def beside(views: Views, path: Path) -> Path:
    """Draw the same part of the sky in one scan and in the stack, under the same stretch."""
    x0, y0 = richest(views)
    figure, axes = canvas(10.4, 5.6, 1, 2)
    for axis, planes, title in zip(axes, (views.one_scan, views.light), _titles(views), strict=True):
        cut = {band: plane[y0 : y0 + SIDE, x0 : x0 + SIDE] for band, plane in planes.items()}
        axis.imshow(views.painted(cut), origin="lower", interpolation="bicubic")
        axis.set_title(title)
        picture_axes(axis)
        scale_bar(axis, 60, "1 arcmin")
        compass(axis, sideways=False)
    return save(figure, path, pil_kwargs={"quality": 90})


def field(views: Views, path: Path) -> Path:
    """Draw the whole field turned sideways in one scan and in the stack, under the same stretch."""
    figure, axes = canvas(12, 4.2, 2, 1)
    for axis, planes, title in zip(axes, (views.one_scan, views.light), _titles(views), strict=True):
        _whole(axis, views.painted(planes), title)
    return save(figure, path, pil_kwargs={"quality": 90})


def colour(views: Views, path: Path) -> Path:
    """Draw the whole stack in colour, turned sideways, a pixel an arcsec."""
    return _alone(views, views.painted(views.light), f"Field {views.tile}: {_titles(views)[1].lower()}", path)


def single(views: Views, band: str, direction: str, path: Path) -> Path:
    """Draw one stack in grey, turned sideways, a pixel an arcsec."""
    row, image = views.stack(band, direction), views.product(band, direction).image
    words = f"{row.n_scans} scans, {row.exptime / 60:.1f} min, 5σ in 4″ at {row.m5_aper:.2f} mag"
    title = f"Field {views.tile}, {BAND_NAME[band]}, {DIRECTIONS[direction]}: {words}; run {views.run}"
    grey = views.stretch.grey(image - background(image), band)
    return _alone(views, np.repeat(grey[..., None], 3, axis=2), title, path)


def _alone(views: Views, picture: Picture, title: str, path: Path) -> Path:
    """Draw one picture of the whole field so large that every arcsec has its pixel."""
    wide, high = views.grid.ny + 2 * RIM, views.grid.nx + RIM + HEAD
    figure = Figure(figsize=(wide / PIXELS_PER_INCH, high / PIXELS_PER_INCH))
    axis = figure.add_axes((RIM / wide, RIM / high, views.grid.ny / wide, views.grid.nx / high))
    _whole(axis, picture, title)
    return save(figure, path, **({"pil_kwargs": {"quality": 92}} if path.suffix == ".jpg" else {}))


def _whole(axis: Axes, picture: Picture, title: str) -> None:
    axis.imshow(_sideways(picture), origin="upper", interpolation="antialiased")
    axis.set_title(title)
    picture_axes(axis)
    scale_bar(axis, 300, "5 arcmin")
    compass(axis, sideways=True)


def coverage(views: Views, path: Path) -> Path:
    """Draw how many scans cover the field in every band: the whole of it, and across the scans."""
    bands, counts = views.bands, {band: product.count for band, product in views.products.items()}
    most = max(int(count.max()) for count in counts.values())
    figure = Figure(figsize=(11, 1.45 * len(bands) + 2.8), layout="constrained")
    axes = figure.subplots(len(bands) + 1, 1, height_ratios=[1.2] * len(bands) + [2])
    for axis, band in zip(axes, bands, strict=False):
        shown = axis.imshow(_sideways(counts[band]), cmap="cividis", vmin=0, vmax=most, aspect="auto")
        axis.set_title(f"{BAND_NAME[band]}: {len(views.used[views.used.band == band])} scans", fontsize=10)
        picture_axes(axis)
    figure.colorbar(shown, ax=list(axes[:-1]), label="scans on a pixel", pad=0.01, aspect=25)
    across = axes[-1]
    for band, count in counts.items():
        mean = count.mean(axis=0)
        across.step(np.arange(mean.size), mean, where="mid", color=BAND_COLOUR[band], label=BAND_NAME[band])
        across.axhline(0.3 * len(views.used[views.used.band == band]), color=BAND_COLOUR[band], lw=0.9, ls=":")
    across.set(
        xlabel="column of the field, arcsec", ylabel="scans, mean of the rows", xlim=(0, mean.size - 1), ylim=(0, None)
    )
    across.legend(title="dotted: 30 % limit", loc="lower center", ncols=3)
    return save(figure, path)


def richest(views: Views) -> tuple[int, int]:
    """Return the corner (column, row) of the square where the stack shows most of what one scan does not.

    Stars too faint for one scan count one, brighter ones a little more, galaxies much; false light and the stripes of
    the brightest stars spoil a square.
    """
    band = views.bands[0]
    row = views.stack(band)
    light = np.nan_to_num(views.light[band] / np.float32(row.noise_pixel))
    gain, stripe = np.sqrt(float(row.coverage_median)), np.median(light, axis=1, keepdims=True)
    smooth, wide = (gaussian_filter(light - stripe, sigma) for sigma in (1.3, 4))
    peak = (smooth == maximum_filter(smooth, 5)) & (smooth > 2)
    galaxy, glare = (smooth > 10) & (wide > 0.35 * smooth), smooth > 1500
    worth = (smooth < 1.5 * gain) + 1.5 * ((smooth > 30) & (smooth < 300)) - 25.0 * glare
    worth += galaxy * np.clip(wide, 5, 40) - 8.0 * ((smooth > 20) & _one_coloured(views))
    total = uniform_filter((peak * worth - 0.01 * (stripe > 0.2)).astype(np.float32), SIDE, mode="constant")
    half, margin = SIDE // 2, 28  # single scans are narrower than the field
    inside = total[half + margin : -half - margin, half + margin : -half - margin]
    if inside.size == 0:
        return 0, 0
    y, x = np.unravel_index(np.argmax(inside), inside.shape)
    return int(x) + margin, int(y) + margin


def _one_coloured(views: Views) -> NDArray[np.bool_]:
    """Tell where nearly all light is in one band, as false light is."""
    lit = np.stack([gaussian_filter(np.nan_to_num(views.light[b]) * views.stretch.gain[b], 1.3) for b in views.bands])
    return np.asarray(lit.max(axis=0) > 0.75 * np.clip(lit, 0, None).sum(axis=0)) & (len(views.bands) > 1)


def scale_bar(axis: Axes, length: float, words: str) -> None:
    """Draw a length on the sky, pixels of 1 arcsec, in the lower left corner."""
    left, right = sorted(axis.get_xlim())
    bottom, top = axis.get_ylim()
    x, y = left + 0.03 * (right - left), bottom + 0.08 * (top - bottom)
    axis.plot([x, x + length], [y, y], color="white", lw=2, solid_capstyle="butt")
    axis.annotate(
        words, (x + length / 2, y), (0, 5), textcoords="offset points", color="white", ha="center", fontsize=9,
        bbox=SHADOW, zorder=1,
    )  # fmt: skip


def compass(axis: Axes, *, sideways: bool) -> None:
    """Draw where north and east are, in the lower right corner."""
    arrow = {"arrowstyle": "-|>", "color": "white", "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
    north, east = ((-1, 0), (0, -1)) if sideways else ((0, 1), (-1, 0))
    foot = (-14, 34) if sideways else (-16, 16)  # points from the corner
    for letter, (right, up) in (("N", north), ("E", east)):
        tip = (foot[0] + 20 * right, foot[1] + 20 * up)
        axis.annotate("", tip, foot, xycoords=_corner(axis), textcoords=_corner(axis), arrowprops=arrow)
        axis.annotate(
            letter, (1, 0), (foot[0] + 27 * right, foot[1] + 27 * up), xycoords="axes fraction",
            textcoords="offset points", color="white", ha="center", va="center", fontsize=9, fontweight="bold",
        )  # fmt: skip


def _corner(axis: Axes) -> OffsetFrom:
    """Return coordinates in points from the lower right corner."""
    return OffsetFrom(axis.patch, (1, 0), "points")


def _titles(views: Views) -> tuple[str, str]:
    rows = [views.stack(band) for band in views.bands]
    scans, seconds = (float(np.mean([row[name] for row in rows])) for name in ("n_scans", "exptime"))
    return "One scan, 7.8 s", f"The stack of {scans:.0f} scans, {seconds / 60:.1f} min"


def _sideways(picture: NDArray[Any]) -> NDArray[Any]:
    """Turn a field so that north is left and east is down."""
    return np.asarray(np.moveaxis(picture, 0, 1)[::-1, ::-1] if picture.ndim == 3 else picture.T[::-1, ::-1])
