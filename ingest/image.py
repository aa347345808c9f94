"""Images of scans and their coverage maps: identity from the header, a quick look at the pixels, one row each."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from math import cos, radians
from pathlib import Path

import numpy as np

from ingest.pixels import look, look_at_coverage
from ingest.text import Step, check_packed
from schema.connection import Connection
from schema.errors import BadFile
from schema.grid import Grid, SinWcs
from schema.header import FRAMES, AtlasHeader, read_header
from sql import load

ATLAS = {(512, 1024), (512, 698)}
ON_GRID = 1e-5  # deg, between the centres of a strip and of its field
COVERAGE_NAME = re.compile(r"c[JHK]_(asky|strip)_")

Row = dict[str, object]


def load_image(conn: Connection, path: Path, file_id: int, step: Step, replaces: Sequence[int] = ()) -> int:
    """Load one image or coverage map; a scan that no table has told of yet gets a provisional row.

    Raises
    ------
    BadFile
        No image of one scan, unusable cards or pixels, another shape, no field below it, or the image is there from
        another file.
    """
    check_packed(path)
    header = read_header(path)
    row = _described(path, header) | {"file_id": file_id}
    if COVERAGE_NAME.match(path.name) and not header.is_coverage:
        raise BadFile(path, f"named as a coverage map, but card BUNIT is {header.bunit!r}, expected {FRAMES!r}")
    _refuse_off_grid(conn, path, header, str(row["form"]))
    _refuse_outside(conn, path, header, row)
    row |= asdict(look_at_coverage(path) if header.is_coverage else look(path))
    row["scan_key"] = _scan(conn, path, header, file_id)
    if replaces:
        conn.execute(load("ingest/remove_image.sql"), {"file_ids": list(replaces)})
    _insert(conn, path, "coverage" if header.is_coverage else "image", row)
    return 1


def _insert(conn: Connection, path: Path, what: str, row: Row) -> None:
    """Store an image or a coverage map that is not there yet and fits its counterpart."""
    named = "image" if what == "image" else "coverage map"
    taken = conn.execute(load(f"ingest/{what}_there.sql"), row).fetchone()
    if taken is not None:
        place = f"scan, band and USYREF {row['usy']}"
        raise BadFile(path, f"this {named} ({place}) was loaded from {taken[0]}, other bytes")
    for other, nx, ny in conn.execute(load("ingest/image_shapes.sql"), row).fetchall():
        if (nx, ny) != (row["naxis1"], row["naxis2"]):
            raise BadFile(path, f"{row['naxis1']} x {row['naxis2']} pixels, the {other} of it has {nx} x {ny}")
    conn.execute(load(f"ingest/{what}.sql"), row)


def _described(path: Path, header: AtlasHeader) -> Row:
    with np.errstate(invalid="ignore"):
        ra, dec, radius = extent(header.wcs, header.naxis1, header.naxis2)
    if not np.isfinite([ra, dec, radius]).all():
        raise BadFile(path, f"the pixels do not lie on the sky: CRPIX {header.wcs.crpix}, CDELT {header.wcs.cdelt}")
    names = (
        "band",
        "usy",
        "coadd",
        "naxis1",
        "naxis2",
        "magzp",
        "skyval",
        "skysig",
        "seesh",
        "exptime",
        "dxfs",
        "dyfs",
    )
    row: Row = {name: getattr(header, name) for name in names}
    row |= {"form": _form(path, header), "path": str(path), "crota2": header.wcs.crota2}
    for axis in (0, 1):
        row[f"crval{axis + 1}"] = header.wcs.crval[axis]
        row[f"crpix{axis + 1}"] = header.wcs.crpix[axis]
        row[f"cdelt{axis + 1}"] = header.wcs.cdelt[axis]
    return row | {"ra": ra, "dec": dec, "radius": radius}


def extent(wcs: SinWcs, nx: int, ny: int) -> tuple[float, float, float]:
    """Return centre and radius to the farthest corner of an image, in degrees."""
    ra, dec = (float(value) for value in wcs.sky((nx - 1) / 2, (ny - 1) / 2))
    corner_ra, corner_dec = wcs.sky([-0.5, nx - 0.5, -0.5, nx - 0.5], [-0.5, -0.5, ny - 0.5, ny - 0.5])
    away = np.sin(np.radians(corner_dec - dec) / 2) ** 2
    away += cos(radians(dec)) * np.cos(np.radians(corner_dec)) * np.sin(np.radians(corner_ra - ra) / 2) ** 2
    return ra, dec, float(np.degrees(2 * np.arcsin(np.sqrt(away))).max())


def _form(path: Path, header: AtlasHeader) -> str:
    """Tell an Atlas Image from a strip registered on the grid of its field."""
    shape = header.naxis1, header.naxis2
    if shape in ATLAS:
        return "atlas"
    if header.wcs.crota2 == 0 and header.wcs.crpix == ((shape[0] + 1) / 2, (shape[1] + 1) / 2):
        return "strip"
    raise BadFile(
        path,
        f"{shape[0]} x {shape[1]} pixels, expected an Atlas Image (512 x 1024 or 512 x 698) or a strip on the grid of "
        "its field (CROTA2 0, CRPIX in the middle)",
    )


def _refuse_off_grid(conn: Connection, path: Path, header: AtlasHeader, form: str) -> None:
    field = conn.execute(load("ingest/field.sql"), {"tile": header.tile}).fetchone()
    if form == "atlas" or field is None:
        return
    naxis1, naxis2, ra, dec = field
    near = abs(header.wcs.crval[1] - dec) < ON_GRID and abs(header.wcs.crval[0] - ra) * cos(radians(dec)) < ON_GRID
    if not near or (header.naxis1, header.naxis2) != (naxis1, naxis2):
        raise BadFile(
            path,
            f"{header.naxis1} x {header.naxis2} pixels around {header.wcs.crval}, expected the grid of field "
            f"{header.tile}: {naxis1} x {naxis2} around ({ra}, {dec})",
        )


def _refuse_outside(conn: Connection, path: Path, header: AtlasHeader, row: Row) -> None:
    """Refuse an image below which no known field lies; a field whose centre is not known takes those that name it."""
    values = {"ra": row["ra"], "dec": row["dec"], "tile": header.tile}
    fields = conn.execute(load("ingest/fields_near.sql"), values).fetchall()
    if not fields:
        raise BadFile(path, "there are no fields yet: `deepcal ingest tiles` first, then this image again")
    for _, ra, dec, nx, ny, _ in fields:
        if ra is None or _overlap(header, Grid.of(ra, dec, nx, ny)):
            return
    tile, *_, away = fields[0]
    raise BadFile(
        path,
        f"lies around {row['ra']:.4f}, {row['dec']:.4f} and overlaps no field: the nearest, {tile}, is {away:.2f} deg "
        "away. `deepcal ingest tiles FILE` adds a field; then ingest this image again",
    )


def _overlap(header: AtlasHeader, grid: Grid) -> bool:
    """Tell whether an image reaches into the grid of a field."""
    x, y = np.meshgrid(np.linspace(0, header.naxis1 - 1, 9), np.linspace(0, header.naxis2 - 1, 9))
    column, row = grid.pixel(*header.wcs.sky(x, y))
    if np.isnan(column).any():
        return False
    inside = column.max() >= 0 and column.min() <= grid.nx - 1 and row.max() >= 0 and row.min() <= grid.ny - 1
    return bool(inside)


def _scan(conn: Connection, path: Path, header: AtlasHeader, file_id: int) -> int:
    """Return the key of the image's scan, after making a provisional row where there is none."""
    who = {"hemis": header.hemis, "date": header.date, "scan": header.scan}
    found = conn.execute(load("ingest/scan.sql"), who).fetchone()
    if found is None:
        conn.execute(load("ingest/lock_scans.sql"))
        new = who | {"tile": header.tile, "sd": header.direction, "file_id": file_id}
        conn.execute(load("ingest/provisional_scan.sql"), new)
        found = conn.execute(load("ingest/scan.sql"), who).fetchone()
    assert found is not None, "the scan was there or was made"
    key, direction = found
    if direction != header.direction:
        raise BadFile(path, f"card SCANDIR is {header.direction!r}, the scan table says {direction!r} for this scan")
    return int(key)
