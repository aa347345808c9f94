"""The pictures of a field's stacks: every stack, all bands in colour, one scan beside them, their coverage."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from deepcal.report import sky
from deepcal.report.style import look
from deepcal.report.views import read_views
from schema.connection import Connection
from schema.progress import Progress, silent


def draw_stacks(conn: Connection, tile: int, folder: Path, progress: Progress = silent) -> list[Path]:
    """Draw the current run of a field, or its newest one, into a folder; return the pictures.

    Raises
    ------
    BadArgument
        There is no such field.
    NotReady
        It has no stack.
    """
    views = read_views(conn, tile)
    folder.mkdir(parents=True, exist_ok=True)
    singles = [(b, d) for b in views.bands for d in sky.DIRECTIONS if views.stack(b, d).n_scans > 0]
    wanted: dict[str, Callable[[Path], Path]] = {
        **{f"{tile}_{b}_{d}.png": partial(sky.single, views, b, d) for b, d in singles},
        f"{tile}_colour.jpg": partial(sky.colour, views),
        f"{tile}_scan_and_stack.jpg": partial(sky.beside, views),
        f"{tile}_coverage.png": partial(sky.coverage, views),
    }
    drawn = []
    with look():
        for done, (name, draw) in enumerate(wanted.items(), 1):
            drawn.append(draw(folder / name))
            progress("draw", done, len(wanted))
    return drawn
