"""The standards of a field: the primary at its centre and secondary ones, published with their errors."""

import csv
from pathlib import Path

import numpy as np

from simulate.known import known
from simulate.plan import Plan
from simulate.seeds import Stream, stream

EPOCH = 2000.0
SECONDARY = (0.005, 0.02)  # mag, range of the secondary standards' errors
POSITION = 0.05  # arcsec


def write_standards(plan: Plan, path: Path) -> tuple[Path, int]:
    """Write name, tile, position, proper motion and magnitudes; published values are true ones with their error."""
    rng = stream(plan.number, plan.seed, Stream.STANDARDS)
    sky = plan.sky
    chosen = np.flatnonzero(sky.standard > 0)
    chosen = chosen[np.argsort(sky.standard[chosen], kind="stable")]
    name = plan.tile.standard or f"T{plan.number}"
    with path.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["name", "tile", "ra", "dec", "epoch", "pmra", "pmdec", "j", "sj", "h", "sh", "ks", "sks"])
        for number, i in enumerate(chosen.tolist()):
            error = np.array(known(plan.number).error) if number == 0 else np.round(rng.uniform(*SECONDARY, 3), 3)
            ra, dec = plan.grid.sky(sky.x[i] + rng.normal(0, POSITION), sky.y[i] + rng.normal(0, POSITION))
            mags = sky.mag[i] + rng.normal(0, error)
            photometry = [text for m, e in zip(mags, error, strict=True) for text in (f"{m:.3f}", f"{e:.3f}")]
            label = name if number == 0 else f"{name}-{number}"
            write.writerow([label, plan.number, f"{float(ra):.6f}", f"{float(dec):.6f}", EPOCH, 0.0, 0.0, *photometry])
    return path, chosen.size


def write_tiles(plan: Plan, path: Path) -> Path:
    """Write the field's own tile."""
    tile = plan.tile
    with path.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["tile", "standard", "ra", "dec", "width_arcsec", "height_arcsec"])
        write.writerow([tile.tile, tile.standard, tile.ra, tile.dec, tile.width_arcsec, tile.height_arcsec])
    return path
