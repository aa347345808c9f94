"""A scan in one band, frame by frame: light, memory of the array, noise, masks, and the coadd of all frames."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts.habits import habits
from simulate.artifacts.spikes import Spikes, add_spikes, spikes
from simulate.camera.array import FULL, MIDDLE, PHOTON, PIXELS, Detector, detector, period
from simulate.camera.coadd import TILE, add_frame, develop
from simulate.camera.galaxies import ellipses
from simulate.camera.kernel import LENGTH
from simulate.camera.light import add_ellipses, add_stars, add_wings
from simulate.camera.optics import PITCH
from simulate.camera.pointing import Track, track
from simulate.camera.seen import HALF_SCAN, SHINE, WINGED, Seen, Stars, points, see
from simulate.camera.stray import Stray
from simulate.camera.tables import far_profiles
from simulate.conditions import background_at
from simulate.faults.effects import displacement, extra_noise, told
from simulate.frames import Frame
from simulate.nights.visits import Scan
from simulate.plan import Plan
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

FRAME_NOISE = 4.23  # noise of a frame's pixel (DN/arcsec^2) over that of the coadd's (DN)
LEAST = 0.25  # frames; where fewer saw a pixel it is blank
NEAR = 20.0  # arcsec around a frame from which ordinary objects shine into it


@dataclass(frozen=True)
class Light:
    """All that shines in a scan and band: stars with the tables of their images, bright ones with their wings, the
    Gaussians of galaxies, the arms of spikes and where and how bright (DN) their stars are."""

    stars: Stars
    tables: Floats
    bright: Stars
    profiles: Floats
    galaxies: Array
    arms: Spikes
    parents: Array


def shining(plan: Plan, scan: Scan, band: int, frame: Frame, seen: Seen) -> Light:
    """Gather the light of a scan and band."""
    stars, tables = points(plan, scan, band, frame, seen)
    arms = spikes(plan.sky, band, habits(plan.seed, scan.hemis))
    mine = arms.parent
    return Light(
        stars,
        tables,
        stars.chosen(stars.flux > WINGED),
        far_profiles(plan.psf, band),
        ellipses(plan, frame, seen),
        arms,
        np.stack((seen.x[mine], seen.y[mine], seen.flux[mine] * arms.share)),
    )


def expose(plan: Plan, scan: Scan, band: int, frame: Frame) -> tuple[Floats, Floats]:
    """Return the coadd of a scan and band (DN) and its coverage (frames); blank pixels are NaN."""
    camera = detector(plan.seed, scan.hemis, band, period(scan.date))
    path = _true_path(plan, scan, band, frame)
    light = shining(plan, scan, band, frame, see(plan, scan, band, frame))
    other = Stray(plan, scan, band, path, camera, light.bright)
    fault = told(plan.faults.get(scan.index), band)
    variance = (plan.conditions.skysig[scan.index, band] * extra_noise(fault) * FRAME_NOISE) ** 2
    noise = stream(plan.number, plan.seed, Stream.NOISE, scan.index, band)
    total, weight = (np.zeros((frame.rows, frame.columns), np.float32) for _ in range(2))
    scratch = np.empty((2, PIXELS, frame.columns), np.float32)
    image, now, once, twice = (np.zeros((PIXELS, PIXELS), np.float32) for _ in range(4))
    latent = [np.float32(part) for part in habits(plan.seed, scan.hemis).latent[band]]
    for k in range(path.y.size):
        now[:] = 0
        shine(now, light, camera, path.x[k] - path.dx[k], path.y[k] - path.dy[k])
        other.shine(now, k)
        seen = now + latent[0] * once + latent[1] * twice
        white = noise.standard_normal((PIXELS, PIXELS), np.float32)
        level = (_level(plan, scan, band, frame, camera, path, k) + other.level(k)).astype(np.float32)
        develop(image, seen, white, level, other.pattern(k), FULL[band], variance, PHOTON)
        good = other.spoil(image, k)
        image *= good
        add_frame(total, weight, image, good, path.x[k], path.y[k], camera.pitch, camera.angle, scratch)
        now, once, twice = twice, now, once
    weight /= np.float32((LENGTH / camera.pitch) ** 2)
    total /= np.float32((LENGTH / camera.pitch) ** 2)
    blank = weight < LEAST
    blank[:, frame.blank] = True
    weight[blank] = 0
    total[blank] = np.nan
    np.divide(total, weight, out=total, where=~blank)
    return total, weight


def _true_path(plan: Plan, scan: Scan, band: int, frame: Frame) -> Track:
    """Return the frames of a scan, with the jump of bad tracking, which the coadd does not know."""
    path = track(plan.number, plan.seed, scan, frame.middle, frame.rows)
    fault = told(plan.faults.get(scan.index), band)
    if fault is None or fault.kind != "tracking":
        return path
    dx, dy = displacement(fault, path.y)
    return replace(path, dx=path.dx + dx, dy=path.dy + dy)


def shine(image: Floats, light: Light, camera: Detector, x: float, y: float) -> None:
    """Add all light to a frame whose middle sees the canvas at x, y (pixels of 1 arcsec)."""
    scale = (PITCH / camera.pitch) ** 2  # tables and Gaussians are those of pixels of 2 arcsec

    def place(px: Array, py: Array) -> tuple[Array, Array]:
        return camera.pixel(x, y, px, py)

    def rows(py: Array, margin: float) -> slice:
        reach = MIDDLE * camera.pitch + margin
        return slice(int(np.searchsorted(py, y - reach)), int(np.searchsorted(py, y + reach)))

    stars, bright, found = light.stars, light.bright, light.galaxies
    few = rows(stars.y, NEAR)
    flux = stars.flux * np.float32(scale)
    add_stars(image, *place(stars.x[few], stars.y[few]), flux[few], stars.which[few], stars.half[few], light.tables)
    few = rows(bright.y, SHINE)
    flux = bright.flux * np.float32(scale)
    add_wings(image, *place(bright.x[few], bright.y[few]), flux[few], bright.tail[few], light.profiles)
    few = rows(found[1], NEAR)
    add_ellipses(image, *place(found[0, few], found[1, few]), found[2, few] * scale, *found[3:, few])
    px, py = place(light.parents[0], light.parents[1])
    add_spikes(image, px, py, light.parents[2], light.arms.angle, light.arms.length, light.arms.width, camera.pitch)


def _level(plan: Plan, scan: Scan, band: int, frame: Frame, camera: Detector, path: Track, k: int) -> Array:
    """Return the light of the sky at every 16th pixel of a frame, without the airglow's structure."""
    at = np.arange(0.0, PIXELS + 1, TILE)
    x, y = camera.canvas(path.x[k], path.y[k], at[None, :], at[:, None])
    u, v = (x - frame.middle) / (PIXELS * PITCH / 2), (y - (frame.rows - 1) / 2) / HALF_SCAN
    conditions, i = plan.conditions, scan.index
    found: Array = conditions.sky[i, band] + background_at(conditions.background[i, band], u, v)
    return found
