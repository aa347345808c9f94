"""Scans for bench/stack_quality.py: stars, a galaxy, airglow and noise, and false light in known places."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from scipy import ndimage

from bench.strips import MAGZP, SHIFT_MAX, SKY, correlated_noise, draw_stars
from combine.stack.band import Member
from combine.stack.geometry import Frame, Offset, place
from combine.stack.pixels import Pixels, open_pixels
from combine.stack.select import Image
from schema.grid import Grid, SinWcs

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
GRID = Grid.of(247.89, 30.1467, 540, 1200)
FRAME = Frame.of(GRID)
SIGMA = 0.8
FAINT, GALAXY = 300, (150.0, 700.0, 2e5, 7.15)
"""How many faint stars; column, row, DN and scale length (arcsec) of an exponential disk of about an arcmin."""
AHEAD = {"n": 82.4, "s": -82.3}
"""Rows from a star to its latent image."""
LATENT, LATENT_LIMIT = 0.005, 15000.0
"""Part of a star that the array remembers, and the faintest star (DN) whose latent image is drawn."""
METEORS, INSECTS, HOT = (2, 9), 5, 6
"""Scans with a trail, the scan with spots, and hot pixels in every scan."""


@dataclass
class Scene:
    """What was planted, on the grid: stars, and the light (DN in its scan) of every kind of false light."""

    x: Array
    y: Array
    flux: Array
    scans: int
    planted: dict[str, Plane] = field(default_factory=dict)

    @classmethod
    def made(cls, scans: int) -> "Scene":
        """Put bright stars far from each other, faint ones anywhere but near the galaxy."""
        rng = np.random.default_rng(4)
        y, x = (
            a.ravel() + rng.uniform(-8, 8, a.size) for a in np.mgrid[40 : GRID.ny - 30 : 62, 45 : GRID.nx - 30 : 62]
        )
        bright = 10 ** rng.uniform(3.5, 4.6, x.size)
        x, y = np.append(x, rng.uniform(-10, GRID.nx + 10, FAINT)), np.append(y, rng.uniform(-10, GRID.ny + 10, FAINT))
        flux = np.append(bright, 10 ** rng.uniform(1.6, 3.2, FAINT))
        near = np.hypot(x - GALAXY[0], y - GALAXY[1]) < 90
        return cls(x[~near], y[~near], flux[~near], scans)

    def alone(self, least: float) -> NDArray[np.bool_]:
        """Return the stars brighter than `least` DN with nothing else nearby."""
        near = np.hypot(self.x[:, None] - self.x, self.y[:, None] - self.y)
        near[np.diag_indices(len(near))] = np.inf
        spoiled = sum(np.abs(plane) for plane in self.planted.values())
        at = tuple(np.clip(np.rint(p).astype(int), 0, n - 1) for p, n in ((self.y, GRID.ny), (self.x, GRID.nx)))
        clean = ndimage.maximum_filter(spoiled, 41)[at] < 0.05
        inside = (self.x > 40) & (self.x < GRID.nx - 40) & (self.y > 40) & (self.y < GRID.ny - 40)
        far = np.hypot(self.x - GALAXY[0], self.y - GALAXY[1]) > 90
        close = (near < 20) & (self.flux > 0.002 * self.flux[:, None])
        return np.asarray((self.flux > least) & inside & far & clean & ~close.any(axis=1))


def write_scans(folder: Path, count: int) -> tuple[Scene, list[Image]]:
    """Write the strips of so many scans, in visits of six, north and south in turn."""
    scene = Scene.made(count)
    scene.planted = {name: np.zeros((GRID.ny, GRID.nx), np.float32) for name in ("meteor", "insects", "hot pixels")}
    scene.planted |= {f"latent {d}": _latent(scene, d) for d in "ns"}
    return scene, [_write(folder / f"{k}.fits", scene, k) for k in range(count)]


def _write(path: Path, scene: Scene, k: int) -> Image:
    """Draw, write and describe one scan."""
    rng = np.random.default_rng(100 + k)
    dx, dy = rng.uniform(-0.5, 0.5, 2)
    wcs = SinWcs(GRID.crval, (GRID.crpix[0] - 15 + dx, GRID.crpix[1] + dy))
    shape = (GRID.ny, 510)
    x, y = wcs.pixel(*GRID.sky(scene.x, scene.y))
    data = draw_stars(x, y, scene.flux, 2.8 * rng.uniform(0.95, 1.08), shape)
    data += correlated_noise(1000 + k, shape) * np.float32(rng.uniform(0.85, 1.25)) + np.float32(SKY)
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    gx, gy = (float(a[0]) for a in wcs.pixel(*GRID.sky(np.array([GALAXY[0]]), np.array([GALAXY[1]]))))
    data += disk(columns - gx, rows - gy)
    data += _glow(rng, rows, columns)
    data += _false_light(rng, scene, k, (15 - dx, -dy), shape)
    cards = {
        "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CRVAL1": wcs.crval[0], "CRVAL2": wcs.crval[1],
        "CRPIX1": wcs.crpix[0], "CRPIX2": wcs.crpix[1], "CDELT1": wcs.cdelt[0], "CDELT2": wcs.cdelt[1],
        "CROTA2": 0.0, "EQUINOX": 2000.0, "MAGZP": MAGZP,
    }  # fmt: skip
    fits.PrimaryHDU(data.astype(">f4"), fits.Header(cards)).writeto(path, overwrite=True)
    return Image(
        image_id=k, scan_key=k, band="j", usy=0, path=str(path), sha256="", pixel_sha256=None, naxis1=shape[1],
        naxis2=shape[0], crval1=wcs.crval[0], crval2=wcs.crval[1], crpix1=wcs.crpix[0], crpix2=wcs.crpix[1],
        cdelt1=wcs.cdelt[0], cdelt2=wcs.cdelt[1], crota2=0.0, x0=0, x1=shape[1], y0=0, y1=shape[0], magzp=MAGZP,
        sky_measured=float(np.median(data)), noise_measured=SIGMA, seesh=1.0, exptime=7.8, form="strip", hemis="n",
        date=date(1999, 1, 1), scan=k, sd="ns"[k % 2], hgl=0, tile=90330,
    )  # fmt: skip


def disk(dx: Plane, dy: Plane) -> Plane:
    """Return an exponential disk, DN a pixel, at distances from its centre."""
    _, _, flux, scale = GALAXY
    return np.asarray(flux / (2 * np.pi * scale**2) * np.exp(-np.hypot(dx, dy) / scale), np.float32)


def _glow(rng: np.random.Generator, rows: Plane, columns: Plane) -> Plane:
    """Return a slope and waves of airglow of one to five arcmin."""
    glow = np.float32(rng.normal(0, 1)) * (rows / GRID.ny - np.float32(0.5))
    for length in (60.0, 120.0, 200.0, 300.0):
        angle, phase = rng.uniform(0, 2 * np.pi, 2)
        turn = 2 * np.pi / length
        glow += np.float32(0.15) * np.cos(
            np.float32(turn * np.cos(angle)) * columns + np.float32(turn * np.sin(angle)) * rows + np.float32(phase)
        )
    return glow


def _latent(scene: Scene, d: str) -> Plane:
    """Return the latent images of a direction on the grid: the same in all its scans."""
    bright = scene.flux > LATENT_LIMIT
    y = scene.y[bright] + AHEAD[d]
    return draw_stars(scene.x[bright], y, LATENT * scene.flux[bright], 3.0, (GRID.ny, GRID.nx))


def _false_light(
    rng: np.random.Generator, scene: Scene, k: int, origin: tuple[float, float], shape: tuple[int, int]
) -> Plane:
    """Return the false light of one scan, and note on the grid where it is; `origin` is its pixel 0, 0 on the grid."""
    light = ndimage.shift(scene.planted[f"latent {'ns'[k % 2]}"], (-origin[1], -origin[0]), order=1)[:, : shape[1]]
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    found = {}
    if k in METEORS:
        across = (columns - 250) * 0.8 - (rows - 150 - 70 * k) * 0.6
        found["meteor"] = 8 * SIGMA * np.exp(-0.5 * (across / 2.0) ** 2) * (np.abs(columns - 250) < 128)
    if k == INSECTS:
        spots = [(x, 300 + 60 * n) for n, x in enumerate(rng.uniform(60, 450, 8))]
        found["insects"] = sum(
            4 * SIGMA * np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / 12.0**2) for x, y in spots
        )
    hot = np.zeros(shape)
    hot[rng.integers(20, shape[0] - 20, HOT), rng.integers(20, shape[1] - 20, HOT)] = 400
    found["hot pixels"] = ndimage.gaussian_filter(hot, 0.99)
    for name, one in found.items():
        light = light + one
        noted = np.zeros((GRID.ny, GRID.nx), np.float32)
        noted[:, : shape[1]] = one
        scene.planted[name] += ndimage.shift(noted, (origin[1], origin[0]), order=1)
    return np.asarray(light, np.float32)


def members(images: list[Image]) -> dict[str, list[Member]]:
    """Place the scans, by direction."""
    result: dict[str, list[Member]] = {"n": [], "s": []}
    zero = Offset(np.zeros(1), np.zeros(1))
    for image in images:
        placed = place(image, GRID, zero, SHIFT_MAX)
        if placed is not None:
            pixels: list[Pixels] = [open_pixels(image, Path())]
            result[image.sd].append(Member(image.scan_key, image.scan_key // 6, [placed], pixels, 1.0))
    return result
