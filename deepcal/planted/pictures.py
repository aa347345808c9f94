"""What was planted over one scan and over the field: stars, galaxies, false light, faults."""

from pathlib import Path

import numpy as np
import pandas as pd
from astropy.io import fits
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from numpy.typing import NDArray

from deepcal.planted.field import draw_field
from deepcal.planted.marks import FAULT, FIELD_LIMIT, MARKS, SCAN_LIMIT, SPOTS, rows_of
from deepcal.report.style import BAND_NAME, FIRST, GOLD, THIRD, canvas, look, save
from deepcal.truth import Truth, read_truth
from schema.errors import BadFile
from schema.header import read_header

Image = NDArray[np.float32]
Floats = NDArray[np.float64]

ROWS = 700  # arcsec of a scan that are shown from near
RANGE = (-2.5, 9.0)  # of the pixel noise, black to white


def show_planted(out: Path, folder: Path | None = None) -> list[Path]:
    """Draw what was planted into a simulated field.

    Parameters
    ----------
    out : Path
        The folder that `deepcal simulate` wrote.
    folder : Path, optional
        Where the pictures go; `show` in that folder if none is given.

    Returns
    -------
    list of Path
        planted-scan.png, one scan from near and as a whole, and planted-field.png.

    Raises
    ------
    BadFile
        There is no simulated field, or no image of it.
    """
    truth, marks = read_truth(out / "truth"), pd.read_parquet(out / "truth" / "marks.parquet")
    folder = folder or out / "show"
    folder.mkdir(parents=True, exist_ok=True)
    with look():
        return [
            _scan(out, truth, marks, folder / "planted-scan.png"),
            draw_field(truth, marks, folder / "planted-field.png"),
        ]


def _scan(out: Path, truth: Truth, marks: pd.DataFrame, path: Path) -> Path:
    """Draw the scan with the most kinds of marks: the whole, and the part around its brightest star from near."""
    image, scan = _chosen(out, truth, marks)
    header, pixels = read_header(image), np.asarray(fits.getdata(image), np.float32)
    band = header.band
    x, y = header.wcs.pixel(truth.objects.ra, truth.objects.dec)
    x, y = x - scan.dra, y + scan.ddec
    mag = truth.objects[f"{band}_m"].to_numpy(float)
    inside = (x > 0) & (x < header.naxis1) & (y > 0) & (y < header.naxis2)
    star = np.flatnonzero(inside)[np.argmin(mag[inside])] if inside.any() else 0
    low = int(np.clip(y[star] - ROWS / 2, 0, max(0, header.naxis2 - ROWS)))
    mine = marks[(marks.scan_key == scan.scan_key) & (marks.band == band)]
    figure, (near, whole) = canvas(11, 9, 1, 2, width_ratios=(3.2, 1))
    for axes, rows in ((near, slice(low, low + ROWS)), (whole, slice(0, header.naxis2))):
        _paint(axes, pixels, rows, scan.skysig)
        shown = inside & (y > rows.start) & (y < rows.stop)
        if axes is near:
            _objects(axes, truth.objects[shown], x[shown], y[shown], mag[shown], SCAN_LIMIT[band])
        shift = (-scan.dra, scan.ddec) if header.wcs.crota2 == 0 else None
        if shift is not None:
            _false_light(axes, truth.artifacts, scan, band, shift, rows)
            _boxes(axes, mine, rows)
    near.set_title(f"{image.name}: around its brightest star")
    whole.set_title("the whole image")
    faults = ", ".join(f"{m.kind} ({m.harm:.1f} of what harms)" for m in rows_of(mine) if m.harm > 0) or "no fault"
    near.set_xlabel(f"columns, arcsec. {BAND_NAME[band]}, seeing shape {scan.shape_along.mean():.2f}; {faults}")
    near.legend(loc="upper right", frameon=True, framealpha=0.85)
    return save(figure, path)


