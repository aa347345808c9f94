"""Light and marks that are not of the sky's objects: airglow, banding, stripes, ghosts, hot pixels, faults."""

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts.habits import habits
from simulate.camera.array import FRAMES, MIDDLE, PIXELS, Detector
from simulate.camera.coadd import TILE
from simulate.camera.light import add_ellipses
from simulate.camera.pointing import Track
from simulate.camera.seen import Stars
from simulate.faults import light as faults
from simulate.faults.effects import told
from simulate.nights.visits import Scan
from simulate.plan import Plan
from simulate.seeds import Stream, stream

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

HOT_PIXELS = 4.0  # in a scan and band, mean
HOT_FLUX = (120.0, 600.0)  # DN, in the coadd
WAVES = 10  # of airglow
WAVELENGTHS = (60.0, 300.0)  # arcsec
LEFT = 0.6  # of the rms of airglow in a frame is left in the coadd of six
CHANGE = 0.5  # radians a frame, rms
COSMIC = 3.0  # hits of a frame, masked
MATCH = 0.01  # of the pixel noise: the error of matching a frame's level to the last
BANDED = 0.25  # of the southern J scans
BAND_DN = 0.25  # DN, amplitude
BAND_WAVE = (12.0, 40.0)  # arcsec
STRIPING = 1e4  # DN; brighter stars make stripes and ghosts that are drawn


class Stray:
    """What else is seen in the frames of one scan and band."""

    def __init__(self, plan: Plan, scan: Scan, band: int, path: Track, camera: Detector, bright: Stars) -> None:
        conditions, i = plan.conditions, scan.index
        self.fault = told(plan.faults.get(i), band)
        self.path, self.camera, self.habits = path, camera, habits(plan.seed, scan.hemis)
        self.bright = bright.chosen(bright.flux > STRIPING)
        self.skysig = float(conditions.skysig[i, band])
        self.flat = camera.flat * np.float32(conditions.sky[i, band])
        rng = stream(plan.number, plan.seed, Stream.STRAY, i, band)
        glow = float(conditions.glow[i, band])
        if self.fault is not None and self.fault.kind == "airglow":
            glow = float(np.hypot(glow, self.fault.strength * self.skysig / LEFT))
        self.waves = _waves(rng, glow)
        self.match = np.cumsum(rng.normal(0, MATCH * self.skysig, path.y.size))
        self.hits = rng.poisson(COSMIC, path.y.size)
        self.banding = banding(plan, scan, band)
        self.hot = hot_pixels(plan, scan, band, path)
        self.rng = stream(plan.number, plan.seed, Stream.STRAY, i, band, 1)
        if self.fault is not None:
            self.passage = faults.passage(plan.number, plan.seed, i, self.fault, path.y.size)

    def level(self, k: int) -> Array:
        """Return the airglow's structure at every 16th pixel of a frame, its mean matched to the last frame's."""
        size, kx, ky, phase, rate = self.waves
        at = (np.arange(0, PIXELS + 1, TILE) - MIDDLE) * self.camera.pitch
        y = (self.path.y[k] + at)[:, None, None]
        x = (self.path.x[k] + at)[None, :, None]
        glow: Array = (size * np.cos(kx * x + ky * y + phase + rate * k)).sum(axis=-1)
        glow += self.match[k] - glow.mean()
        return glow

    def pattern(self, k: int) -> Floats:
        """Return what the electronics add to a frame, DN/arcsec^2: the flat field's rest, banding, stripes of stars."""
        rows = self._stripes(k)
        if self.banding is not None:
            wave, drift, phase = self.banding
            y = self.path.y[k] + (np.arange(PIXELS) - MIDDLE) * self.camera.pitch
            rows += BAND_DN * np.sin(2 * np.pi * y / wave * (1 + drift * y / 3600) + phase)
        if not rows.any():
            return self.flat
        found: Floats = self.flat + rows.astype(np.float32)[:, None]
        return found

    def _places(self, k: int) -> tuple[Array, Array, Array]:
        """Return columns, rows and fluxes of the bright stars on the array in a frame."""
        stars, path = self.bright, self.path
        column, row = self.camera.pixel(path.x[k] - path.dx[k], path.y[k] - path.dy[k], stars.x, stars.y)
        on = (column > -1) & (column < PIXELS) & (row > -1) & (row < PIXELS)
        return column[on], row[on], stars.flux[on].astype(float)

    def _stripes(self, k: int) -> Array:
        """Return the stripes of bright stars along the rows of a frame, and their echoes in the other half."""
        share, width, echo = self.habits.stripe
        at = np.arange(PIXELS)
        rows = np.zeros(PIXELS)
        for _, row, flux in zip(*self._places(k), strict=True):
            for middle, part in ((row, 1.0), ((row + PIXELS / 2) % PIXELS, echo)):
                rows += share * flux * part * np.exp(-0.5 * ((at - middle) / width) ** 2)
        return rows

    def shine(self, light: Floats, k: int) -> None:
        """Add optical ghosts, trails, insects and broken readouts to the light of a frame."""
        share, width = self.habits.ghost
        column, row, flux = self._places(k)
        spread = np.full(column.size, width**2)
        add_ellipses(light, 2 * MIDDLE - column, 2 * MIDDLE - row, share * flux, spread, 0 * spread, spread)
        if self.fault is not None:
            faults.shine(light, self.fault, self.passage, k, self.skysig)

    def spoil(self, image: Floats, k: int) -> Floats:
        """Add hot pixels to a frame that has been read, and return which of its pixels count."""
        frame, row, column, value = self.hot
        mine = frame == k
        image[row[mine], column[mine]] += value[mine].astype(np.float32)
        good = self.camera.good.copy()
        j, i = self.rng.integers(0, PIXELS, (2, self.hits[k]))
        good[j, i] = 0
        good[row[mine], column[mine]] = 1
        return good


