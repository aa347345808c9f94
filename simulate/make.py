"""A calibration field whose truth is known: everything is decided, then catalogues, images and truth are written."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path

from schema.errors import BadArgument
from schema.progress import Progress, silent
from simulate import truth
from simulate.camera.wings import MODEL
from simulate.catalogs.detections import write_detections
from simulate.catalogs.psc import make_psc, write_psc
from simulate.catalogs.scan_table import Place, write_scans
from simulate.catalogs.standards import write_standards, write_tiles
from simulate.catalogs.xsc import contamination, make_xsc, write_xsc
from simulate.images import Output, write_images
from simulate.nights.visits import Scan
from simulate.plan import BANDS, Plan, make_plan

WORKERS = 4


@dataclass(frozen=True)
class SimulatedField:
    """The files of a simulated field by kind, and how many rows or files there are of each."""

    tile: int
    out: Path
    tiles: Path
    standards: Path
    scan: Path
    psc: Path
    xsc: Path
    detections: tuple[Path, ...]
    images: tuple[Path, ...]
    truth: dict[str, Path]
    counts: dict[str, int] = default(default_factory=dict)


def field(
    tile: int,
    *,
    scans: int = 60,
    seed: int = 1,
    out: Path,
    form: str = "strips",
    bands: str = "jhk",
    crowding: str = "real",
    centre: tuple[float, float] | None = None,
    gz: bool = False,
    coverage: bool = False,
    psf: str | Path = MODEL,
    progress: Progress = silent,
) -> SimulatedField:
    """Simulate a calibration field and write it in the published formats.

    Parameters
    ----------
    tile : int
        A known calibration tile, or any number if `centre` is given.
    scans : int
        Number of scans, in visits of six.
    seed : int
        The same seed gives the same bytes, whatever the number of processors.
    out : Path
        Folder to write; made if it is not there.
    form : "strips" or "atlas"
        Registered strips, or Atlas Images: four a scan and band.
    bands : str
        Some of "jhk": the images to write. Catalogues always have all three.
    crowding : "low", "medium", "high" or "real"
        About 2,500, 7,000 or 50,000 objects above the limit of the deepest stack, or what a model of the Galaxy has at
        the field's place.
    centre : (ra, dec), optional
        Centre of the field, deg; replaces a known one.
    gz : bool
        Compress the images.
    coverage : bool
        Write a map of how many frames saw each pixel beside every image, c in place of the leading a of its name.
    psf : "model" or a folder
        Wings of stars: of the built-in model, or of empirical images psf_emp_2mass_[jhk].fits.gz in a folder.
    progress : callable, optional
        Called after every scan.

    Raises
    ------
    BadArgument
        An argument cannot be used; nothing is written.
    BadFile
        There is no empirical image in the folder, or it cannot be used; nothing is written.
    """
    if not bands or not set(bands.lower()) <= set(BANDS):
        raise BadArgument(f"bands {bands!r}, expected some of {BANDS!r}")
    bands = "".join(band for band in BANDS if band in bands.lower())
    progress("sky", 0, scans)
    plan = make_plan(tile, seed, scans, form, crowding, centre, str(psf))
    for folder in ("detections", "images", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    psc, xsc = make_psc(plan), make_xsc(plan)
    extended = dict(zip(xsc.member.tolist(), xsc.key.tolist(), strict=True))
    standards, standard_rows = write_standards(plan, out / "standards.csv")
    detections, rows, images = _scans(plan, bands, out, Output(gz, coverage), progress)
    return SimulatedField(
        tile=tile,
        out=out,
        tiles=write_tiles(plan, out / "tiles.csv"),
        standards=standards,
        scan=write_scans(out / "scan.bar", plan.observed, plan.measured, plan.noted, [Place(plan.grid, plan.sky)]),
        psc=write_psc(psc, out / "psc.bar", extended, contamination(plan, psc, xsc)),
        xsc=write_xsc(xsc, psc, out / "xsc.bar"),
        detections=tuple(detections),
        images=tuple(images),
        truth={
            "objects": truth.write_objects(plan, out / "truth" / "objects.parquet"),
            "scans": truth.write_scans(plan, out / "truth" / "scans.parquet"),
            "artifacts": truth.write_artifacts(plan, bands, out / "truth" / "artifacts.parquet"),
            "marks": truth.write_marks(plan, bands, out / "truth" / "marks.parquet"),
        },
        counts={
            "scans": scans,
            "spoiled": sum(fault.harmful for fault in plan.faults.values()),
            "images": len(images),
            "objects": int(plan.sky.id.size),
            "standards": standard_rows,
            "psc": int(psc.key.size),
            "xsc": int(xsc.key.size),
            "detections": rows,
        },
    )


def _scans(plan: Plan, bands: str, out: Path, output: Output, progress: Progress) -> tuple[list[Path], int, list[Path]]:
    """Write the extractions and images of every scan, several scans at once."""
    detections: list[Path] = []
    images: list[Path] = []
    rows = 0
    workers = min(WORKERS, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(_scan, plan, scan, bands, out, output) for scan in plan.scans]
        for done, (path, count, found) in enumerate(_results(jobs), 1):
            detections.append(path)
            images += found
            rows += count
            progress("scans", done, len(jobs))
    return detections, rows, images


def _results(jobs: list[Future[tuple[Path, int, list[Path]]]]) -> Iterator[tuple[Path, int, list[Path]]]:
    """Yield results in the order of the scans; after a failure nothing more is begun."""
    try:
        for job in jobs:
            yield job.result()
    finally:
        for job in jobs:
            job.cancel()


def _scan(plan: Plan, scan: Scan, bands: str, out: Path, output: Output) -> tuple[Path, int, list[Path]]:
    frame = plan.frame(scan)
    path, rows = write_detections(plan, scan, frame, out / "detections")
    images: list[Path] = []
    for band in bands:
        images += write_images(plan, scan, BANDS.index(band), frame, out / "images", output)
    return path, rows, images
