"""The page with its pictures is written."""

from collections.abc import Callable
from pathlib import Path

from deepcal.report import accuracy, artifacts, depths, diagrams, scans, sky
from deepcal.report.material import Material
from deepcal.report.page import page
from deepcal.report.style import look
from schema.progress import Progress, silent

PICTURES: dict[str, Callable[[Material, Path], Path | None]] = {
    "beside": lambda material, folder: sky.beside(material.views, folder / "scan-and-stack.jpg"),
    "field": lambda material, folder: sky.field(material.views, folder / "field.jpg"),
    "coverage": lambda material, folder: sky.coverage(material.views, folder / "coverage.png"),
    "noise": depths.noise,
    "scores": scans.scores,
    "statistics": scans.statistics,
    "offsets": scans.offsets,
    "counts": diagrams.counts,
    "colours": diagrams.colours,
    "artifacts": artifacts.artifacts,
    "residuals": accuracy.residuals,
    "completeness": accuracy.completeness,
}


def write(material: Material, folder: Path, progress: Progress = silent) -> Path:
    """Write ``report.html`` and its pictures into a folder, and return the page.

    Parameters
    ----------
    material : Material
    folder : Path
        Made if it is not there.
    progress : callable, optional
        Told of every picture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Path | None] = {}
    with look():
        for done, (name, draw) in enumerate(PICTURES.items()):
            progress("report", done, len(PICTURES))
            pictures[name] = draw(material, folder)
    progress("report", len(PICTURES), len(PICTURES))
    target = folder / "report.html"
    target.write_text(page(material.figures, pictures))
    return target
