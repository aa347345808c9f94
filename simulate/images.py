"""The images of one scan in one band: stars, galaxies, false light, background and noise, written as FITS files."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from schema.cards import write_cards
from schema.header import AtlasHeader
from schema.settings import defaults
from simulate.artifacts import SPIKE_FLUX, add_spikes, frame_step, ghosts, hot_pixels, spikes
from simulate.conditions import background_rows
from simulate.effects import added_light, displacement, extra_noise, star_images, told, transparency
from simulate.frames import ATLAS_IMAGES, Cut, Frame
from simulate.mixtures import PIXEL_VARIANCE, sersic
from simulate.noise import KERNEL, PER_PHOTON, SMOOTHING, WHITENING, white_noise
from simulate.offsets import offset_at
from simulate.plan import BANDS, Plan
from simulate.psf import Psf
from simulate.render import add_ellipses, add_noise, add_points
from simulate.seeds import Stream, stream
from simulate.sky_math import sexagesimal
from simulate.visits import Scan

Array = NDArray[np.float64]
Image = NDArray[np.float32]

SHINE = 150.0  # arcsec; objects farther outside the canvas are not drawn
BLANKS = 3  # clusters of blank pixels in an image
FRAMES_OF_A_SCAN = 48
PERCENTILES = (2.27, 6.68, 15.86, 30.85, 50.00, 69.14, 84.13, 93.31, 97.72)
LEVEL_STEP = 0.4  # DN, between the Atlas Images of one scan
BLOCK = 2880


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
    fault = told(plan.faults.get(scan.index), band)
    rng = stream(plan.number, plan.seed, Stream.IMAGE, scan.index, band)
    canvas = np.zeros((frame.rows, frame.columns), np.float32)
    draw_objects(canvas, plan, see(plan, scan, band, frame), scan, band)
    x, y, flux = hot_pixels(rng, canvas.shape)
    spot = np.array([[1.0, 0.0, 0.0, SMOOTHING, SMOOTHING]])
    add_points(canvas, x, y, flux, np.zeros(x.size, np.int64), spot, np.array([0, 1]))
    conditions = plan.conditions
    skysig = conditions.skysig[scan.index, band] * extra_noise(fault)
    light = added_light(fault, band, conditions.skysig[scan.index, band], (frame.rows, frame.columns), rng)
    if light is not None:
        canvas += light
    rows = background_rows(conditions.background[scan.index, band], frame.rows)
    rows[0] += conditions.sky[scan.index, band]
    noise = stream(plan.number, plan.seed, Stream.NOISE, scan.index, band)
    white = white_noise(noise, frame.rows, frame.columns)
    add_noise(canvas, white, KERNEL, np.full(frame.rows, skysig * WHITENING), PER_PHOTON, rows)
    canvas[:, frame.blank] = np.nan
    for _ in range(BLANKS):
        r, c = int(rng.integers(frame.rows)), int(rng.integers(frame.columns))
        canvas[r : r + int(rng.integers(1, 3)), c : c + int(rng.integers(1, 3))] = np.nan
    return canvas


def draw_objects(canvas: Image, plan: Plan, seen: Seen, scan: Scan, band: int) -> None:
    """Add stars, galaxies, latent images, glints and spikes to a canvas."""
    sky = plan.sky
    rows, columns = canvas.shape
    near = (np.abs(seen.x - columns / 2) < columns / 2 + SHINE) & (np.abs(seen.y - rows / 2) < rows / 2 + SHINE)
    star = near & ~sky.galaxy
    table, first = _table(seen.images)
    add_points(canvas, seen.x[star], seen.y[star], seen.flux[star], seen.zone[star], table, first)
    false = ghosts(sky, band, scan.hemis, scan.direction)
    parent = false.parent
    add_points(
        canvas,
        seen.x[parent] + false.dx,
        seen.y[parent] + false.dy,
        seen.flux[parent] * false.fraction,
        seen.zone[parent],
        table,
        first,
    )
    arms = spikes(sky, band)
    parent = arms.parent
    add_spikes(
        canvas, seen.x[parent], seen.y[parent], seen.flux[parent] * SPIKE_FLUX, arms.angle, arms.length, arms.width
    )
    for zone in range(len(seen.images)):
        _add_galaxies(canvas, plan, seen, near & sky.galaxy & (seen.zone == zone), seen.images[zone])


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


def write_images(plan: Plan, scan: Scan, band: int, frame: Frame, folder: Path) -> list[Path]:
    """Draw a scan in one band and write its strip, or its Atlas Images.

    Returns
    -------
    list of Path
        The files, in the order of the scan.
    """
    canvas = draw(plan, scan, band, frame)
    rng = stream(plan.number, plan.seed, Stream.IMAGE, scan.index, band, 1)
    found = []
    for cut in frame.cuts:
        level = np.float32(rng.normal(0, LEVEL_STEP)) if len(frame.cuts) == ATLAS_IMAGES else np.float32(0)
        pixels = canvas[cut.first : cut.first + cut.rows] + level
        kind = "strip" if cut.coadd is None else "asky"
        number = "" if cut.coadd is None else f"{cut.coadd:04d}"
        path = folder / f"a{BANDS[band].upper()}_{kind}_{scan.name}{number}.fits"
        _write(path, _cards(plan, scan, band, cut, pixels), pixels)
        found.append(path)
    return found


def _write(path: Path, header: fits.Header, pixels: Image) -> None:
    with path.open("wb") as file:
        file.write(header.tostring().encode("ascii"))
        pixels.astype(">f4").tofile(file)
        file.write(b"\0" * (-pixels.nbytes % BLOCK))


def _cards(plan: Plan, scan: Scan, band: int, cut: Cut, pixels: Image) -> fits.Header:
    sample = pixels[::3, ::3]
    levels = np.percentile(sample[np.isfinite(sample)], PERCENTILES)
    i = scan.index
    image = AtlasHeader(
        hemis=scan.hemis,
        date=scan.date,
        scan=scan.scan,
        band=BANDS[band],
        direction=scan.direction,
        tile=plan.number,
        usy=cut.usy,
        usxref=-(pixels.shape[1] + 1) / 2 if cut.coadd is not None else -256.5,
        usyref=float(cut.usy),
        naxis1=pixels.shape[1],
        naxis2=pixels.shape[0],
        wcs=cut.wcs,
        magzp=round(float(plan.magzp[i, band]), 4),
        skyval=round(float(levels[4]), 5),
        skysig=round(float(plan.measured.noise[i, band]), 6),
        seesh=round(float(plan.measured.shape[i, band]), 2),
        numfrms=FRAMES_OF_A_SCAN,
        dyfs=frame_step(scan.hemis, scan.direction),
        coadd=cut.coadd,
        exptime=defaults()["exptime"][0],
        type="cal",
    )
    header = write_cards(image, _observation(scan, plan) | _levels(levels))
    header.add_history("> Image made by deepcal simulate: not an observation")
    return header


def _levels(levels: Image) -> dict[str, str | float]:
    names = (f"QT{round(100 * p):04d}" for p in PERCENTILES)
    return {name: round(float(level), 5) for name, level in zip(names, levels, strict=True)}


def _observation(scan: Scan, plan: Plan) -> dict[str, str | float]:
    """Return the cards that tell when and under which sky the scan was made."""
    end = scan.start + datetime.timedelta(seconds=72)
    ra, dec = plan.grid.crval
    half = plan.grid.ny / 7200 * (1 if scan.direction == "n" else -1)
    cards: dict[str, str | float] = {
        "POSITNID": f"{scan.hemis}{round(abs(dec)):02d}{int(ra / 15):02d}{int(ra * 4 % 60):02d}",
        "UT_DATE": f"{scan.start:%y%m%d}",
        "UT": f"{scan.start:%H:%M:%S}.00",
        "AMASS_FC": round(scan.airmass, 6),
        "FOCUS": scan.focus,
    }
    for mark, time, place in (("SOS", scan.start, dec - half), ("EOS", end, dec + half)):
        later = (time - scan.start).total_seconds() / 3600
        cards |= {
            f"DATE_{mark}": f"{time:%y%m%d}",
            f"UT_{mark}": f"{time:%H:%M:%S}.00",
            f"AM_{mark}": round(scan.airmass, 4),
            f"ZD_{mark}": round(scan.zenith, 4),
            f"HA_{mark}": sexagesimal(scan.hour_angle + later, 2, "+"),
            f"ST_{mark}": sexagesimal((ra / 15 + scan.hour_angle + later) % 24, 2),
            f"RA_{mark}": sexagesimal(ra / 15, 2),
            f"DEC_{mark}": sexagesimal(place, 1, "+"),
            f"HUM_{mark}": scan.humidity,
            f"AIRT_{mark}": scan.air,
            f"TELT_{mark}": scan.telescope,
        }
    return cards
