"""What the extraction reads from the database, and what it stores there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from combine.extract.calibrate import References
from combine.extract.completeness import Completeness
from combine.extract.names import name_all
from combine.extract.saturated import ShortExposures
from combine.extract.table import Columns
from combine.measure.aperture import Floats
from combine.measure.shapes import Shapes
from combine.products import Product, read_product
from combine.shapes import read_shapes
from schema.errors import BadArgument, BadFile, NotReady
from schema.grid import Grid
from schema.settings import Settings
from schema.tables.completeness import completeness
from schema.tables.source import source
from sql import load

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Run:
    """The run that is extracted, and its field."""

    run: str
    tile: int
    grid: Grid
    density: str | None
    hemispheres: str
    epoch: float | None
    scans: int
    paths: dict[str, dict[str, Path]]
    psf: dict[str, dict[str, Path]]
    noise: dict[str, Path]


@dataclass(frozen=True)
class BrightStars:
    """PSC stars in and around a field: pixels, (stars, 3) magnitudes and errors, and whether fit for the tie."""

    x: Floats
    y: Floats
    mag: Floats
    error: Floats
    fit: Floats

    def references(self, settings: Settings) -> References:
        """Return the stars of the photometric tie."""
        bright, faint = settings["zp_mag"]
        with np.errstate(invalid="ignore"):
            good = (self.fit > 0) & (self.mag >= bright) & (self.mag <= faint)
        return References("psc", self.x, self.y, np.where(good, self.mag, np.nan), self.error)


def read_run(conn: Connection, tile: int, run: str | None, home: Path) -> Run:
    """Return the run of a field that is named, or its newest one.

    Raises
    ------
    BadArgument
        There is no such run of this field.
    NotReady
        The field has no stack at all.
    """
    with conn.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        row = cursor.execute(load("combine/extract_run.sql"), {"tile": tile, "run": run}).fetchone()
    if row is None and run is not None:
        raise BadArgument(f"field {tile} has no run {run!r}: see `deepcal show runs`")
    if row is None:
        raise NotReady(f"field {tile} has no stack yet: `deepcal stack {tile}` makes one")
    paths: dict[str, dict[str, Path]] = {}
    psf: dict[str, dict[str, Path]] = {}
    noise: dict[str, Path] = {}
    for band, direction, kind, path in conn.execute(load("combine/extract_products.sql"), {"run": row["run"]}):
        if kind == "noise":
            noise[band] = home / path
        else:
            (paths if kind == "masked" else psf).setdefault(band, {})[direction] = home / path
    if not paths:
        raise NotReady(f"run {row['run']} of field {tile} lists no masked image with scans: stack the field again")
    grid = Grid.of(row["ra"], row["dec"], row["naxis1"], row["naxis2"])
    density = row["field_density"] or row["density"]
    return Run(row["run"], tile, grid, density, row["hemispheres"], row["epoch"], row["scans"], paths, psf, noise)


def read_band(paths: Mapping[str, Path]) -> dict[str, Product]:
    """Read the masked images of a band: N, S and NS, or NS and the only direction there is.

    Raises
    ------
    BadFile
        A product is gone or broken.
    """
    wanted = dict(paths)
    if "NS" not in wanted:
        wanted["NS"] = next(iter(paths.values()))
    products: dict[str, Product] = {}
    for direction, path in wanted.items():
        if direction != "NS" and len(wanted) == 2:
            continue
        try:
            products[direction] = read_product(path)
        except (OSError, KeyError) as error:
            raise BadFile(path, f"cannot be read ({error}): stack the field again") from error
    if len(wanted) == 2:
        (alone,) = set(wanted) - {"NS"}
        products[alone] = products["NS"]
    return products


def read_measured(run: Run, band: str) -> Shapes | None:
    """Read what the stack step measured of a band; None of a run from before it did.

    Raises
    ------
    BadFile
        A file is gone or broken.
    """
    if band not in run.noise:
        return None
    try:
        return read_shapes(run.psf[band], run.noise[band])
    except (OSError, KeyError) as error:
        raise BadFile(run.noise[band], f"it, or a PSF beside it, cannot be read ({error}): stack again") from error


def read_bright(conn: Connection, run: Run, margin: float, faint: float) -> BrightStars:
    """Read the PSC stars brighter than `faint` mag in some band, out to `margin` arcsec beyond the corners."""
    ra, dec = run.grid.crval
    radius = (np.hypot(run.grid.nx, run.grid.ny) / 2 + margin) / 3600
    values = {"ra": ra, "dec": dec, "radius": radius, "faint": faint}
    rows = conn.execute(load("combine/extract_psc.sql"), values).fetchall()
    table = np.array(rows, float).reshape(-1, 12)
    x, y = run.grid.pixel(table[:, 0], table[:, 1])
    fit = np.where(table[:, 11:] > 0, table[:, 8:11], 0.0)
    return BrightStars(x, y, table[:, 2:5], table[:, 5:8], fit)


def read_standards(conn: Connection, run: Run, settings: Settings) -> References:
    """Read the standards of a field that do not move too fast, at the epoch of the stack."""
    values = {"tile": run.tile, "epoch": run.epoch, "motion": settings["standard_motion_max"][0]}
    rows = conn.execute(load("combine/extract_standards.sql"), values).fetchall()
    table = np.array(rows, float).reshape(-1, 8)
    x, y = run.grid.pixel(table[:, 0], table[:, 1])
    error = np.where(np.isfinite(table[:, 5:8]), table[:, 5:8], 0.0)
    return References("standards", x, y, table[:, 2:5], error)


def read_short(conn: Connection, run: Run) -> ShortExposures:
    """Read what the scans of a run measured on short exposures."""
    values = {"tile": run.tile, "run": run.run}
    table = np.array(conn.execute(load("combine/extract_short.sql"), values).fetchall(), float).reshape(-1, 5)
    x, y = run.grid.pixel(table[:, 0], table[:, 1])
    return ShortExposures(x, y, table[:, 2:], run.scans)


def store(
    conn: Connection,
    run: Run,
    rows: Columns,
    curves: dict[str, Columns],
    depths: list[dict[str, Any]],
    told: Completeness | None,
    finish: dict[str, Any],
    settings: Settings,
) -> None:
    """Replace the sources of a run, and say in its row how they were made; one transaction.

    Parameters
    ----------
    rows : columns of the sources
    depths : width and limit of each stack
    told : what injections tell of the list; None takes off what earlier ones told
    finish : for the row of the run
    """
    with conn.transaction():
        conn.execute(load("combine/extract_hold.sql"), {"tile": run.tile})
        rows = rows | {"name": np.array(_names(conn, run, rows, settings), object)}
        conn.execute(load("combine/extract_forget.sql"), {"run": run.run})
        conn.execute(load("combine/extract_forget_curves.sql"), {"run": run.run})
        _copy(conn, run, rows)
        for band, values in curves.items():
            _copy_curves(conn, run, band, values)
        for depth in depths:
            conn.execute(load("combine/extract_depth.sql"), {"run": run.run, **depth})
        _store_completeness(conn, run, told, "".join(run.paths))
        conn.execute(
            load("combine/extract_finish.sql"),
            {
                "run": run.run,
                "code": finish["code"],
                "confirm": finish["confirm"],
                "density": finish["density"],
                "calibration": Jsonb(finish["calibration"]),
                "stray": Jsonb(finish["stray"]),
                "parameters": Jsonb(finish["parameters"]),
            },
        )


def _store_completeness(conn: Connection, run: Run, told: Completeness | None, bands: str) -> None:
    """Replace what injections told of a run."""
    conn.execute(load("combine/completeness_forget.sql"), {"run": run.run})
    for band in bands:
        limits = {} if told is None else {"m50": told.m50.get(band), "m50_noise": told.m50_noise.get(band)}
        plain = {name: None if value is None or np.isnan(value) else value for name, value in limits.items()}
        values = {"run": run.run, "band": band, "m50": None, "m50_noise": None} | plain
        conn.execute(load("combine/completeness_limit.sql"), values)
    if told is None:
        return
    names = [column.name for column in completeness.columns if column.name != "run"]
    statement = SQL("COPY deepcal.completeness (run, {}) FROM STDIN").format(SQL(", ").join(map(Identifier, names)))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in told.rows:
            copy.write_row([run.run, *(row.get(name) for name in names)])


def _names(conn: Connection, run: Run, rows: Columns, settings: Settings) -> list[str]:
    """Name the sources after those of the runs before."""
    old = conn.execute(load("combine/extract_names.sql"), {"tile": run.tile}).fetchall()
    place = np.array([row[1:] for row in old], float).reshape(-1, 2)
    ra, dec = rows["ra"].astype(float), rows["dec"].astype(float)
    return name_all(ra, dec, [row[0] for row in old], place[:, 0], place[:, 1], settings["name_radius"][0])


def _copy(conn: Connection, run: Run, rows: Columns) -> None:
    """Write the sources; what is not finite is empty."""
    fixed = {"run": run.run, "tile": run.tile}
    names = [column.name for column in source.columns if column.name in rows or column.name in fixed]
    count = rows["id"].size
    values = [[fixed[name]] * count if name in fixed else _plain(rows[name]) for name in names]
    statement = SQL("COPY deepcal.source ({}) FROM STDIN").format(SQL(", ").join(map(Identifier, names)))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in zip(*values, strict=True):
            copy.write_row(row)


def _copy_curves(conn: Connection, run: Run, band: str, values: Columns) -> None:
    """Write the curves of growth of one band as text: lists of numbers are made faster so than one by one."""
    names = ["run", "id", "band", *values]
    texts = [_texts(value) for value in values.values()]
    lines = [
        f"{run.run}\t{number}\t{band}\t" + "\t".join(row) for number, row in enumerate(zip(*texts, strict=True), 1)
    ]
    statement = SQL("COPY deepcal.source_curve ({}) FROM STDIN").format(SQL(", ").join(map(Identifier, names)))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("\n".join([*lines, ""]))


def _texts(values: NDArray[Any]) -> list[str]:
    """Return one text a row for COPY: a number or an array of numbers, NaN inside an array, empty outside."""
    if values.ndim == 1:
        return [f"{value:.6g}" if np.isfinite(value) else r"\N" for value in values.tolist()]
    form = "{" + ",".join(["%.6g"] * values.shape[1]) + "}"
    return [form % tuple(row) for row in values.tolist()]


def _plain(values: Any) -> list[Any]:
    """Return Python values, None for what is not finite."""
    if values.dtype.kind == "f":
        return [value if np.isfinite(value) else None for value in values.tolist()]
    return list(values.tolist())
