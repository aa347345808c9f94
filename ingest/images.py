"""Images of scans: identity and calibration from the header, a first look at the pixels, one row each."""

from dataclasses import asdict
from math import cos, radians
from pathlib import Path

import numpy as np

from ingest.pixels import look
from ingest.text import Step, check_packed
from schema.connection import Connection
from schema.errors import BadFile
from schema.grid import SinWcs
from schema.header import AtlasHeader, read_header
from sql import load

ATLAS = {(512, 1024), (512, 698)}
ON_GRID = 1e-5  # deg, between the centres of a strip and of its field

Row = dict[str, object]


def load_image(conn: Connection, path: Path, file_id: int, step: Step) -> int:
    """Load one image; a scan that no table has told of yet gets a provisional row.

    Raises
    ------
    BadFile
        No image of one scan, unusable cards or pixels, another shape, or the image is there from another file.
    """
    check_packed(path)
    header = read_header(path)
    row = _described(path, header) | {"file_id": file_id}
    _refuse_off_grid(conn, path, header, str(row["form"]))
    row["scan_key"] = _scan(conn, path, header, file_id)
    taken = conn.execute(load("ingest/image_there.sql"), row).fetchone()
    if taken is not None:
        raise BadFile(path, f"this image (scan, band and USYREF {header.usy}) was loaded from {taken[0]}, other bytes")
    conn.execute(load("ingest/image.sql"), row)
    return 1


def _described(path: Path, header: AtlasHeader) -> Row:
    ra, dec, radius = extent(header.wcs, header.naxis1, header.naxis2)
    names = ("band", "usy", "coadd", "naxis1", "naxis2", "magzp", "skyval", "skysig", "seesh", "exptime")
    row: Row = {name: getattr(header, name) for name in names}
    row |= {"form": _form(path, header), "path": str(path), "crota2": header.wcs.crota2}
    for axis in (0, 1):
        row[f"crval{axis + 1}"] = header.wcs.crval[axis]
        row[f"crpix{axis + 1}"] = header.wcs.crpix[axis]
        row[f"cdelt{axis + 1}"] = header.wcs.cdelt[axis]
    return row | {"ra": ra, "dec": dec, "radius": radius} | asdict(look(path))


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
