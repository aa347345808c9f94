"""Registered strips for tests: a small field, an image of it, and the look at what became of it."""

import datetime
from pathlib import Path
from typing import Any, LiteralString

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from psycopg.sql import SQL

import ingest
from schema.cards import write_cards
from schema.connection import Connection
from schema.grid import Grid
from schema.header import AtlasHeader
from schema.tables.field import field
from tests.rows import put

NX, NY = 60, 320

NY = 320


STRIP = AtlasHeader(
    hemis="n",
    date=datetime.date(1998, 3, 21),
    scan=106,
    band="j",
    direction="s",
    tile=90004,
    usy=-1800,
    usxref=-270.5,
    usyref=-1800.0,
    naxis1=NX,
    naxis2=NY,
    wcs=Grid.of(28.6575, 0.7172, NX, NY),
    magzp=20.95,
    skyval=91.0,
    skysig=0.49,
    seesh=1.04,
    numfrms=48,
    dyfs=-82.4,
    coadd=None,
    exptime=7.8,
    type="cal",
)


def strip_field(conn: Connection) -> Connection:
    """Make the field that the strips lie on."""
    put(conn, field, [{"tile": 90004, "ra": 28.6575, "dec": 0.7172, "naxis1": NX, "naxis2": NY}])
    return conn


def pixels(ny: int = NY, nx: int = NX, seed: int = 1) -> NDArray[np.float32]:
    """Return a sky of 91 DN with white noise of 0.5 DN, ten columns and two rows of its rim blank."""
    image = np.random.default_rng(seed).normal(91, 0.5, (ny, nx)).astype(np.float32)
    image[:, :7] = image[:, -3:] = image[:2] = np.nan
    return image


def write(path: Path, data: NDArray[Any] | None = None, header: AtlasHeader = STRIP, **cards: Any) -> Path:
    """Write a strip; `cards` change its header (None removes a card)."""
    hdu = fits.PrimaryHDU(pixels() if data is None else data, write_cards(header))
    for card, value in cards.items():
        if value is None:
            del hdu.header[card]
        else:
            hdu.header[card] = value
    hdu.writeto(path)
    return path


def load(conn: Connection, path: Path) -> str | None:
    (result,) = ingest.images(conn, [path])
    assert (result.state == "refused") == (result.error is not None)
    return result.error


def rows(conn: Connection, columns: LiteralString) -> list[tuple[Any, ...]]:
    return conn.execute(SQL("SELECT {} FROM deepcal.image ORDER BY image_id").format(SQL(columns))).fetchall()
