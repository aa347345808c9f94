"""Which scans and which of their images go into a stack."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import class_row

from combine.stack.condition import scans_where
from schema.errors import BadArgument, NotReady
from schema.grid import Grid, SinWcs
from schema.settings import Settings
from sql import load


@dataclass(frozen=True)
class Field:
    """A field with a known centre."""

    tile: int
    ra: float
    dec: float
    naxis1: int
    naxis2: int
    standard: str | None
    current_run: str | None

    @property
    def grid(self) -> Grid:
        """The pixel grid of the field."""
        return Grid.of(self.ra, self.dec, self.naxis1, self.naxis2)

    @property
    def radius(self) -> float:
        """From the centre to a corner, in degrees."""
        return float((self.naxis1**2 + self.naxis2**2) ** 0.5 / 7200)


@dataclass(frozen=True)
class Image:
    """One image of a chosen scan, with what the stack needs to know of both."""

    image_id: int
    scan_key: int
    band: str
    usy: int
    path: str
    sha256: str
    pixel_sha256: str | None
    naxis1: int
    naxis2: int
    crval1: float
    crval2: float
    crpix1: float
    crpix2: float
    cdelt1: float
    cdelt2: float
    crota2: float
    x0: int
    x1: int
    y0: int
    y1: int
    magzp: float
    sky_measured: float
    noise_measured: float
    seesh: float | None
    exptime: float
    form: str
    hemis: str
    date: date
    scan: int
    sd: str
    hgl: int
    tile: int
    cover_path: str | None = None
    cover_sha256: str | None = None
    cover_pixel_sha256: str | None = None
    cover_frames: float | None = None

    @property
    def wcs(self) -> SinWcs:
        """The projection of the image, in the frame of its scan."""
        return SinWcs((self.crval1, self.crval2), (self.crpix1, self.crpix2), (self.cdelt1, self.cdelt2), self.crota2)


def read_field(conn: psycopg.Connection[Any], tile: int) -> Field:
    """Return a field.

    Raises
    ------
    BadArgument
        The field is not in the database.
    NotReady
        Its centre is not known.
    """
    row = conn.execute(load("combine/field.sql"), {"tile": tile}).fetchone()
    if row is None:
        raise BadArgument(
            f"field {tile} is not known: add it with `deepcal ingest tiles FILE`, or see `deepcal show fields`"
        )
    if row[1] is None:
        raise NotReady(f"field {tile} has no centre, so no grid: give one with `deepcal ingest tiles FILE`")
    return Field(*row)


def choose_scans(conn: psycopg.Connection[Any], where: str | None, settings: Settings) -> list[int]:
    """Return the keys of the scans that the default rule, or a condition in SQL, chooses.

    Raises
    ------
    BadArgument
        The condition is no condition, or names unknown columns; nothing was changed.
    """
    if where is None:
        rows = conn.execute(load("select/default.sql"), {"min_quality": settings["select_min_quality"][0]}).fetchall()
        return [key for (key,) in rows]
    return scans_where(conn, where)


def choose_images(
    conn: psycopg.Connection[Any], field: Field, scans: list[int], bands: str, settings: Settings, default: bool
) -> list[Image]:
    """Return the images of the scans that may overlap the field, by night, scan, band and row.

    With the default rule a scan gives no image in a band whose quality is too low, and none in H with an H glitch.
    """
    values = {
        "scans": scans,
        "bands": list(bands),
        "ra": field.ra,
        "dec": field.dec,
        "field_radius": field.radius,
        "radius": field.radius + 1.5,
        "min_quality": settings["select_min_quality"][0] if default else None,
    }
    with conn.cursor(row_factory=class_row(Image)) as cursor:
        images = cursor.execute(load("select/images.sql"), values).fetchall()
    return [image for image in images if not (default and image.band == "h" and image.hgl == 1)]
