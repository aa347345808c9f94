"""What a run is made of: the scans chosen, their registration, and the name that follows from both."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from combine.stack.detect import store_detections
from combine.stack.inputs import check_inputs
from combine.stack.options import Options
from combine.stack.parent import Parent, find_parent, input_name
from combine.stack.pixels import open_pixels
from combine.stack.register import Positions, Registration, register, register_added
from combine.stack.select import Field, Image, choose_images, choose_scans, read_field
from schema.code import code_digest
from schema.errors import NotReady
from schema.pixels import WorkingCopies
from schema.progress import Progress
from schema.settings import Settings, of_groups, read
from sql import load


@dataclass(frozen=True)
class Plan:
    """Everything a run is made of, before any pixel is added: its name follows from it.

    With a parent, only the scans that are not in it are registered.
    """

    field: Field
    selection: str
    images: list[Image]
    registration: Registration
    visits: dict[int, int]
    settings: Settings
    options: Options
    run: str
    copies: WorkingCopies
    parent: Parent | None

    @property
    def bands(self) -> str:
        """The bands that have images."""
        return "".join(b for b in "jhk" if any(image.band == b for image in self.images))


def make_plan(
    conn: psycopg.Connection[Any], tile: int, where: str | None, options: Options, home: Path, progress: Progress
) -> Plan:
    """Select and register; give the run its name."""
    progress("register", 0, 1)
    with conn.transaction():
        every = read(conn)
        settings = of_groups(every, {"common", "stack"})
        field = read_field(conn, tile)
        scans = choose_scans(conn, where, settings)
        images = choose_images(conn, field, scans, "jhk", settings, default=where is None)
        images = [image for image in images if _overlaps(image, field)]
    if not images:
        raise NotReady(_why_none(tile, where, len(scans)))
    copies = WorkingCopies(home / "working", every["working_copies_max"][0] * 1e9)
    parent = find_parent(conn, tile, images, settings, options, stack_code())
    new = [image for image in images if parent is None or input_name(image) not in parent.inputs]
    _measure_missing(conn, new, copies, settings)
    with conn.transaction():
        detections = _detections(conn, new, settings)
        tie = _tie_stars(conn, field, settings)
    if parent is None:
        registration = register(field.grid, detections, tie, settings)
        run = _run_name([where, options.chosen()], images, settings, detections, tie)
    else:
        registration = register_added(field.grid, detections, tie, parent.field, settings)
        run = _run_name([parent.run], new, settings, detections, tie) if new else parent.run
    progress("register", 1, 1)
    return Plan(field, where or "", images, registration, _visits(images), settings, options, run, copies, parent)


def _why_none(tile: int, where: str | None, scans: int) -> str:
    """Say why there is nothing to stack, and what to do."""
    rule = "the default rule (quality 2 or unknown, no anomaly)" if where is None else f"--where {where!r}"
    return (
        f"no image of a scan that {rule} chooses overlaps field {tile} ({scans} scans chosen): "
        "ingest images with `deepcal ingest images`, look at `deepcal show scans`, or choose with --where"
    )


def _overlaps(image: Image, field: Field) -> bool:
    """Tell whether an image falls on the grid at all."""
    ra, dec = image.wcs.sky([image.x0, image.x0, image.x1, image.x1], [image.y0, image.y1, image.y0, image.y1])
    x, y = field.grid.pixel(ra, dec)
    if np.isnan(x).any():
        return False
    return bool(x.max() > 8 and x.min() < field.naxis1 - 8 and y.max() > 8 and y.min() < field.naxis2 - 8)


def _measure_missing(
    conn: psycopg.Connection[Any], images: list[Image], copies: WorkingCopies, settings: Settings
) -> None:
    """Measure detections on the images of scans that have no extractions."""
    scans = sorted({image.scan_key for image in images})
    with conn.transaction():
        have = {key for (key,) in conn.execute(load("combine/scans_detected.sql"), {"scans": scans}).fetchall()}
    missing = [image for image in images if image.scan_key not in have]
    if missing:
        with conn.transaction():
            check_inputs(conn, (image.image_id for image in missing))
        store_detections(conn, [(i, open_pixels(i, copies)) for i in missing], settings["image_snr_min"][0])


def _detections(conn: psycopg.Connection[Any], images: list[Image], settings: Settings) -> dict[int, Positions]:
    """Read the detections of every scan that are good enough to register by."""
    scans = sorted({image.scan_key for image in images})
    values = {"scans": scans, "snr_min": settings["register_snr_min"][0]}
    rows = conn.execute(load("combine/detections.sql"), values).fetchall()
    table = np.array([row[:3] for row in rows], float).reshape(-1, 3)
    return {key: Positions(*table[table[:, 0] == key, 1:].T) for key in scans}


def _tie_stars(conn: psycopg.Connection[Any], field: Field, settings: Settings) -> Positions:
    """Read the PSC stars around a field that are fit for the tie."""
    bright, faint = settings["tie_mag"]
    values = {"ra": field.ra, "dec": field.dec, "radius": field.radius, "bright": bright, "faint": faint}
    values["hold_out"] = bool(settings["tie_hold_out"][0])
    rows = conn.execute(load("combine/psc_tie.sql"), values).fetchall()
    return Positions(*np.array([row[1:] for row in rows], float).reshape(-1, 2).T)


def stack_code() -> str:
    """Return a digest of the code that makes stacks."""
    return code_digest("combine.stack", "combine.measure", "combine.products", "combine.shapes")


def _run_name(
    asked: list[Any], images: list[Image], settings: Settings, detections: dict[int, Positions], tie: Positions
) -> str:
    """Name a run by what it is made of."""
    digest = hashlib.sha256()
    digest.update(json.dumps([*asked, stack_code(), settings]).encode())
    for image in images:
        sums = f"{image.sha256} {image.cover_sha256 or ''}"
        digest.update(f"{image.hemis}{image.date}{image.scan} {image.band}{image.usy} {sums}\n".encode())
    for positions in (*(detections[key] for key in sorted(detections)), tie):
        digest.update(np.ascontiguousarray(positions.ra).tobytes() + np.ascontiguousarray(positions.dec).tobytes())
    return digest.hexdigest()[:12]


def _visits(images: list[Image]) -> dict[int, int]:
    """Number the visits: scans of one night and hemisphere taken in a row, six at most."""
    scans = sorted({(image.hemis, image.date, image.scan, image.scan_key) for image in images})
    visits: dict[int, int] = {}
    number, first, before = -1, 0, ("", scans[0][1] - timedelta(1), -9)
    for hemis, night, scan, key in scans:
        if (hemis, night) != before[:2] or scan != before[2] + 1 or scan - first >= 6:
            number, first = number + 1, scan
        visits[key] = number
        before = (hemis, night, scan)
    return visits
