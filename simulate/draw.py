"""One scan in one band as pixels: stars, galaxies, false light, background and noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts import SPIKE_FLUX, add_spikes, ghosts, hot_pixels, spikes
from simulate.conditions import background_rows
from simulate.effects import added_light, displacement, extra_noise, star_images, told, transparency
from simulate.frames import Frame
from simulate.mixtures import PIXEL_VARIANCE, sersic
from simulate.noise import KERNEL, PER_PHOTON, SMOOTHING, WHITENING, white_noise
from simulate.offsets import offset_at
from simulate.plan import Plan
from simulate.psf import Psf
from simulate.render import add_ellipses, add_noise, add_points
from simulate.seeds import Stream, stream
from simulate.visits import Scan

Array = NDArray[np.float64]
Image = NDArray[np.float32]

SHINE = 150.0  # arcsec; objects farther outside the canvas are not drawn
BLANKS = 3  # clusters of blank pixels in an image


@dataclass(frozen=True)
class Seen:
    """Where a scan and band shows the sky's objects on its canvas, how bright (DN) and with which star images."""

    x: Array
    y: Array
    flux: Array
    zone: NDArray[np.int64]
    images: list[Psf]


def see(plan: Plan, scan: Scan, band: int, frame: Frame) -> Seen:
    """Place the sky's objects on the canvas of a scan: offset, bad pointing, bad tracking, cloud."""
    fault = told(plan.faults.get(scan.index), band)
    i = scan.index
    conditions = plan.conditions
    east, north = offset_at(plan.offsets[i], plan.sky.x, plan.sky.y)
    dx, dy = displacement(fault, plan.sky.y)
    x, y = frame.x - east + dx, frame.y + north + dy
    v = np.clip(2 * y / frame.rows - 1, -1, 1)
    flux = 10 ** (0.4 * (conditions.zero_point[i, band] - plan.sky.mag[:, band])) * transparency(fault, v)
    images = star_images(
        fault,
        conditions.shape[i, band],
        conditions.beta[i, band],
        conditions.ratio[i, band],
        conditions.long_y[i, band],
    )
    zone = np.clip(((v + 1) / 2 * len(images)).astype(np.int64), 0, len(images) - 1)
    return Seen(x, y, flux, zone, images)


def draw(plan: Plan, scan: Scan, band: int, frame: Frame) -> Image:
    """Return the canvas of a scan and band, NaN where there is no data."""
    rng = stream(plan.number, plan.seed, Stream.IMAGE, scan.index, band)
    canvas = np.zeros((frame.rows, frame.columns), np.float32)
    draw_objects(canvas, plan, see(plan, scan, band, frame), scan, band)
    _draw_hot_pixels(canvas, rng)
    fault = told(plan.faults.get(scan.index), band)
    light = added_light(fault, band, plan.conditions.skysig[scan.index, band], (frame.rows, frame.columns), rng)
    if light is not None:
        canvas += light
    _draw_sky(canvas, plan, scan, band)
    _blank(canvas, frame, rng)
    return canvas


def _draw_hot_pixels(canvas: Image, rng: np.random.Generator) -> None:
    """Add hot pixels; in a coadd one is as wide as its smoothing kernel."""
    rows, columns = canvas.shape
    x, y, flux = hot_pixels(rng, (rows, columns))
    spot = np.array([[1.0, 0.0, 0.0, SMOOTHING, SMOOTHING]])
    add_points(canvas, x, y, flux, np.zeros(x.size, np.int64), spot, np.array([0, 1]))


def _draw_sky(canvas: Image, plan: Plan, scan: Scan, band: int) -> None:
    """Add the sky's level and slopes, its noise and the photon noise of the light that is there already."""
    conditions, i = plan.conditions, scan.index
    rows, columns = canvas.shape
    background = background_rows(conditions.background[i, band], rows)
    background[0] += conditions.sky[i, band]
    skysig = conditions.skysig[i, band] * extra_noise(told(plan.faults.get(i), band))
    white = white_noise(stream(plan.number, plan.seed, Stream.NOISE, i, band), rows, columns)
    add_noise(canvas, white, KERNEL, np.full(rows, skysig * WHITENING), PER_PHOTON, background)


def _blank(canvas: Image, frame: Frame, rng: np.random.Generator) -> None:
    """Blank the columns without data and a few bad pixels."""
    canvas[:, frame.blank] = np.nan
    for _ in range(BLANKS):
        r, c = int(rng.integers(frame.rows)), int(rng.integers(frame.columns))
        canvas[r : r + int(rng.integers(1, 3)), c : c + int(rng.integers(1, 3))] = np.nan


def draw_objects(canvas: Image, plan: Plan, seen: Seen, scan: Scan, band: int) -> None:
    """Add stars, galaxies, latent images, glints and spikes to a canvas."""
    rows, columns = canvas.shape
    near = (np.abs(seen.x - columns / 2) < columns / 2 + SHINE) & (np.abs(seen.y - rows / 2) < rows / 2 + SHINE)
    star = near & ~plan.sky.galaxy
    table, first = _table(seen.images)
    add_points(canvas, seen.x[star], seen.y[star], seen.flux[star], seen.zone[star], table, first)
    false = ghosts(plan.sky, band, scan.hemis, scan.direction)
    mine = false.parent
    x, y, flux = seen.x[mine] + false.dx, seen.y[mine] + false.dy, seen.flux[mine] * false.fraction
    add_points(canvas, x, y, flux, seen.zone[mine], table, first)
    arms = spikes(plan.sky, band)
    mine = arms.parent
    flux = seen.flux[mine] * SPIKE_FLUX
    add_spikes(canvas, seen.x[mine], seen.y[mine], flux, arms.angle, arms.length, arms.width)
    for zone in range(len(seen.images)):
        _add_galaxies(canvas, plan, seen, near & plan.sky.galaxy & (seen.zone == zone), seen.images[zone])


def _table(images: list[Psf]) -> tuple[Array, NDArray[np.int64]]:
    tables = [psf.table() for psf in images]
    return np.vstack(tables), np.cumsum([0] + [len(table) for table in tables])


def _add_galaxies(canvas: Image, plan: Plan, seen: Seen, chosen: NDArray[np.bool_], psf: Psf) -> None:
    """Add galaxies: every Gaussian of their profile blurred by every Gaussian of the star image and by a pixel."""
    sky = plan.sky
    for index in (1, 4):
        mine = np.flatnonzero(chosen & (sky.sersic == index))
        weight, sigma = sersic(index)
        major = (sky.r_e[mine, None] * sigma) ** 2
        minor = major * sky.ba[mine, None] ** 2
        s, c = np.sin(np.radians(sky.pa[mine, None])), np.cos(np.radians(sky.pa[mine, None]))
        xx, yy, xy = major * s * s + minor * c * c, major * c * c + minor * s * s, (minor - major) * s * c
        shape = (mine.size, weight.size, psf.weight.size)

        def spread(values: Array, shape: tuple[int, int, int] = shape) -> Array:
            return np.ascontiguousarray(np.broadcast_to(values, shape)).ravel()

        add_ellipses(
            canvas,
            spread(seen.x[mine, None, None] + psf.dx),
            spread(seen.y[mine, None, None] + psf.dy),
            spread(seen.flux[mine, None, None] * weight[:, None] * psf.weight),
            spread(xx[..., None] + psf.sx**2 + PIXEL_VARIANCE),
            spread(xy[..., None]),
            spread(yy[..., None] + psf.sy**2 + PIXEL_VARIANCE),
        )
