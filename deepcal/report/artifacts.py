"""Sources that are flagged as artifacts, as the north and the south stack show them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from combine.measure.background import background
from deepcal.report.colour import BLANK
from deepcal.report.material import Material
from deepcal.report.style import canvas, picture_axes, save
from deepcal.truth.tables import values

HALF = 22  # arcsec
EXAMPLES = 5
NAMES = {"P": "persistence", "G": "filter glint", "D": "diffraction spike", "A": "beside a bright star"}


def artifacts(material: Material, folder: Path) -> Path | None:
    """Draw the brightest examples of every flag; None where nothing is flagged."""
    sources, band = material.tables.sources, material.bands[0]
    flagged = sources[sources.cc_flg != "0"]
    letters = [letter for letter in NAMES if (flagged.cc_flg == letter).any()]
    if not letters:
        return None
    planes = {way: _light(material, band, way) for way in ("N", "S")}
    figure, axes = canvas(1.05 * 2 * EXAMPLES + 0.5, 1.25 * len(letters) + 0.3, len(letters), 2 * EXAMPLES)
    for axis in axes:
        axis.axis("off")
    for row, letter in enumerate(letters):
        mine = flagged[flagged.cc_flg == letter].sort_values(f"{band}_snr", ascending=False).head(EXAMPLES)
        for column, (x, y) in enumerate(zip(values(mine, "x"), values(mine, "y"), strict=True)):
            pair = axes[(2 * row * EXAMPLES) + 2 * column :][:2]
            for axis, way in zip(pair, ("N", "S"), strict=True):
                axis.imshow(stamp(planes[way], x, y), cmap="gray", vmin=0, vmax=1, origin="lower")
                axis.axis("on")
                picture_axes(axis)
                axis.text(2, 2, way, color="white", fontsize=8, va="bottom")
                axis.plot(HALF, HALF, "o", ms=15, mfc="none", mec="#e69f00", mew=1.2)
        axes[2 * row * EXAMPLES].set_title(
            f"{letter}: {NAMES[letter]} ({(flagged.cc_flg == letter).sum()})", fontsize=10
        )
    return save(figure, folder / "artifacts.png")


def stamp(plane: NDArray[np.float32], x: float, y: float) -> NDArray[np.float32]:
    """Cut a square around a place; outside the plane it is dark."""
    out = np.full((2 * HALF + 1, 2 * HALF + 1), BLANK, np.float32)
    column, row = round(x) - HALF, round(y) - HALF
    left, low = max(0, -column), max(0, -row)
    part = plane[row + low : row + out.shape[0], column + left : column + out.shape[1]]
    out[low : low + part.shape[0], left : left + part.shape[1]] = part
    return out


def _light(material: Material, band: str, way: str) -> NDArray[np.float32]:
    image = material.views.product(band, way).image
    return material.views.stretch.grey(image - background(image), band)
