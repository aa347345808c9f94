"""Small stacks with known stars for the tests of the extraction."""

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from combine.measure.psf import gaussian_psf
from combine.measure.render import RADIUS, add_stars
from combine.products import Product, file_name, write_image
from schema.connection import Connection
from schema.grid import Grid
from schema.tables.field import field
from schema.tables.stack import stack, stack_run
from tests.rows import put

SHAPE = (384, 320)
NOISE = 0.1  # DN, of a pixel of N or S
SCANS = 30
TILE, RUN = 90001, "aaaaaaaaaaaa"
GRID = Grid.of(100.0, 30.0, SHAPE[1], SHAPE[0])
FWHM = {"N": 2.8, "S": 3.0}
MAGZP = {"j": 20.9044, "h": 20.4871, "k": 19.9757}
Array = NDArray[np.float64]


def atlas_noise(seed: int, sigma: float, shape: tuple[int, int] = SHAPE) -> NDArray[np.float32]:
    """Return noise as Atlas Images have it: white noise smoothed by 0.98 pixels."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 0.98)
    return np.asarray(sigma * noise / noise.std(), np.float32)


def direction(name: str, x: ArrayLike, y: ArrayLike, flux: ArrayLike, seed: int, band: str = "j") -> Product:
    """Make the stack of one direction: stars over a sky of 80 DN."""
    image = atlas_noise(seed, NOISE) + np.float32(80)
    xs, ys, fluxes = (np.atleast_1d(np.asarray(v, float)) for v in (x, y, flux))
    add_stars(image, gaussian_psf(FWHM[name]).fine, xs, ys, fluxes, np.full(xs.size, RADIUS))
    return product(image, np.full(SHAPE, NOISE**2, np.float32), SCANS, band)


def product(image: NDArray[np.float32], var: NDArray[np.float32], scans: int, band: str = "j") -> Product:
    """Make a product of an image."""
    count = np.full(image.shape, scans, np.int16)
    return Product(image, var, count, GRID.cards() | {"BUNIT": "DN", "MAGZP": MAGZP[band]})


def joined(north: Product, south: Product) -> dict[str, Product]:
    """Join two directions of equal weight."""
    both = product((north.image + south.image) / 2, (north.var + south.var) / 4, 2 * SCANS)
    return {"N": north, "S": south, "NS": Product(both.image, both.var, both.count, north.header)}


def sky(x: ArrayLike, y: ArrayLike, flux: ArrayLike, seed: int = 1, band: str = "j") -> dict[str, Product]:
    """Make N, S and N+S of a sky with the same stars in both directions."""
    return joined(*(direction(name, x, y, flux, seed + i, band) for i, name in enumerate("NS")))


def open_field(count: int, flux: ArrayLike, seed: int) -> tuple[Array, Array, Array]:
    """Place `count` stars on a loose grid, off the middle of their pixels."""
    rng = np.random.default_rng(seed)
    step = 26
    gy, gx = np.meshgrid(np.arange(30, SHAPE[0] - 30, step), np.arange(30, SHAPE[1] - 30, step), indexing="ij")
    chosen = rng.permutation(gx.size)[:count]
    x, y = (g.ravel()[chosen] + rng.uniform(-1.5, 1.5, count) for g in (gx, gy))
    return x, y, np.broadcast_to(np.asarray(flux, float), count).copy()


def store_run(conn: Connection, home: Path, bands: dict[str, dict[str, Product]], run: str = RUN) -> None:
    """Write products below `home`, and the rows that list them."""
    folder = home / run
    folder.mkdir()
    if conn.execute("SELECT 1 FROM deepcal.field WHERE tile = %s", (TILE,)).fetchone() is None:
        put(conn, field, [{"tile": TILE, "ra": 100.0, "dec": 30.0, "naxis1": SHAPE[1], "naxis2": SHAPE[0]}])
    row = {"run": run, "tile": TILE, "bands": "".join(bands), "state": "stacked", "folder": str(folder)}
    put(conn, stack_run, [row | {"field_dra": [0.0], "field_ddec": [0.0]}])
    for band, products in bands.items():
        for name, one in products.items():
            path = folder / file_name(TILE, band, name, "masked")
            write_image(path, one)
            listed = {"run": run, "band": band, "direction": name, "kind": "masked", "path": str(path)}
            put(conn, stack, [listed | {"n_scans": SCANS, "exptime": 1.0, "magzp": MAGZP[band]}])
