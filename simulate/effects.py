"""What a fault does to an image: to its stars' shapes, brightness and places, and the light it adds."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import zoom

from simulate.faults import Fault
from simulate.psf import Psf, ordinary, spread

Array = NDArray[np.float64]
Image = NDArray[np.float32]

ZONES = 24  # along a scan, each with its own star image where the seeing changes


def seeing_along(fault: Fault | None, shape: float) -> Array:
    """Return the seeing shape of the zones of a scan, one zone where it does not change."""
    if fault is None or fault.kind != "untracked":
        return np.array([fault.strength * shape if fault is not None and fault.kind == "seeing" else shape])
    v = np.linspace(-1, 1, ZONES) * fault.detail["end"]
    rise = 1 / (1 + np.exp(-(v + 0.1) / 0.15))  # from one end to the other, over more than 900 arcsec
    return shape * (1 + (fault.strength - 1) * rise)


def star_images(fault: Fault | None, shape: float, beta: float, ratio: float, long_y: bool) -> list[Psf]:
    """Return the star image of every zone of a scan."""
    along = "y" if long_y else "x"
    if fault is not None and fault.kind == "defocus":
        angle = np.arange(6) * np.pi / 3
        ring = fault.detail["ring"]
        blurred = ordinary(fault.strength * 0.85 * shape, beta, fault.detail["ratio"], along)
        return [spread(blurred, ring * np.cos(angle), ring * np.sin(angle))]
    found = [ordinary(float(s), beta, ratio, along) for s in seeing_along(fault, shape)]
    if fault is not None and fault.kind == "tracking" and fault.detail["smeared"]:
        line = (np.arange(7) - 3) / 6 * fault.strength
        found = [spread(psf, 0.3 * line, line) for psf in found]
    return found


def transparency(fault: Fault | None, v: Array) -> Array:
    """Return the fraction of light that arrives, at places along the scan (v from -1 to 1)."""
    if fault is None or fault.kind != "cloud":
        return np.ones_like(v)
    wave = 0.6 + 0.4 * np.sin(5.0 * v + 7 * fault.strength)
    return 1 - fault.strength * wave


def extra_noise(fault: Fault | None) -> float:
    """Return the factor on the noise of a spoiled scan: clouds glow."""
    return 1.0 + 0.8 * fault.strength if fault is not None and fault.kind == "cloud" else 1.0


def displacement(fault: Fault | None, y: Array) -> tuple[Array, Array]:
    """Return how far (arcsec, x and y) an image shows stars from where the scan's own positions say."""
    dx, dy = np.zeros_like(y), np.zeros_like(y)
    if fault is None:
        return dx, dy
    if fault.kind == "mispointed":
        return dx + fault.strength * np.cos(fault.detail["angle"]), dy + fault.strength * np.sin(fault.detail["angle"])
    if fault.kind == "tracking" and not fault.detail["smeared"]:
        after = y > fault.detail["row"]
        return np.where(after, 0.8 * fault.strength, 0.0), np.where(after, 0.6 * fault.strength, 0.0)
    return dx, dy


def added_light(
    fault: Fault | None, band: int, skysig: float, size: tuple[int, int], rng: np.random.Generator
) -> Image | None:
    """Return the light (DN) that a fault adds to an image of `size` rows and columns, None where it adds none."""
    if fault is None or band not in fault.bands:
        return None
    match fault.kind:
        case "meteor":
            return fault.strength * skysig * _streaks(int(fault.detail["lines"]), size, rng)
        case "airglow":
            return fault.strength * skysig * _glow(size, rng)
        case "insects":
            return fault.strength * skysig * _blobs(int(fault.detail["blobs"]), size, rng)
        case "glitch":
            return fault.strength * skysig * _frame(fault.detail["row"], size)
    return None


def _streaks(lines: int, size: tuple[int, int], rng: np.random.Generator) -> Image:
    """One or three parallel trails that cross the image at a small angle to the scan, with peak 1."""
    rows, columns = size
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    angle = np.radians(rng.uniform(8, 20)) * rng.choice([-1, 1])
    across = (x - rng.uniform(0.35, 0.65) * columns) * np.cos(angle) - (y - rng.uniform(0.3, 0.7) * rows) * np.sin(
        angle
    )
    along = (x - columns / 2) * np.sin(angle) + (y - rows / 2) * np.cos(angle)
    width = rng.uniform(1.8, 2.8)
    light = np.zeros(size, np.float32)
    for i in range(lines):
        light += np.exp(-0.5 * ((across - 14 * (i - lines // 2)) / width) ** 2)
    trail: Image = light * (1 + 0.3 * np.sin(along / 240)).astype(np.float32)
    return trail


def _glow(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """Structure of 1 to 5 arcmin with rms 1."""
    total = np.zeros(size, np.float32)
    for scale in (45.0, 90.0, 160.0):
        coarse = rng.standard_normal((int(size[0] / scale) + 4, int(size[1] / scale) + 4))
        fine = zoom(coarse.astype(np.float32), scale, order=3)
        total += fine[: size[0], : size[1]]
    total /= total.std()
    return total


def _blobs(number: int, size: tuple[int, int], rng: np.random.Generator) -> Image:
    """Large soft spots along a wandering path, brightest 1."""
    rows, columns = size
    light = np.zeros(size, np.float32)
    y = rng.uniform(0.1, 0.4) * rows + np.cumsum(rng.uniform(40, 200, number))
    x = (0.5 + 0.4 * np.sin(y / rng.uniform(150, 400))) * columns
    for px, py in zip(x, y, strict=True):
        sx, sy = rng.uniform(12, 35, 2)
        low, high = max(0, int(py - 5 * sy)), min(rows, int(py + 5 * sy))
        v, u = np.arange(low, high) - py, np.arange(columns) - px
        light[low:high] += np.outer(np.exp(-0.5 * (v / sy) ** 2), np.exp(-0.5 * (u / sx) ** 2)) * rng.uniform(0.6, 1)
    return light


def _frame(row: float, size: tuple[int, int]) -> Image:
    """One frame with cross-scan bands, a sixth of it in the coadd."""
    light = np.zeros(size, np.float32)
    rows = np.arange(int(row), min(int(row) + 512, size[0]))
    light[rows] = (0.5 + 0.5 * np.sign(np.sin(rows / 6.0)))[:, None] / 6
    return light


def header_shift(fault: Fault | None, band: int) -> float:
    """Return the error (mag) that a wrong calibration puts into the header's zero point."""
    wrong = fault is not None and fault.kind == "zeropoint" and band in fault.bands
    return fault.strength if wrong and fault is not None else 0.0


def told(fault: Fault | None, band: int) -> Fault | None:
    """Return the fault as one band sees it: None where the band is not spoiled."""
    return fault if fault is not None and band in fault.bands else None
