"""The scan table and the extractions of many fields, and what is true of them."""

import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from schema.errors import BadArgument
from schema.grid import Grid
from schema.progress import Progress, silent
from schema.tiles import tiles as known_tiles
from simulate.catalogs.bar import write_bar
from simulate.catalogs.scan_table import FLAGS, Place, write_scans
from simulate.catalogs.standards import standard_rows, write_standard_rows
from simulate.nights.calendar import calendar
from simulate.nights.fields import main_fields
from simulate.nights.observed import SCANS_A_VISIT, Observed, observe_fields, part
from simulate.nights.schedule import Target
from simulate.sky.field import Sky, make_sky
from simulate.sky.objects import object_columns
from simulate.tables.extractions import Field, blocks, choose
from simulate.tables.measured import Numbers, measure
from simulate.tables.spoiled import KINDS, spoil
from simulate.tables.truth import write_truth

WORKERS = 2
LEVEL = 1  # of the compression: these files are many and short-lived


@dataclass(frozen=True)
class SimulatedTables:
    """The files of simulated tables by kind, and how many rows there are of each."""

    out: Path
    tiles: Path
    standards: Path
    scan: Path
    detections: tuple[Path, ...]
    truth: dict[str, Path]
    counts: dict[str, int] = default(default_factory=dict)


def tables(
    *,
    out: Path,
    only: Sequence[int] = (),
    scans: int | None = None,
    extractions: int = 2_000_000,
    variables: int = 6,
    crowding: str = "real",
    seed: int = 1,
    progress: Progress = silent,
) -> SimulatedTables:
    """Simulate the scan table, the standards and a sample of the extractions of calibration fields, without images.

    Parameters
    ----------
    out : Path
        Folder to write; made if it is not there.
    only : tiles
        Some of the 35 main fields; all of them if it is empty.
    scans : int, optional
        How many altogether, shared out as in the survey; as many as the survey made if it is not given.
    extractions : int
        About how many; a field with fewer stars in reach of its scans gives fewer.
    variables : int
        Bright single stars of each field that vary for certain.
    crowding : "low", "medium", "high" or "real"
    seed : int
        The same seed gives the same bytes, and all its fields the same nights.
    progress : callable, optional

    Raises
    ------
    BadArgument
        An argument cannot be used.
    """
    targets, numbers = _targets(only, scans)
    if extractions < 1 or seed < 0:
        raise BadArgument(f"extractions {extractions}, seed {seed}: expected at least one and a seed of 0 or more")
    progress("fields", 0, len(targets))
    nights = calendar(seed)
    observed = observe_fields(seed, nights, targets, numbers)
    spoiled = spoil(seed, observed)
    measured = measure(seed, observed, spoiled)
    for folder in ("detections", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    grids = [Grid.of(target.ra, target.dec) for target in targets]
    skies = [
        make_sky(target.tile, seed, grid, crowding, 1, variables) for target, grid in zip(targets, grids, strict=True)
    ]
    wanted = extractions / sum(numbers)
    fields = [
        _field(target.tile, seed, grid, sky, observed, measured, number, wanted)
        for number, (target, grid, sky) in enumerate(zip(targets, grids, skies, strict=True))
    ]
    written, rows = _extractions(fields, out / "detections", progress)
    places = [Place(grid, sky) for grid, sky in zip(grids, skies, strict=True)]
    noted = {
        flag: np.isin(spoiled.kind, [KINDS.index(kind) for kind, name in FLAGS.items() if name == flag]) & spoiled.noted
        for flag in FLAGS.values()
    }
    return SimulatedTables(
        out=out,
        tiles=_write_tiles(targets, out / "tiles.csv"),
        standards=_write_standards(fields, out / "standards.csv"),
        scan=write_scans(out / "scan.bar", observed, measured, noted, places),
        detections=tuple(written),
        truth={
            "objects": _write_objects(fields, out / "truth" / "objects.parquet"),
            "scans": write_truth(observed, spoiled, measured, out / "truth" / "scans.parquet"),
        },
        counts={
            "fields": len(fields),
            "scans": observed.key.size,
            "spoiled": int((np.nan_to_num(spoiled.harm) >= 1).sum()),
            "stars": sum(field.stars.size for field in fields),
            "detections": rows,
        },
    )


def _targets(only: Sequence[int], scans: int | None) -> tuple[list[Target], list[int]]:
    """Return the fields to visit and their numbers of scans."""
    known = main_fields()
    unknown = set(only) - set(known)
    if unknown:
        raise BadArgument(f"tile {min(unknown)}: not one of the main fields: {', '.join(map(str, known))}")
    fields = [field for tile, field in known.items() if not only or tile in only]
    made = [field.scans for field in fields]
    if scans is not None:
        if scans < len(fields):
            raise BadArgument(f"scans {scans}: expected at least one for each of {len(fields)} fields")
        share = scans / sum(made)
        made = [max(1, int(share * number)) for number in made]
        made[made.index(max(made))] += scans - sum(made)
    targets = [
        Target(field.tile, field.ra, field.dec, field.hemis, -(-number // SCANS_A_VISIT))
        for field, number in zip(fields, made, strict=True)
    ]
    return targets, made


def _field(
    tile: int, seed: int, grid: Grid, sky: Sky, observed: Observed, measured: Numbers, number: int, wanted: float
) -> Field:
    mine = observed.field == number
    numbers = Numbers(**{name: values[mine] for name, values in vars(measured).items()})
    stars = choose(tile, seed, grid, sky, numbers, wanted)
    return Field(tile, seed, grid, sky, stars, part(observed, mine), numbers)


def _extractions(fields: Sequence[Field], folder: Path, progress: Progress) -> tuple[list[Path], int]:
    """Write the extractions of every field, in several files where there are many."""
    paths: list[Path] = []
    rows = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for done, found in enumerate(pool.map(lambda field: list(_write_field(field, folder)), fields), 1):
            paths += [path for path, _ in found]
            rows += sum(count for _, count in found)
            progress("fields", done, len(fields))
    return paths, rows


def _write_field(field: Field, folder: Path) -> Iterator[tuple[Path, int]]:
    for number, (rows, columns) in enumerate(blocks(field), 1):
        path = folder / f"cal_{field.tile}_{number:03d}.bar.gz"
        yield write_bar(path, "detection", columns, rows, LEVEL), rows


def _write_tiles(targets: Sequence[Target], path: Path) -> Path:
    with path.open("w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["tile", "standard", "ra", "dec", "width_arcsec", "height_arcsec"])
        for target in targets:
            grid = Grid.of(target.ra, target.dec)
            write.writerow([target.tile, known_tiles()[target.tile].standard, target.ra, target.dec, grid.nx, grid.ny])
    return path


def _write_standards(fields: Sequence[Field], path: Path) -> Path:
    rows = []
    for field in fields:
        rows += standard_rows(field.tile, known_tiles()[field.tile].standard, field.seed, field.sky, field.grid)
    return write_standard_rows(path, rows)


def _write_objects(fields: Sequence[Field], path: Path) -> Path:
    """Write the stars that are measured, and of which field they are."""
    parts = [
        pa.table(object_columns(field.sky))
        .take(pa.array(field.stars))
        .add_column(0, "tile", pa.array([field.tile] * field.stars.size))
        for field in fields
    ]
    pq.write_table(pa.concat_tables(parts), path, compression="zstd")
    return path