def _chosen(out: Path, truth: Truth, marks: pd.DataFrame) -> tuple[Path, pd.Series]:
    """Return the image of the scan that shows the most kinds of marks, and its row in the truth."""
    images = sorted((out / "images").glob("a*"))
    if not images:
        raise BadFile(out / "images", "no image; `deepcal simulate` writes them")
    kinds = marks.groupby(["scan_key", "band"]).kind.nunique().to_dict()
    scans = {(row.date, row.scan, row.band): row for _, row in truth.scans.iterrows()}

    def planted(image: Path) -> pd.Series:
        header = read_header(image)
        return scans[header.date, header.scan, header.band]

    best = max(images, key=lambda image: kinds.get((planted(image).scan_key, planted(image).band), 0))
    return best, planted(best)


def _paint(axes: Axes, pixels: Image, rows: slice, skysig: float) -> None:
    part = pixels[rows]
    sky = np.nanmedian(part[::5, ::5])
    low, high = (float(sky + limit * skysig) for limit in RANGE)
    extent = (-0.5, pixels.shape[1] - 0.5, rows.start - 0.5, rows.stop - 0.5)
    axes.imshow(part, cmap="gray", norm=Normalize(low, high), origin="lower", extent=extent, interpolation="nearest")
    axes.grid(visible=False)
    axes.set_xlim(extent[:2])
    axes.set_ylim(extent[2:])


def _objects(axes: Axes, objects: pd.DataFrame, x: Floats, y: Floats, mag: Floats, limit: float) -> None:
    """Circle the objects a single scan can show, galaxies apart from stars."""
    for kind, colour in (("star", FIRST), ("galaxy", THIRD)):
        mine = (objects.kind == kind).to_numpy() & (mag < limit)
        size = 30 + 8 * np.clip(limit - mag[mine], 0, 8) ** 1.7
        axes.scatter(x[mine], y[mine], s=size, facecolors="none", edgecolors=colour, linewidths=0.8, label=kind)


def _false_light(
    axes: Axes, artifacts: pd.DataFrame, scan: pd.Series, band: str, shift: tuple[float, float], rows: slice
) -> None:
    """Mark latent images, glints, hot pixels and the arms of spikes of one scan."""
    mine = artifacts[(artifacts.band == band) & (artifacts.hemis == scan.hemis)]
    mine = mine[mine.direction.isna() | (mine.direction == scan.direction)]
    mine = mine[mine.scan_key.isna() | (mine.scan_key == scan.scan_key)]
    mine = mine[mine.mag < FIELD_LIMIT[band] + 0.5]
    on = (mine.x > 0) & (mine.x < axes.get_xlim()[1]) & (mine.y > rows.start) & (mine.y < rows.stop)
    for kind, (name, colour) in SPOTS.items():
        few = mine[on & (mine.kind == kind)]
        moved = (0.0, 0.0) if kind == "hot" else shift
        axes.scatter(
            few.x + moved[0], few.y + moved[1], marker="s", s=50, facecolors="none", edgecolors=colour, label=name
        )
    for arm in rows_of(mine[on & (mine.kind == "spike")]):
        s, c = np.sin(np.radians(arm.angle)) * arm.length / 2, np.cos(np.radians(arm.angle)) * arm.length / 2
        axes.plot(
            [arm.x + shift[0] - s, arm.x + shift[0] + s],
            [arm.y + shift[1] - c, arm.y + shift[1] + c],
            color=GOLD,
            lw=0.8,
        )


def _boxes(axes: Axes, marks: pd.DataFrame, rows: slice) -> None:
    """Frame what faults and diffuse false light touch."""
    for mark in rows_of(marks):
        if mark.y1 < rows.start or mark.y0 > rows.stop:
            continue
        colour = MARKS.get(mark.kind, FAULT)
        x, y = [mark.x0, mark.x1, mark.x1, mark.x0, mark.x0], [mark.y0, mark.y0, mark.y1, mark.y1, mark.y0]
        axes.plot(x, y, color=colour, lw=0.8, ls="--")
        if len(mark.path_x):
            axes.plot(mark.path_x, mark.path_y, color=colour, lw=1.0)