def _waves(rng: np.random.Generator, rms: float) -> tuple[Array, Array, Array, Array, Array]:
    """Draw the waves of airglow: sizes, wave numbers along x and y, phases, changes a frame."""
    length, angle = rng.uniform(*WAVELENGTHS, WAVES), rng.uniform(0, 2 * np.pi, WAVES)
    number = 2 * np.pi / length
    size = rng.uniform(0.5, 1.5, WAVES) * length
    size *= rms * np.sqrt(2) / np.sqrt(np.sum(size**2))
    return (
        size,
        number * np.cos(angle),
        number * np.sin(angle),
        rng.uniform(0, 2 * np.pi, WAVES),
        rng.normal(0, CHANGE, WAVES),
    )


def banding(plan: Plan, scan: Scan, band: int) -> tuple[float, float, float] | None:
    """Draw length (arcsec), drift and phase of the banding of a scan, None where there is none: it is in J, in the
    south."""
    rng = stream(plan.number, plan.seed, Stream.STRAY, scan.index, band, 2)
    if band != 0 or scan.hemis != "s" or rng.random() >= BANDED:
        return None
    return float(rng.uniform(*BAND_WAVE)), float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0, 2 * np.pi))


def hot_pixels(plan: Plan, scan: Scan, band: int, path: Track) -> tuple[Integers, Integers, Integers, Array]:
    """Draw the hot pixels of a scan that no mask knows: frame, row, column, and brightness there (DN/arcsec^2)."""
    rng = stream(plan.number, plan.seed, Stream.IMAGE, scan.index, band)
    number = int(rng.poisson(HOT_PIXELS))
    frame = rng.integers(4, path.y.size - 4, number)
    row, column = rng.integers(8, PIXELS - 8, (2, number))
    low, high = np.log(HOT_FLUX)
    flux = np.exp(rng.uniform(low, high, number))
    return frame, row, column, flux * FRAMES / 4.0
