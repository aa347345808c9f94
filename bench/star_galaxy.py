"""Star or galaxy: how many of each are told rightly by extent, at the threshold that 98 percent of the stars pass.

    python -m bench.star_galaxy [--quick] [--json] [--figure FILE.png]

Isolated stars and galaxies of one half-light radius (major axis; two thirds discs, one third de Vaucouleurs profiles,
axis ratios 0.4 to 1) on stacks with Atlas-like noise in seeing of 2.8 and 3.0 arcsec, one band, signal to noise above
15, most of them near that; found, confirmed and measured by deepcal. Pairs 2.5 to 4 arcsec apart are told of apart.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal
from scipy.spatial import cKDTree

from bench.extract import MAGZP, NOISE, SCANS, SHAPE, SKY, moffat
from combine.extract.extent import star_probability
from combine.extract.images import prepare
from combine.extract.sources import find, measure
from combine.measure.render import OVERSAMPLE, RADIUS, add_stars
from combine.products import Product
from schema.settings import defaults
from tests.skies import atlas_noise

Floats = NDArray[np.float64]
KINDS = {"star": 0.0, "galaxy_0.5": 0.5, "galaxy_1.0": 1.0, "galaxy_1.5": 1.5}
STEP = 24
"""Pixels between objects."""
SHAPES = 12
SHARES = (0.8, 0.05, 0.05, 0.05, 0.05)
"""Of the kinds, and of pairs."""
FAINTEST = 15.0
SIGMA = 0.8
"""DN of the detection filter on N+S, about."""
STARS_RIGHT = 0.98


def galaxy(radius: float, ratio: float, angle: float, vaucouleurs: bool, star: Floats) -> Floats:
    """Return a galaxy of unit light through the seeing, on the fine grid that objects are drawn from."""
    middle = star.shape[0] // 2
    y, x = np.mgrid[-middle : middle + 1, -middle : middle + 1] / OVERSAMPLE
    along, across = x * np.cos(angle) + y * np.sin(angle), (y * np.cos(angle) - x * np.sin(angle)) / ratio
    r = np.maximum(np.hypot(along, across), 0.1) / radius
    light = np.exp(-7.669 * r**0.25) if vaucouleurs else np.exp(-1.678 * r)
    seen = signal.fftconvolve(star, light / light.sum(), mode="same")
    return np.asarray(seen / seen.sum() * OVERSAMPLE**2)


def places(rng: np.random.Generator, rows: int) -> tuple[Floats, Floats, Floats]:
    """Return places on a loose grid, and fluxes of which there are the fewer the brighter."""
    gy, gx = np.meshgrid(np.arange(30, rows - 30, STEP), np.arange(30, SHAPE[1] - 30, STEP), indexing="ij")
    x, y = (g.ravel() + rng.uniform(-2, 2, g.size) for g in (gx, gy))
    flux = np.minimum(FAINTEST * SIGMA * 1.1 * rng.uniform(size=x.size) ** (-1 / 0.75), 3e3)
    return x, y, flux


def stacks(x: Floats, y: Floats, flux: Floats, kind: NDArray[np.int64], seed: int, rows: int) -> dict[str, Product]:
    """Return N, S and N+S of such a sky; the last of the kinds are pairs of stars."""
    made = {}
    for number, (name, fwhm) in enumerate((("N", 2.8), ("S", 3.0))):
        rng = np.random.default_rng(seed)  # both directions see the same galaxies
        image, star = np.zeros((rows, SHAPE[1]), np.float32), moffat(fwhm)
        for k, radius in enumerate(KINDS.values()):
            for shape in range(SHAPES):
                ratio, angle, old = rng.uniform(0.4, 1), rng.uniform(0, np.pi), shape % 3 == 0
                mine = np.flatnonzero(kind == k)[shape::SHAPES]
                fine = star if radius == 0 else galaxy(radius, ratio, angle, old, star)
                add_stars(image, fine, x[mine], y[mine], flux[mine], np.full(mine.size, float(RADIUS)))
        pair = kind == len(KINDS)
        gap, turn = rng.uniform(2.5, 4, x.size), rng.uniform(0, 2 * np.pi, x.size)
        for side in (-0.5, 0.5):
            px, py = x + side * gap * np.cos(turn), y + side * gap * np.sin(turn)
            add_stars(image, star, px[pair], py[pair], 0.5 * flux[pair], np.full(int(pair.sum()), float(RADIUS)))
        photons = np.random.default_rng([seed, number]).standard_normal(image.shape)
        noise = atlas_noise(10 * seed + number, NOISE, image.shape) + photons * np.sqrt(image / (60 * SCANS))
        made[name] = (image + noise + SKY).astype(np.float32)
    made["NS"] = (made["N"] + made["S"]) / 2
    return {
        name: Product(
            image, np.full(image.shape, NOISE**2 / (2 if name == "NS" else 1), np.float32),
            np.full(image.shape, SCANS, np.int16), {"BUNIT": "DN", "MAGZP": MAGZP},
        )
        for name, image in made.items()
    }  # fmt: skip


def measured(seed: int, rows: int) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """Return kind, signal to noise, extent and probability of a star of the objects of one sky that were found."""
    settings = defaults()
    rng = np.random.default_rng(seed)
    x, y, flux = places(rng, rows)
    kind = rng.choice(len(KINDS) + 1, x.size, p=SHARES)
    band = prepare("j", stacks(x, y, flux, kind, seed, rows), settings)
    found = find([band], "default", settings)
    (one,) = measure([band], found, settings)
    apart, nearest = cKDTree(np.column_stack((found.x, found.y))).query(np.column_stack((x, y)))
    mine = np.flatnonzero((apart < 2.5) & (found.snr[nearest, 0] > FAINTEST))
    me = nearest[mine]
    return kind[mine], found.snr[me, 0], one.extents.value[me], star_probability(one.extents, settings)[me]


def run(seeds: range, rows: int, figure: Path | None = None) -> dict[str, float]:
    """Return for every kind the part that is told rightly, and what the probabilities are worth."""
    kind, snr, extent, star = (np.concatenate(v) for v in zip(*(measured(s, rows) for s in seeds), strict=True))
    limit = float(np.quantile(star[kind == 0], 1 - STARS_RIGHT))
    figures = {
        "threshold": limit,
        "stars": float((kind == 0).sum()),
        "stars_right": float((star[kind == 0] >= limit).mean()),
    }
    for k, name in enumerate(KINDS):
        if k > 0:
            figures[f"{name}_right"] = float((star[kind == k] < limit).mean())
            figures[f"{name}_extent"] = float(np.median(extent[kind == k]))
    pair = kind == len(KINDS)
    figures |= {
        "pairs_taken_for_galaxies": float((star[pair] < limit).mean()),
        "stars_above_half": float((star[kind == 0] > 0.5).mean()),
    }
    if figure is not None:
        draw(kind, snr, extent, figure)
    return {name: round(value, 4) for name, value in figures.items()}


def draw(kind: NDArray[np.int64], snr: Floats, extent: Floats, path: Path) -> None:
    """Draw extent over signal to noise."""
    from deepcal.report.style import FIRST, GOLD, INK, SECOND, THIRD, canvas, look, save

    with look():
        figure, (axes,) = canvas(9, 6, 1, 1)
        for k, (name, colour) in enumerate(zip((*KINDS, "pair"), (INK, GOLD, FIRST, SECOND, THIRD), strict=True)):
            axes.scatter(
                snr[kind == k], extent[kind == k], s=5, color=colour, linewidths=0, label=name.replace("_", ", r_e ")
            )
        axes.set(xscale="log", ylim=(-1, 4), xlabel="signal to noise", ylabel="extent")
        axes.legend(markerscale=3)
        save(figure, path)


def main() -> None:
    """Run the comparison and print it."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--json", action="store_true", help="one object: figure to value")
    words.add_argument("--quick", action="store_true", help="one sky, a third of a field")
    words.add_argument("--figure", type=Path, help="draw extent over signal to noise into this file")
    asked = words.parse_args()
    figures = run(range(1, 2), 1200, asked.figure) if asked.quick else run(range(1, 4), SHAPE[0], asked.figure)
    if asked.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
        return
    for name, value in figures.items():
        print(f"{name:28} {value:10g}")


if __name__ == "__main__":
    main()
