"""Photometry of extended sources: magnitudes in isophotes, Kron apertures and circles, sizes, surface brightnesses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.catalogs.photometry import MAG
from simulate.catalogs.profile import RADII, holding, inside, isophote

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SURFACE = (9.2e-10, 2.2e-9, 4.3e-9)  # noise of a square arcsec, in units of the flux of magnitude zero, J H Ks
ZERO = 0.03  # mag, floor of a magnitude's error
CIRCLES = (5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 70)
KRON = {1: 1.19, 4: 1.75}  # first moment of the light over the half-light axis, by Sersic index
KRON_FACTOR, KRON_LEAST = 2.5, 5.0  # of the first moment, arcsec
TOTAL = 4.0  # half-light axes in which the extrapolated light is counted
BANDS = "jhk"


@dataclass(frozen=True)
class Measures:
    """Galaxies to measure: true magnitudes (n, 3) on the catalogue's scale, half-light semi-major axes (arcsec), axis
    ratios, Sersic indices, growth curves (n, radii), measured axis ratios (n, 3); the seeing shape."""

    mag: Array
    r_e: Array
    ba: Array
    index: Ints
    curves: Array
    measured_ba: Array
    shape: float


def photometry(rng: np.random.Generator, galaxies: Measures) -> tuple[dict[str, object], Array]:
    """Return the photometric columns, and the semi-major axes (arcsec) of the Ks 20 mag/arcsec^2 isophotes."""
    n = galaxies.r_e.size

    def axis(band: int, brightness: float) -> Array:
        true = isophote(galaxies.mag[:, band], galaxies.r_e, galaxies.ba, galaxies.index, brightness)
        return np.maximum(true, 2.5) * np.exp(rng.normal(0, 0.04, n))

    k20, j21 = axis(2, 20.0), axis(0, 21.0)
    kron = np.where(galaxies.index == 4, KRON[4], KRON[1]) * KRON_FACTOR * galaxies.r_e
    kron = np.maximum(kron * np.exp(rng.normal(0, 0.06, n)), KRON_LEAST)
    extent = np.maximum(TOTAL * galaxies.r_e, k20)
    columns: dict[str, object] = {
        "r_k20fe": k20,
        "r_k20fc": k20 * np.sqrt(galaxies.measured_ba[:, 2]),
        "r_j21fe": j21,
        "r_j21fc": j21 * np.sqrt(galaxies.measured_ba[:, 0]),
        "r_fe": kron,
        "r_fc": kron * np.sqrt(galaxies.ba),
        "r_ext": extent,
        "r_3sig": axis(2, -2.5 * np.log10(3 * SURFACE[2])),
        "sup_r_3sig": axis(2, -2.5 * np.log10(3 * SURFACE[2]) + 0.3),
    }
    for kind, size, of in (("k20", k20, 2), ("j21", j21, 0), ("", kron, 2)):
        ellipse = size * np.sqrt(galaxies.measured_ba[:, of])  # the circle of the ellipse's area
        columns |= _within(rng, galaxies, f"{kind}fe", ellipse)
        columns |= _within(rng, galaxies, f"{kind}fc", ellipse)
    for b, band in enumerate(BANDS):
        for kind, size in (("i20", axis(b, 20.0)), ("i21", axis(b, 21.0)), ("", kron)):
            own = size * np.sqrt(galaxies.measured_ba[:, b])
            columns |= {f"{band}_r_{kind}e": size, f"{band}_r_{kind}c": own}
            columns |= _within(rng, galaxies, f"{kind}e", own, (b,)) | _within(rng, galaxies, f"{kind}c", own, (b,))
    for circle in CIRCLES:
        columns |= _within(rng, galaxies, str(circle), np.full(n, float(circle)))
    total = _within(rng, galaxies, "ext", np.minimum(extent * 2, RADII[-1]))
    columns |= {name: value for name, value in total.items() if "_flg_" not in name}
    return columns | _surface(rng, galaxies), k20


def _within(
    rng: np.random.Generator, galaxies: Measures, kind: str, radius: Array, bands: tuple[int, ...] = (0, 1, 2)
) -> dict[str, object]:
    """Return magnitudes in circles of each galaxy's own radius (arcsec), with errors."""
    share = inside(galaxies.curves, radius)
    columns: dict[str, object] = {}
    for b in bands:
        true = galaxies.mag[:, b] - 2.5 * np.log10(share)
        sigma = np.hypot(ZERO, MAG * SURFACE[b] * np.sqrt(np.pi) * radius / 10 ** (-0.4 * true))
        measured = true + rng.normal(0, 1, true.size) * sigma
        columns |= {f"{BANDS[b]}_m_{kind}": measured, f"{BANDS[b]}_msig_{kind}": sigma, f"{BANDS[b]}_flg_{kind}": 0}
    return columns


def _surface(rng: np.random.Generator, galaxies: Measures) -> dict[str, object]:
    """Return half-light radii as the seeing shows them, surface brightnesses, concentration, shape of stars."""
    half, quarter, most = (holding(galaxies.curves, share) for share in (0.5, 0.25, 0.75))
    middle, core = (inside(galaxies.curves, np.full(half.size, r)) for r in (1.0, 5.0))
    columns: dict[str, object] = {}
    for b, band in enumerate(BANDS):
        mag = galaxies.mag[:, b] + rng.normal(0, ZERO, half.size)
        columns |= {
            f"{band}_r_eff": half * np.exp(rng.normal(0, 0.03, half.size)),
            f"{band}_mnsurfb_eff": mag + 2.5 * np.log10(2 * np.pi * half**2),
            f"{band}_con_indx": most / quarter * np.exp(rng.normal(0, 0.04, half.size)),
            f"{band}_peak": mag - 2.5 * np.log10(middle / np.pi),
            f"{band}_5surf": mag - 2.5 * np.log10(core / (np.pi * 25)),
            f"{band}_sh0": galaxies.shape,
            f"{band}_sig_sh0": 0.03,
        }
    return columns
