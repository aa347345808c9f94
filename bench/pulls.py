"""Pulls: are the errors of fluxes and positions true? Measured less true values over their errors, by signal to noise.

    python -m bench.pulls [--quick] [--json] [--figure FILE.png] [--field PRODUCTS TRUTH ...]

Stacks with Atlas-like noise of low and medium crowding, several seeds, every star alike: errors that no signal lowers
(the floors of the settings) are set to nothing there. With --field instead the stacks of a simulated
field: the folder of a run's products, and the folder `truth` that `deepcal simulate` wrote. Stars between true signal
to noise 5 and 100, forced at their true places with all that is brighter than 3 sigma: aperture fluxes where other
light in the aperture stays below half an error, fits for all. Then what is detected above 10 sigma, and its positions.
The zero point of each field is taken off. Wanted: robust standard deviation 0.9 to 1.1, median below 0.1 (or 0.003
mag) plus twice its standard error. What selection does to detected sources below 10 sigma is drawn only.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from bench.extract import SHAPE, make_sky, stacks
from combine.extract.detect import detect
from combine.extract.images import Band, prepare
from combine.extract.photometry import combined, main_circle
from combine.extract.sources import Found, Measured, find, measure
from combine.measure.aperture import aperture
from combine.measure.render import RADIUS
from combine.measure.robust import robust_sigma
from combine.products import Product, read_product
from schema.settings import Settings, defaults

Floats = NDArray[np.float64]
EDGES = (5, 7, 10, 14, 20, 30, 50, 100)
KNOWN = 3.0
"""True signal to noise of what is forced; fainter objects are the confusion."""
CLEAN = 0.5
"""Other light in an aperture, in its errors, that is no contamination."""
LEAST = 400
"""Stars that a bin needs."""
DEPTH = 4.0
"""DN of five sigma on the stacks of bench.extract, about."""


@dataclass(frozen=True)
class Truth:
    """What is true on one band: places (pixels), total fluxes (DN), and which objects are constant stars."""

    x: Floats
    y: Floats
    flux: Floats
    star: NDArray[np.bool_]


@dataclass(frozen=True)
class Pulls:
    """Pulls of stars: true signal to noise, pulls, and the same as magnitudes."""

    snr: Floats
    pull: Floats
    dmag: Floats

    def __add__(self, other: "Pulls") -> "Pulls":
        """Return both."""
        return Pulls(*(np.r_[getattr(self, n), getattr(other, n)] for n in ("snr", "pull", "dmag")))


def made_up(sources: int, seed: int, rows: int) -> tuple[Truth, dict[str, Product]]:
    """Return the truth and the stacks of a sky of so many sources a field."""
    rng = np.random.default_rng(seed)
    sky = make_sky(round(sources * rows / SHAPE[0]), DEPTH, rng, rows)
    return Truth(sky.x, sky.y, sky.flux, sky.star), stacks(sky, rng, rows)


def simulated(products: Path, truth: Path, band: str) -> tuple[Truth, dict[str, Product]]:
    """Return the truth and the stacks of one band of a simulated field."""
    from deepcal.truth import read_truth

    images = {name: read_product(next(products.glob(f"*_{band}_{name}_masked.fits"))) for name in ("N", "S", "NS")}
    objects = read_truth(truth).objects
    ny, nx = images["NS"].image.shape
    objects = objects[(objects.x > 0) & (objects.x < nx - 1) & (objects.y > 0) & (objects.y < ny - 1)]
    flux = 10 ** (0.4 * (float(images["NS"].header["MAGZP"]) - objects[f"{band}_m_std"].to_numpy(float)))
    star = (objects.kind == "star").to_numpy(bool) & objects.variable.isna().to_numpy(bool)
    return Truth(objects.x.to_numpy(float), objects.y.to_numpy(float), flux, star), images


def other_light(band: Band, truth: Truth, radius: float) -> Floats:
    """Return what other objects have in the apertures at the true places, DN."""
    away = np.linspace(0, 14, 57)
    stamp = band.both.psf.stamp().astype(np.float32)
    share = aperture(stamp, RADIUS + away, np.full(away.size, float(RADIUS)), radius).sum
    tree = cKDTree(np.column_stack((truth.x, truth.y)))
    pairs = tree.sparse_distance_matrix(tree, 14.0, output_type="ndarray")
    pairs = pairs[pairs["i"] != pairs["j"]]
    light = truth.flux[pairs["j"]] * np.interp(pairs["v"], away, share)
    return np.bincount(pairs["i"], light, minlength=truth.x.size)


def forced(band: Band, truth: Truth, snr: Floats, settings: Settings) -> Measured:
    """Measure at the places of the truth; what else is seen is taken off as in every extraction."""
    seen, faint = detect(band.both, settings)
    extra = seen + faint
    apart, _ = cKDTree(np.column_stack((truth.x, truth.y))).query(extra.places)
    count = truth.x.size
    blank, zero = np.full((count, 1), np.nan), np.zeros(count)
    rule = np.zeros((count, 1), np.int16)
    found = Found(truth.x, truth.y, zero, zero, zero, snr[:, None], blank, blank, rule, [extra.where(apart > 1.5)])
    return measure([band], found, settings)[0]


def fluxes(one: Measured) -> dict[str, tuple[Floats, Floats]]:
    """Return total fluxes and errors of N and S joined: from apertures, and from fits."""
    main = main_circle(defaults())
    whole = [stack.circles.column(main).times(1 / float(stack.growth[main])) for stack in one.stacks.values()]
    return {"aper": combined(whole), "fit": combined([stack.psf for stack in one.stacks.values()])}


def pulls(snr: Floats, true: Floats, flux: Floats, sigma: Floats, tell: NDArray[np.bool_]) -> Pulls:
    """Return the pulls of stars, the zero point of the well measured ones (`tell`) taken off."""
    zero = float(np.median((flux / true)[tell & np.isfinite(flux)]))
    flux, sigma = flux / zero, sigma / zero
    good = np.isfinite(flux) & np.isfinite(sigma)
    with np.errstate(invalid="ignore", divide="ignore"):
        return Pulls(snr[good], ((flux - true) / sigma)[good], (-1.0857 * (flux - true) / true)[good])


def of_field(truth: Truth, products: dict[str, Product], letter: str, settings: Settings) -> dict[str, Pulls]:
    """Return the pulls of one band of one field: forced and detected fluxes, positions."""
    band = prepare(letter, products, settings)
    snr = truth.flux / band.both.flux_sigma(truth.x, truth.y)
    known = snr >= KNOWN
    light = other_light(band, truth, settings["aper_radius"][0])
    apart = cKDTree(np.column_stack((truth.x, truth.y))).query(np.column_stack((truth.x, truth.y)), 2)[0][:, 1]

    def part(which: NDArray[np.bool_] | NDArray[np.int64]) -> Truth:
        return Truth(truth.x[which], truth.y[which], truth.flux[which], truth.star[which])

    out = {}
    for name, (flux, sigma) in fluxes(forced(band, part(known), snr[known], settings)).items():
        out |= _judged(f"forced_{name}", part(known), snr[known], light[known], apart[known], flux, sigma)
    found = find([band], "default", settings)
    (one,) = measure([band], found, settings)
    near, me = cKDTree(np.column_stack((found.x, found.y))).query(np.column_stack((truth.x, truth.y)))
    seen = np.flatnonzero((near < 1.0) & truth.star)
    me = me[seen]
    for name, (flux, sigma) in fluxes(one).items():
        out |= _judged(f"found_{name}", part(seen), snr[seen], light[seen], apart[seen], flux[me], sigma[me])
    alone = apart[seen] > CROWDED
    for axis in ("x", "y"):
        off = (getattr(found, axis)[me] - getattr(truth, axis)[seen])[alone]
        off -= np.median(off[snr[seen][alone] > 20])
        out[f"position_{axis}"] = Pulls(snr[seen][alone], off / found.sigma[me][alone], off)
    return out


CROWDED = 4.0
"""Pixels to the next object, however faint, below which a position is that of both."""


def _judged(
    name: str, truth: Truth, snr: Floats, light: Floats, apart: Floats, flux: Floats, sigma: Floats
) -> dict[str, Pulls]:
    """Return the pulls of the stars that count: all of fits, those without other light of apertures."""
    tell = truth.star & (snr > 40) & (snr < 500) & (apart > 4)
    counts = truth.star & (snr >= EDGES[0]) & (snr < EDGES[-1])
    if name.endswith("aper"):
        counts = counts & (light < CLEAN * sigma)
    whole = np.where(counts | tell, flux, np.nan)
    made = pulls(snr, truth.flux, whole, sigma, tell)
    inside = (made.snr < EDGES[-1]) & counts[np.isfinite(whole) & np.isfinite(sigma)]
    return {name: Pulls(made.snr[inside], made.pull[inside], made.dmag[inside])}


def bins(name: str, all_of_it: Pulls) -> Iterator[tuple[str, dict[str, float]]]:
    """Return for every bin of signal to noise the stars in it, and scatter and median of their pulls."""
    for low, high in pairwise(EDGES):
        here = (all_of_it.snr >= low) & (all_of_it.snr < high)
        if here.sum() < 20:
            continue
        pull, dmag = all_of_it.pull[here], all_of_it.dmag[here]
        scatter, middle = robust_sigma(pull), float(np.median(pull))
        error = 1.2533 * scatter / np.sqrt(pull.size)
        unit = abs(float(np.median(dmag)) / middle) if middle else 1.0  # magnitudes (pixels) a sigma
        allowed = max(0.1, 0.003 / unit if not name.startswith("position") else 0.1) + 2 * error
        yield f"{name}_{low}_{high}", {
            "stars": float(pull.size), "scatter": scatter, "median": middle, "allowed": allowed,
            "passed": float(0.9 <= scatter <= 1.1 and abs(middle) <= allowed),
        }  # fmt: skip


def ideal() -> Settings:
    """Return the settings for stacks whose stars are all alike and where they should be."""
    return defaults() | {name: [0.0] for name in ("flux_floor", "fit_floor", "position_floor")}


def joined(fields: list[dict[str, Pulls]]) -> dict[str, Pulls]:
    """Join the pulls of several fields."""
    out = dict(fields[0])
    for field in fields[1:]:
        out = {name: out[name] + field[name] for name in out}
    return out


def run(asked: argparse.Namespace) -> dict[str, dict[str, Pulls]]:
    """Return the pulls of every kind of field."""
    if asked.field:
        every = [(*simulated(Path(p), Path(t), b), b) for p, t in asked.field for b in "jhk"]
        return {"simulated": joined([of_field(*one, defaults()) for one in every])}
    seeds, rows = ((1, 2), 1200) if asked.quick else ((1, 2, 3, 4), SHAPE[0])
    out = {}
    for name, sources in (("low", 2500), ("medium", 7000)):
        out[name] = joined([of_field(*made_up(sources, seed, rows), "j", ideal()) for seed in seeds])
    return out


def draw(found: dict[str, dict[str, Pulls]], path: Path) -> None:
    """Draw median and scatter of the pulls over signal to noise."""
    from deepcal.report.style import FIRST, GOLD, INK, SECOND, THIRD, canvas, look, save

    with look():
        figure, panels = canvas(6 * len(found), 8, 2, len(found))
        for column, (kind, every) in enumerate(found.items()):
            for (name, all_of_it), colour in zip(every.items(), (INK, FIRST, GOLD, SECOND, THIRD, THIRD), strict=False):
                rows = [(key.split("_")[-2:], values) for key, values in bins(name, all_of_it)]
                at = [np.sqrt(float(low) * float(high)) for (low, high), _ in rows]
                for row, what in enumerate(("scatter", "median")):
                    axes = panels[row * len(found) + column]
                    axes.plot(at, [values[what] for _, values in rows], color=colour, label=name.replace("_", ", "))
                    axes.set(xscale="log", title=kind, xlabel="true signal to noise", ylabel=f"{what} of pulls")
                    for limit in (0.9, 1.1) if what == "scatter" else (-0.1, 0.1):
                        axes.axhline(limit, color=INK, lw=0.5)
        panels[0].legend(fontsize=7)
        save(figure, path)


def main() -> None:
    """Measure the pulls and print them."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--json", action="store_true", help="one object: figure to value")
    words.add_argument("--quick", action="store_true", help="two seeds, a third of a field")
    words.add_argument("--figure", type=Path, help="draw scatter and median over signal to noise into this file")
    words.add_argument("--field", nargs=2, action="append", metavar=("PRODUCTS", "TRUTH"), help="a simulated field")
    asked = words.parse_args()
    found = run(asked)
    if asked.figure:
        draw(found, asked.figure)
    figures = {
        f"{kind}_{name}": values
        for kind, every in found.items()
        for n, p in every.items()
        for name, values in bins(n, p)
    }
    if asked.json:
        flat = {f"{name}_{key}": round(value, 4) for name, values in figures.items() for key, value in values.items()}
        json.dump(flat, sys.stdout, indent=1)
        print()
        return
    for name, v in figures.items():
        told = "" if v["passed"] else "  MISSED" if v["stars"] >= LEAST else "  off, of few"
        value = f"scatter {v['scatter']:.3f}  median {v['median']:+.3f} ({v['allowed']:.3f})"
        print(f"{name:34} {v['stars']:7g} stars  {value}{told}")


if __name__ == "__main__":
    main()
