"""The standards of a field: the primary at its centre and secondary ones, published with their errors."""

import csv
from pathlib import Path

import numpy as np

from schema.grid import Grid
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.field import Sky
from simulate.sky.known import known

EPOCH = 2000.0
SECONDARY = (0.005, 0.02)  # mag, range of the secondary standards' errors
POSITION = 0.05  # arcsec
MOTION = 3.0  # mas/yr, error of a published proper motion


def write_standards(plan: Plan, path: Path) -> tuple[Path, int]:
    """Write name, tile, position, proper motion and magnitudes; published values are true ones with their error."""
    rows = standard_rows(plan.number, plan.tile.standard, plan.seed, plan.sky, plan.grid)
    return write_standard_rows(path, rows), len(rows)


def standard_rows(tile: int, name: str, seed: int, sky: Sky, grid: Grid) -> list[list[object]]:
    """Return the published lines of a field's standards."""
    rng = stream(tile, seed, Stream.STANDARDS)
    chosen = np.flatnonzero(sky.standard > 0)
    chosen = chosen[np.argsort(sky.standard[chosen], kind="stable")]
    name = name or f"T{tile}"
    rows: list[list[object]] = []
    for number, i in enumerate(chosen.tolist()):
        error = np.array(known(tile).error) if number == 0 else np.round(rng.uniform(*SECONDARY, 3), 3)
        ra, dec = grid.sky(sky.x[i] + rng.normal(0, POSITION), sky.y[i] + rng.normal(0, POSITION))
        mags = sky.mag[i] + rng.normal(0, error)
        photometry = [text for m, e in zip(mags, error, strict=True) for text in (f"{m:.3f}", f"{e:.3f}")]
        motion = [f"{value:.1f}" for value in sky.motion[i] + rng.normal(0, MOTION, 2)]
        label = name if number == 0 else f"{name}-{number}"
        rows.append([label, tile, f"{float(ra):.6f}", f"{float(dec):.6f}", EPOCH, *motion, *photometry])
    return rows


def write_standard_rows(path: Path, rows: list[list[object]]) -> Path:
    """Write the lines of one field or of many."""
    with path.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["name", "tile", "ra", "dec", "epoch", "pmra", "pmdec", "j", "sj", "h", "sh", "ks", "sks"])
        write.writerows(rows)
    return path


def write_tiles(plan: Plan, path: Path) -> Path:
    """Write the field's own tile."""
    tile = plan.tile
    with path.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["tile", "standard", "ra", "dec", "width_arcsec", "height_arcsec"])
        write.writerow([tile.tile, tile.standard, tile.ra, tile.dec, tile.width_arcsec, tile.height_arcsec])
    return path
