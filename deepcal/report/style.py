"""The look of all pictures: one set of colours that colour-blind people can tell apart, one font, light axes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, SOFT, FAINT = "#1d2733", "#66727f", "#d9dee3"
BAND_COLOUR = {"j": "#0072b2", "h": "#009e73", "k": "#d55e00"}  # Okabe & Ito: safe for colour-blind readers
BAND_NAME = {"j": "J", "h": "H", "k": "Ks"}
BAND_MARK = {"j": "o", "h": "s", "k": "^"}
FIRST, SECOND, THIRD, GOLD = "#0072b2", "#d55e00", "#009e73", "#e69f00"
PIXELS_PER_INCH = 150

LOOK: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "deepcal",
}


@contextmanager
def look() -> Iterator[None]:
    """Draw in the look of the house; whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(LOOK)
        yield


def canvas(width: float, height: float, rows: int = 1, columns: int = 1, **more: Any) -> tuple[Figure, list[Axes]]:
    """Return a figure of so many inches and its axes, row by row; nothing of pyplot's shared state."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, **more)
    return figure, [axis for row in axes for axis in row]


def picture_axes(axes: Axes) -> None:
    """Make axes a bare frame for an image."""
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def save(figure: Figure, path: Path, **more: Any) -> Path:
    """Write a picture, as PNG or JPEG by its name, with no time in it."""
    metadata = {"Software": None} if path.suffix == ".png" else None
    figure.savefig(path, dpi=PIXELS_PER_INCH, metadata=metadata, **more)
    return path
