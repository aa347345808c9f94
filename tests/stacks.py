"""Scans and images made by hand for the tests of the stack, without the simulator."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from scipy import ndimage

from combine.stack.band import Member
from combine.stack.geometry import Frame, Offset, place
from combine.stack.pixels import Pixels
from combine.stack.select import Image
from schema.connection import Connection
from schema.grid import Grid
from schema.tables.field import field
from schema.tables.scan import detection, scan
from schema.tables.scan import image as image_table
from schema.tables.twomass import psc
from tests.rows import put

GRID = Grid.of(145.7446, 59.0619, 160, 320)
FRAME = Frame.of(GRID)
Array = NDArray[np.float64]
SMALL = 99001
"""Tile of the small field."""
_RNG = np.random.default_rng(11)
_X, _Y, _FLUX = _RNG.uniform(12, 148, 30), _RNG.uniform(12, 308, 30), 10 ** _RNG.uniform(3, 4.5, 30)


def star_image(x: Array, y: Array, flux: Array, fwhm: float = 2.8, shape: tuple[int, int] = (320, 160)) -> Array:
    """Draw Gaussian stars of a total flux (DN) at pixel positions."""
    image, sigma = np.zeros(shape), fwhm / 2.3548
    py, px = np.arange(shape[0]), np.arange(shape[1])
    for a, b, f in zip(x, y, flux, strict=True):
        profile = np.exp(-0.5 * ((py - b) / sigma) ** 2)[:, None] * np.exp(-0.5 * ((px - a) / sigma) ** 2)
        image += f * profile / (2 * np.pi * sigma**2)
    return image


def noise_image(seed: int, sigma: float, shape: tuple[int, int] = (320, 160)) -> Array:
    """Make noise correlated as in real Atlas Images, `sigma` DN a pixel."""
    white = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 0.98)
    return np.asarray(sigma * white / white.std())


def image_row(scan: int, grid: Grid = GRID, sd: str = "n", **changes: object) -> Image:
    """Describe an image on the grid itself."""
    values: dict[str, object] = {
        "image_id": scan, "scan_key": scan, "band": "j", "usy": 0, "path": "", "sha256": "", "pixel_sha256": None,
        "naxis1": grid.nx,
        "naxis2": grid.ny, "crval1": grid.crval[0], "crval2": grid.crval[1], "crpix1": grid.crpix[0],
        "crpix2": grid.crpix[1], "cdelt1": -1 / 3600, "cdelt2": 1 / 3600, "crota2": 0.0, "x0": 0, "x1": grid.nx,
        "y0": 0, "y1": grid.ny, "magzp": 20.9044, "sky_measured": 100.0, "noise_measured": 0.8, "seesh": 1.0,
        "exptime": 7.8, "form": "strip", "hemis": "n", "date": date(1999, 1, 1), "scan": scan, "sd": sd, "hgl": 0,
        "tile": 90091,
    }  # fmt: skip
    return Image(**{**values, **changes})  # type: ignore[arg-type]  # the values are of the types of the columns


def member(scan: int, data: Array, sd: str = "n", offset: tuple[float, float] = (0.0, 0.0), visit: int = 0) -> Member:
    """Place one image whose scan has this offset (arcsec), with a photometric scale of 1."""
    placed = place(image_row(scan, sd=sd), GRID, Offset(np.array([offset[0]]), np.array([offset[1]])), 0.005)
    assert placed is not None
    return Member(scan, visit, [placed], [Pixels(np.ascontiguousarray(data, ">f4"))], 1.0)


def small_field(conn: Connection, folder: Path, bands: str = "j", scans: int = 8) -> int:
    """Store a small field with scans of two or more visits, their images and their extractions; return its tile."""
    centre = {"ra": GRID.crval[0], "dec": GRID.crval[1], "naxis1": GRID.nx, "naxis2": GRID.ny}
    put(conn, field, [{"tile": SMALL, **centre}])
    conn.execute("SELECT deepcal.add_tile_partition(%s)", (SMALL,))
    identities = [
        {"scan_key": k + 1, "hemis": "n", "date": date(1999, 1, 1 + k // 6), "scan": 10 + k, "tile": SMALL}
        for k in range(scans)
    ]
    put(conn, scan, [row | {"sd": "ns"[k % 2]} for k, row in enumerate(identities)])
    put(conn, image_table, [_image_values(folder, k, band) for k in range(scans) for band in bands])
    ra, dec = GRID.sky(_X, _Y)
    seen = {"j_snr": 50.0, "cc_flg": "000"}
    rows = [
        {**row, **seen, "cntr": 100 * k + n, "ra": float(ra[n]), "decl": float(dec[n])}
        for k, row in enumerate(identities)
        for n in range(len(_X))
    ]
    put(conn, detection, rows)
    return SMALL


def tie_stars(conn: Connection) -> None:
    """Store the stars of the small field as the PSC has them: 0.3" west and 0.5" south of where its scans see them."""
    ra, dec = GRID.sky(_X, _Y)
    fit = {"k_m": 12.0, "rd_flg": "222", "ph_qual": "AAA", "cc_flg": "000", "gal_contam": 0, "ext_key": None}
    west = 0.3 / 3600 / np.cos(np.radians(dec))
    places = zip((ra - west).tolist(), (dec - 0.5 / 3600).tolist(), strict=True)
    put(conn, psc, [fit | {"pts_key": n, "ra": a, "decl": d} for n, (a, d) in enumerate(places)])


def _image_values(folder: Path, k: int, band: str) -> dict[str, object]:
    """Write the image of one scan and return its row."""
    path = folder / f"{band}{k}.fits"
    fits.writeto(path, (star_image(_X, _Y, _FLUX) + noise_image(k, 0.8) + 100 + k).astype(">f4"))
    return {
        "scan_key": k + 1, "band": band, "usy": 0, "form": "strip", "path": str(path), "naxis1": 160, "naxis2": 320,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "crval1": GRID.crval[0], "crval2": GRID.crval[1],
        "crpix1": 80.5, "crpix2": 160.5, "cdelt1": -1 / 3600, "cdelt2": 1 / 3600, "crota2": 0.0, "ra": GRID.crval[0],
        "dec": GRID.crval[1], "radius": 0.05, "x0": 0, "x1": 160, "y0": 0, "y1": 320, "magzp": 20.9044,
        "blank_fraction": 0.0, "sky_measured": 100.0 + k, "noise_measured": 0.8,
    }  # fmt: skip
