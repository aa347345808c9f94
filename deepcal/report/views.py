"""The stacks of one run as pictures show them: without their sky, under one stretch, beside one of their scans."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from astropy.io import fits
from numpy.typing import NDArray

from combine.measure.background import background
from combine.products import Product, read_product
from deepcal.frames import fetch
from deepcal.report.colour import Picture, Stretch
from deepcal.truth.depth import inventory
from schema.connection import Connection
from schema.errors import BadArgument, NotReady
from schema.grid import Grid, SinWcs
from sql import load

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Views:
    """One run of one field.

    stacks : rows of the inventory
    used : scan_key, band and noise_aper of the scans in the stacks
    images : of these scans
    """

    tile: int
    run: str
    grid: Grid
    stacks: pd.DataFrame
    used: pd.DataFrame
    images: pd.DataFrame

    @property
    def bands(self) -> list[str]:
        """The bands that have a stack."""
        there = self.stacks[(self.stacks.kind == "image") & (self.stacks.n_scans > 0)]
        return [band for band in "jhk" if band in set(there.band)]

    def stack(self, band: str, direction: str = "NS") -> Any:
        """Return the row of an image in the inventory."""
        return inventory(self.stacks, band, direction, "image")

    def product(self, band: str, direction: str = "NS") -> Product:
        """Read a stack."""
        return read_product(Path(str(self.stack(band, direction).path)))

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The N+S stack of every band."""
        return {band: self.product(band) for band in self.bands}

    @cached_property
    def light(self) -> Mapping[str, Plane]:
        """The N+S stacks without their sky, DN."""
        return {band: product.image - background(product.image) for band, product in self.products.items()}

    @cached_property
    def stretch(self) -> Stretch:
        """The one stretch of all pictures of the sky."""
        rows = {band: self.stack(band) for band in self.bands}
        noise, magzp = ({band: float(row[name]) for band, row in rows.items()} for name in ("noise_pixel", "magzp"))
        return Stretch.of(noise, magzp)

    @cached_property
    def typical_scan(self) -> int:
        """The scan of median noise among those that every band uses."""
        noise = self.used.pivot_table(index="scan_key", columns="band", values="noise_aper").dropna()
        rank = (noise / noise.median()).mean(axis=1).sort_values(kind="stable")
        if rank.empty:
            raise NotReady(f"run {self.run}: no scan is in the stacks of all bands, so none can be shown beside them")
        return int(rank.index[len(rank) // 2])

    @cached_property
    def one_scan(self) -> Mapping[str, Plane]:
        """That scan on the field's grid without its sky, DN at the zero point of the stack; nothing is interpolated."""
        planes = {}
        for band in self.bands:
            plane = np.full((self.grid.ny, self.grid.nx), np.nan, np.float32)
            mine = self.images[(self.images.scan_key == self.typical_scan) & (self.images.band == band)]
            for row in mine.to_dict("records"):
                put(plane, self.grid, row, float(self.stack(band).magzp))
            planes[band] = plane
        return planes

    def painted(self, planes: Mapping[str, Plane]) -> Picture:
        """Return a picture of light: in colour where there are three bands, grey where not."""
        if set(self.bands) == set("jhk"):
            return self.stretch.picture(planes)
        return np.repeat(self.stretch.grey(planes[self.bands[0]], self.bands[0])[..., None], 3, axis=2)


def read_views(conn: Connection, tile: int) -> Views:
    """Read what pictures of a field's current run need, or of its newest one where none is current.

    Raises
    ------
    BadArgument
        There is no such field.
    NotReady
        It has no stack.
    """
    with conn.transaction():
        field = conn.execute(load("combine/field.sql"), {"tile": tile}).fetchone()
        if field is None:
            raise BadArgument(f"field {tile} is not known: see `deepcal show fields`")
        stacks = fetch(conn, load("query/stacks.sql"), {"tile": tile})
        if stacks.empty:
            raise NotReady(f"field {tile} has no stack yet: `deepcal stack {tile}` makes one")
        run = str(stacks.run.iloc[0])
        used, images = (fetch(conn, load(f"report/{name}.sql"), {"run": run}) for name in ("used", "images"))
    return Views(tile, run, Grid.of(field[1], field[2], field[3], field[4]), stacks, used, images)


def put(plane: Plane, grid: Grid, image: Mapping[Any, Any], magzp: float) -> None:
    """Fill blank pixels of a plane with the nearest ones of an image without its sky, scaled to a zero point."""
    with fits.open(image["path"]) as hdus:
        data = next(hdu.data for hdu in hdus if hdu.data is not None).astype(np.float32)
    data -= background(data)
    crval, crpix, cdelt = (_pair(image, name) for name in ("crval", "crpix", "cdelt"))
    wcs = SinWcs(crval, crpix, cdelt, float(image["crota2"]))
    y, x = np.mgrid[0 : grid.ny, 0 : grid.nx]
    column, row = (np.rint(where).astype(int) for where in wcs.pixel(*grid.sky(x, y)))
    blank = np.isnan(plane) & (column >= 0) & (column < data.shape[1]) & (row >= 0) & (row < data.shape[0])
    plane[blank] = data[row[blank], column[blank]] * np.float32(10 ** (0.4 * (magzp - float(image["magzp"]))))


def _pair(image: Mapping[Any, Any], name: str) -> tuple[float, float]:
    return float(image[f"{name}1"]), float(image[f"{name}2"])
