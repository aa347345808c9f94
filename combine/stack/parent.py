"""Runs whose sums were kept: which of them holds part of what is asked for, so that only the rest need be added."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from combine.stack.geometry import Offset
from combine.stack.options import Options
from combine.stack.register import FieldOffset
from combine.stack.select import Image
from schema.settings import Settings
from sql import load


@dataclass(frozen=True)
class Parent:
    """A run that images are added to.

    inputs : names of its images
    added : images that were added since everything was last made anew
    field : its tie to the PSC, which is held
    """

    run: str
    folder: Path
    inputs: frozenset[str]
    added: int
    field: FieldOffset


def input_name(image: Image) -> str:
    """Name an image, and its coverage map, by their digests."""
    return image.sha256[:12] + (image.cover_sha256 or "")[:12]


def sums_file(folder: Path, tile: int, band: str) -> Path:
    """Return where a run keeps the sums of a band."""
    return folder / f"{tile}_{band}_sums.npz"


def find_parent(
    conn: psycopg.Connection[Any], tile: int, images: list[Image], settings: Settings, options: Options, code: str
) -> Parent | None:
    """Find the run that holds the most of these images and nothing else; None where all has to be made anew.

    Its field model, the stack that backgrounds and residuals are taken against, and the scans that are in or out are
    held. That wears off: with `grow_most` times as many images added as it began with, and where weights or scales
    are relative to all scans, everything is made anew. So it is where a scan brings an image later than others, or
    the run was not tied to the PSC, or has no scan of that band and direction.
    """
    if not options.grow or options.solve_scale or options.weights != Options().weights:
        return None
    chosen = options.chosen()
    values = {
        "tile": tile, "code": code, "inputs": [input_name(image) for image in images],
        "parameters": Jsonb(settings | chosen), "absent": sorted(set(asdict(options)) - set(chosen)),
    }  # fmt: skip
    with conn.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(load("combine/parent.sql"), values).fetchall():
            offset = Offset(np.array(row["field_dra"], float), np.array(row["field_ddec"], float))
            field = FieldOffset(offset, row["field_terms"], row["tie_stars"], row["tie_rms"])
            parent = Parent(row["run"], Path(row["folder"]), frozenset(row["inputs"]), row["added"], field)
            held = {(d, b) for d, b in (pair.split() for pair in row["parts"])}
            if _can_grow(parent, images, held, settings) and there(conn, parent.run):
                kept = (sums_file(parent.folder, tile, band) for band in row["bands"])
                if all(path.is_file() for path in kept):
                    return parent
    return None


def _can_grow(parent: Parent, images: list[Image], held: set[tuple[str, str]], settings: Settings) -> bool:
    """Tell whether the images that are new may be added to a run."""
    new = [image for image in images if input_name(image) not in parent.inputs]
    scans = {image.scan_key for image in images if input_name(image) in parent.inputs}
    first = len(parent.inputs) - parent.added
    return (
        parent.added + len(new) <= settings["grow_most"][0] * first
        and all(image.scan_key not in scans for image in new)
        and all((image.sd, image.band) in held for image in new)
    )


def there(conn: psycopg.Connection[Any], run: str) -> bool:
    """Tell whether a run is stored and its products are on disk, all of them and whole."""
    products = [(Path(path), size) for path, size in conn.execute(load("combine/run_files.sql"), {"run": run})]
    return bool(products) and all(path.is_file() and path.stat().st_size == size for path, size in products)


def added_since(parent: Parent | None, images: Iterable[Image]) -> int:
    """Return how many of a run's images were added since everything was made anew."""
    if parent is None:
        return 0
    return parent.added + sum(input_name(image) not in parent.inputs for image in images)
