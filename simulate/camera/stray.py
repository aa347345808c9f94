"""Light and marks that are not of the sky's objects: airglow, banding, stripes, trails, insects, hot pixels."""

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts import HOT_FLUX, HOT_PIXELS
from simulate.camera.array import FRAMES, PIXELS, Detector
from simulate.camera.coadd import TILE
from simulate.camera.pointing import Track
from simulate.camera.seen import Stars
from simulate.effects import told
from simulate.faults import Fault
from simulate.frames import Frame
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.visits import Scan

Array = NDArray[np.float64]
Floats = NDArray[np.float32]

WAVES = 10  # of airglow
WAVELENGTHS = (60.0, 300.0)  # arcsec
CHANGE = 0.5  # radians a frame, rms
COSMIC = 3.0  # hits of a frame, masked
MATCH = 0.01  # of the frame's noise: the error of matching a frame's level to the last
BANDED = 0.25  # of the southern J scans
BAND_DN = 0.25  # DN, amplitude
BAND_WAVE = (12.0, 40.0)  # arcsec


class Stray:
    """What else is seen in the frames of one scan and band."""

    def __init__(
        self, plan: Plan, scan: Scan, band: int, frame: Frame, path: Track, camera: Detector, bright: Stars
    ) -> None:
        conditions, i = plan.conditions, scan.index
        self.fault = told(plan.faults.get(i), band)
        self.path, self.camera, self.bright = path, camera, bright
        self.skysig = float(conditions.skysig[i, band])
        rng = stream(plan.number, plan.seed, Stream.STRAY, i, band)
        self.flat = camera.flat * np.float32(conditions.sky[i, band])
        glow = float(conditions.glow[i, band])
        if self.fault is not None and self.fault.kind == "airglow":
            glow = float(np.hypot(glow, self.fault.strength * self.skysig))
        self.waves = _waves(rng, glow)
        self.match = np.cumsum(rng.normal(0, MATCH * self.skysig, path.y.size))
        self.banding = _banding(rng) if band == 0 and scan.hemis == "s" and rng.random() < BANDED else None
        self.hot = hot_pixels(plan, scan, band, path)
        self.rng = stream(plan.number, plan.seed, Stream.STRAY, i, band, 1)
        self.trail = _trail(self.fault, stream(plan.number, plan.seed, Stream.STRAY, i, 3), path.y.size)

    def level(self, k: int) -> Array:
        """Return the airglow's structure at every 16th pixel of a frame, its mean matched to the last frame's."""
        size, kx, ky, phase, rate = self.waves
        at = (np.arange(0, PIXELS + 1, TILE) - PIXELS / 2) * self.camera.pitch
        y = (self.path.y[k] + at)[:, None, None]
        x = (self.path.x[k] + at)[None, :, None]
        glow: Array = (size * np.cos(kx * x + ky * y + phase + rate * k)).sum(axis=-1)
        glow += self.match[k] - glow.mean()
        return glow

    def pattern(self, k: int) -> Floats:
        """Return what the flat field leaves and the banding of a frame, DN/arcsec^2."""
        if self.banding is None:
            return self.flat
        wave, drift, phase = self.banding
        y = self.path.y[k] + (np.arange(PIXELS) - PIXELS / 2) * self.camera.pitch
        rows = BAND_DN * np.sin(2 * np.pi * y / wave * (1 + drift * y / 3600) + phase)
        banded: Floats = self.flat + rows.astype(np.float32)[:, None]
        return banded

    def shine(self, light: Floats, k: int) -> None:
        """Add trails, insects and broken readouts to the light of a frame."""
        fault = self.fault
        if fault is None:
            return
        strength = np.float32(fault.strength * self.skysig)
        match fault.kind:
            case "meteor" if k == self.trail["frame"]:
                light += strength * np.float32(FRAMES) * _streaks(int(fault.detail["lines"]), self.trail)
            case "insects":
                _blobs(light, strength, self.trail, k)
            case "glitch" if k == self.trail["frame"]:
                light += strength * (np.arange(PIXELS) // 3 % 2).astype(np.float32)[:, None]

    def spoil(self, image: Floats, k: int) -> Floats:
        """Add hot pixels to a frame that has been read, and return which of its pixels count."""
        frame, row, column, value = self.hot
        mine = frame == k
        image[row[mine], column[mine]] += value[mine].astype(np.float32)
        good = self.camera.good.copy()
        hits = int(self.rng.poisson(COSMIC))
        j, i = self.rng.integers(0, PIXELS, (2, hits))
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


def _banding(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw length (arcsec), drift and phase of the banding."""
    return float(rng.uniform(*BAND_WAVE)), float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0, 2 * np.pi))


def hot_pixels(
    plan: Plan, scan: Scan, band: int, path: Track
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], Array]:
    """Draw the hot pixels of a scan that no mask knows: frame, row, column, and brightness there (DN/arcsec^2)."""
    rng = stream(plan.number, plan.seed, Stream.IMAGE, scan.index, band)
    number = int(rng.poisson(HOT_PIXELS))
    frame = rng.integers(4, path.y.size - 4, number)
    row, column = rng.integers(8, PIXELS - 8, (2, number))
    low, high = np.log(HOT_FLUX)
    flux = np.exp(rng.uniform(low, high, number))
    return frame, row, column, flux * FRAMES / 4.0


def _trail(fault: Fault | None, rng: np.random.Generator, frames: int) -> dict[str, float]:
    """Draw where a fault of single frames lies; it is the same in all bands."""
    where = {
        "frame": int(rng.integers(8, frames - 8)),
        "angle": float(rng.uniform(0, np.pi)),
        "x": float(rng.uniform(0.35, 0.65) * PIXELS),
        "y": float(rng.uniform(0.35, 0.65) * PIXELS),
        "width": float(rng.uniform(0.9, 1.4)),
    }
    if fault is not None and fault.kind == "insects":
        number = int(fault.detail["blobs"])
        start = int(rng.integers(4, frames - 4 - number))
        where |= {"frame": start, "number": number}
        step = rng.normal(0, 12, (2, number))
        for name, walk in zip("ij", np.cumsum(step, axis=1), strict=True):
            where |= {f"{name}{n}": float(PIXELS / 2 + walk[n]) for n in range(number)}
        where |= {f"s{n}": float(rng.uniform(6, 17)) for n in range(number)}
    return where


def _streaks(lines: int, trail: dict[str, float]) -> Floats:
    """Return one or three parallel trails that cross a frame, with peak 1."""
    y, x = np.mgrid[:PIXELS, :PIXELS].astype(np.float32)
    s, c = np.float32(np.sin(trail["angle"])), np.float32(np.cos(trail["angle"]))
    across = (x - np.float32(trail["x"])) * c - (y - np.float32(trail["y"])) * s
    light = np.zeros((PIXELS, PIXELS), np.float32)
    for i in range(lines):
        light += np.exp(-0.5 * ((across - np.float32(7 * (i - lines // 2))) / np.float32(trail["width"])) ** 2)
    return light


def _blobs(light: Floats, peak: np.float32, trail: dict[str, float], k: int) -> None:
    """Add the soft spot of an insect that walks on the window to the frames in which it is there."""
    n = k - int(trail["frame"])
    if not 0 <= n < int(trail["number"]):
        return
    at = np.arange(PIXELS)
    across = np.exp(-0.5 * ((at - trail[f"i{n}"]) / trail[f"s{n}"]) ** 2)
    along = np.exp(-0.5 * ((at - trail[f"j{n}"]) / trail[f"s{n}"]) ** 2)
    light += (peak * np.outer(along, across)).astype(np.float32)
