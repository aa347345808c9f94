"""Strips and Atlas Images for benches: stars and correlated noise, quickly made, on a field at Dec +30."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from scipy import ndimage

from combine.stack.band import Member
from combine.stack.geometry import Frame, Offset, Placement, place, share_rows
from combine.stack.pixels import Pixels, open_pixels
from combine.stack.select import Image
from schema.grid import Grid, SinWcs
from schema.settings import defaults

GRID = Grid.of(247.89, 30.1467)
FRAME = Frame.of(GRID)
MAGZP, SKY, SIGMA, FWHM = 20.9044, 150.0, 0.8, 2.8
SHIFT_MAX = defaults()["block_shift_max"][0] / 1000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Stars:
    """Stars of a field: pixels of the grid, DN in one scan."""

    x: Array
    y: Array
    flux: Array

    @classmethod
    def scattered(cls, count: int, seed: int = 1) -> "Stars":
        """Scatter stars over the field, three times as many a magnitude fainter."""
        rng = np.random.default_rng(seed)
        return cls(*(rng.uniform(-20, n + 20, count) for n in (GRID.nx, GRID.ny)), 30 * rng.pareto(1.2, count) + 30)


def write_strip(path: Path, stars: Stars | None, seed: int, fwhm: float = FWHM) -> Image:
    """Write one strip of 510 columns, shifted by part of a pixel, and describe it; without stars only describe it."""
    rng = np.random.default_rng(seed)
    dx, dy = rng.uniform(-0.5, 0.5, 2)
    wcs = SinWcs(GRID.crval, (GRID.crpix[0] - 15 + dx, GRID.crpix[1] + dy))
    return _write(path, wcs, (510, GRID.ny), stars, seed, fwhm, "strip", 0)


def write_atlas(path: Path, stars: Stars, seed: int, number: int, fwhm: float = FWHM) -> Image:
    """Write one of the four Atlas Images of a scan, each turned a little, and describe it."""
    angle = np.random.default_rng(seed // 4).uniform(-0.5, 0.5)
    middle = GRID.sky(GRID.crpix[0] - 1, 512 + number * 970 - 160)
    wcs = SinWcs((float(middle[0]), float(middle[1])), (256.5, 512.5), crota2=angle)
    return _write(path, wcs, (512, 1024), stars, seed, fwhm, "atlas", number)


def _write(
    path: Path, wcs: SinWcs, shape: tuple[int, int], stars: Stars | None, seed: int, fwhm: float, form: str, number: int
) -> Image:
    """Draw, write and describe an image."""
    nx, ny = shape
    cards = {
        "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CRVAL1": wcs.crval[0], "CRVAL2": wcs.crval[1],
        "CRPIX1": wcs.crpix[0], "CRPIX2": wcs.crpix[1], "CDELT1": wcs.cdelt[0], "CDELT2": wcs.cdelt[1],
        "CROTA2": wcs.crota2, "EQUINOX": 2000.0, "MAGZP": MAGZP,
    }  # fmt: skip
    if stars is not None:
        x, y = wcs.pixel(*GRID.sky(stars.x, stars.y))
        data = draw_stars(x, y, stars.flux, fwhm, (ny, nx)) + correlated_noise(seed, (ny, nx)) + np.float32(SKY)
        fits.PrimaryHDU(data.astype(">f4"), fits.Header(cards)).writeto(path, overwrite=True)
    scan = seed if form == "strip" else seed // 4
    return Image(
        image_id=seed, scan_key=scan, band="j", usy=number, path=str(path), sha256="", pixel_sha256=None,
        naxis1=nx, naxis2=ny,
        crval1=wcs.crval[0], crval2=wcs.crval[1], crpix1=wcs.crpix[0], crpix2=wcs.crpix[1], cdelt1=wcs.cdelt[0],
        cdelt2=wcs.cdelt[1], crota2=wcs.crota2, x0=0, x1=nx, y0=0, y1=ny, magzp=MAGZP, sky_measured=SKY,
        noise_measured=SIGMA, seesh=1.0, exptime=7.8, form=form, hemis="n", date=date(1999, 1, 1), scan=scan,
        sd="ns"[scan % 2], hgl=0, tile=90330,
    )  # fmt: skip


def draw_stars(x: Array, y: Array, flux: Array, fwhm: float, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Draw Gaussian stars in boxes of 21 pixels."""
    image = np.zeros((shape[0] + 40, shape[1] + 40), np.float32)
    k, s = np.arange(-10, 11), fwhm / 2.3548
    for a, b, f in zip(x, y, flux, strict=True):
        i, j = round(a), round(b)
        if -10 <= i < shape[1] + 10 and -10 <= j < shape[0] + 10:
            row, column = np.exp(-0.5 * ((k + i - a) / s) ** 2), np.exp(-0.5 * ((k + j - b) / s) ** 2)
            image[j + 10 : j + 31, i + 10 : i + 31] += (f / (2 * np.pi * s * s) * column[:, None] * row).astype("f4")
    return image[20:-20, 20:-20]


def correlated_noise(seed: int, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Make noise as correlated as that of Atlas Images, SIGMA DN a pixel."""
    white = np.random.default_rng(seed).standard_normal(shape, np.float32)
    smooth = ndimage.gaussian_filter(white, 0.98)
    return np.asarray(smooth * np.float32(SIGMA / smooth.std()))


def members(images: list[Image], scans: int) -> dict[str, list[Member]]:
    """Make so many scans of images, which may be used again and again, half of them in each direction."""
    by_scan: dict[int, list[tuple[Placement, Pixels]]] = {}
    zero = Offset(np.zeros(1), np.zeros(1))
    for image in images:
        placed = place(image, GRID, zero, SHIFT_MAX)
        if placed is not None:
            by_scan.setdefault(image.scan_key, []).append((placed, open_pixels(image, Path())))
    kinds = []
    for parts in by_scan.values():
        shared = share_rows([placed for placed, _ in parts])
        pixels = {placed.image.image_id: mapped for placed, mapped in parts}
        kinds.append((shared, [pixels[placed.image.image_id] for placed in shared]))
    result: dict[str, list[Member]] = {"n": [], "s": []}
    for k in range(scans):
        shared, mapped = kinds[k % len(kinds)]
        result["ns"[k % 2]].append(Member(k, k // 6, shared, mapped, 1.0))
    return result
