"""What the report shows: the rows and images of one run, its figures, and the truth they are held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from combine.measure.background import background
from combine.products import Product, read_product
from deepcal.report.colour import Stretch
from deepcal.report.figures import Figures
from deepcal.report.tables import Tables
from deepcal.truth import Comparison, Truth
from schema.grid import Grid, SinWcs

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Material:
    """One run of one field: its rows, the truth, what the comparison found, the figures."""

    tables: Tables
    truth: Truth
    compared: Comparison
    figures: Figures

    @property
    def bands(self) -> list[str]:
        """The bands that have a stack."""
        return self.tables.bands

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """The N+S stack of every band."""
        return {band: self.product(band, "NS") for band in self.bands}

    def product(self, band: str, direction: str) -> Product:
        """Read a stack."""
        return read_product(Path(str(self.tables.stack(band, direction).path)))

    @cached_property
    def light(self) -> Mapping[str, Plane]:
        """The N+S stacks without their sky, DN."""
        return {band: product.image - background(product.image) for band, product in self.products.items()}

    @cached_property
    def stretch(self) -> Stretch:
        """The one stretch of all pictures of the sky."""
        rows = {band: self.tables.stack(band) for band in self.bands}
        noise, magzp = ({band: float(row[name]) for band, row in rows.items()} for name in ("noise_pixel", "magzp"))
        return Stretch.of(noise, magzp)

    @cached_property
    def typical_scan(self) -> int:
        """The scan of median noise among those that every band uses."""
        used = self.tables.scans[self.tables.scans.used.eq(True)]
        noise = used.pivot_table(index="scan_key", columns="band", values="noise_aper").dropna()
        rank = (noise / noise.median()).mean(axis=1).sort_values(kind="stable")
        return int(rank.index[len(rank) // 2])

    @cached_property
    def one_scan(self) -> Mapping[str, Plane]:
        """That scan on the field's grid without its sky, DN at the zero point of the stack; nothing is interpolated."""
        grid, images = self.tables.grid, self.tables.images
        planes = {}
        for band in self.bands:
            plane = np.full((grid.ny, grid.nx), np.nan, np.float32)
            mine = images[(images.scan_key == self.typical_scan) & (images.band == band)]
            for row in mine.to_dict("records"):
                put(plane, grid, row, float(self.tables.stack(band).magzp))
            planes[band] = plane
        return planes


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
