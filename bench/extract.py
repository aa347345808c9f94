"""Extraction from stacks with Atlas-like noise, beside SExtractor and sep on the same images in the same run.

    python -m bench.extract [--quick] [--json]

Peers: SExtractor (`apt-get install source-extractor`) with its default filter and without one, told the true noise of a
pixel; sep (`pip install sep`) likewise. Both see N+S, as a user would run them. deepcal finds on N+S and confirms on N
and S. One band, so that all do the same work.
"""

import argparse
import importlib.util
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from combine.extract.images import Band, prepare
from combine.extract.photometry import main_circle
from combine.extract.sources import find, measure
from combine.measure.render import OVERSAMPLE, RADIUS, add_stars
from combine.products import Product
from schema.settings import defaults

Floats = NDArray[np.float64]
SHAPE = (3600, 540)
NOISE, SCANS, SKY, MAGZP = 0.1, 30, 80.0, 20.9044  # DN of a pixel of N or of S; DN; mag
BINS = ((5, 7), (7, 10), (10, 30), (30, np.inf))
ALONE = 8.0  # arcsec to the next object, for an isolated star
BETA = 3.5
SEX = "source-extractor"
CLEAN = 0.05
"""Largest share of detections without an object within 1 arcsec in the peers' clean lists: merged pairs hold it up."""


@dataclass(frozen=True)
class Sky:
    """What is true: positions (pixels), total fluxes (DN), which are stars, distance to the next object."""

    x: Floats
    y: Floats
    flux: Floats
    star: NDArray[np.bool_]
    apart: Floats


@dataclass(frozen=True)
class Catalogue:
    """What one program found: positions, total fluxes of stars (DN), CPU seconds."""

    x: Floats
    y: Floats
    flux: Floats
    seconds: float


def make_sky(sources: int, faintest: float, rng: np.random.Generator, rows: int) -> Sky:
    """Draw about `sources` objects above `faintest` DN and twice as many below; a tenth galaxies, some close pairs."""
    count = 3 * sources
    flux = 0.25 * faintest * rng.uniform(size=count) ** (-1 / 0.75)  # number falls with flux to the power 0.75
    flux = np.minimum(flux, 3e4)
    x, y = rng.uniform(15, SHAPE[1] - 15, count), rng.uniform(15, rows - 15, count)
    pairs = rng.permutation(count)[: count // 50]
    turn = rng.uniform(0, 2 * np.pi, pairs.size)
    reach = rng.uniform(2.0, 5.0, pairs.size)
    x = np.r_[x, x[pairs] + reach * np.cos(turn)]
    y = np.r_[y, y[pairs] + reach * np.sin(turn)]
    flux = np.r_[flux, flux[pairs] * rng.uniform(0.3, 1, pairs.size)]
    apart = cKDTree(np.column_stack((x, y))).query(np.column_stack((x, y)), 2)[0][:, 1]
    return Sky(x, y, flux, rng.uniform(size=x.size) > 0.1, apart)


def moffat(fwhm: float) -> Floats:
    """Return a Moffat profile of unit light on the fine grid that stars are drawn from, integrated over pixels."""
    size = OVERSAMPLE * (RADIUS + 2)
    y, x = np.mgrid[-size : size + 1, -size : size + 1] / OVERSAMPLE
    core = np.sqrt(fwhm**2 - 0.9) / (2 * np.sqrt(2 ** (1 / BETA) - 1))
    fine = ndimage.uniform_filter((1 + (x * x + y * y) / core**2) ** -BETA, OVERSAMPLE + 1)
    return np.asarray(fine / fine.sum() * OVERSAMPLE**2)


def stacks(sky: Sky, rng: np.random.Generator, rows: int) -> dict[str, Product]:
    """Return N, S and N+S of the sky: seeing of 2.8 and 3.0 arcsec, noise smoothed by 0.98 pixels."""
    made = {}
    for name, fwhm in (("N", 2.8), ("S", 3.0)):
        image = np.zeros((rows, SHAPE[1]), np.float32)
        for stars, width in ((sky.star, fwhm), (~sky.star, float(np.hypot(fwhm, 1.6)))):
            reach = np.full(int(stars.sum()), float(RADIUS))
            add_stars(image, moffat(width), sky.x[stars], sky.y[stars], sky.flux[stars], reach)
        noise = ndimage.gaussian_filter(rng.standard_normal(image.shape), 0.98)
        made[name] = image + (NOISE * noise / noise.std()).astype(np.float32) + np.float32(SKY)
    header = {"BUNIT": "DN", "MAGZP": MAGZP}
    made["NS"] = (made["N"] + made["S"]) / 2
    var = {"N": NOISE**2, "S": NOISE**2, "NS": NOISE**2 / 2}
    scans = {"N": SCANS, "S": SCANS, "NS": 2 * SCANS}
    return {
        name: Product(
            image, np.full(image.shape, var[name], np.float32), np.full(image.shape, scans[name], np.int16), header
        )
        for name, image in made.items()
    }


def with_deepcal(products: dict[str, Product]) -> tuple[Catalogue, Band]:
    """Find, confirm by the default rule, and measure."""
    settings = defaults()
    start = time.process_time()
    band = prepare("j", products, settings)
    found = find([band], "default", settings)
    (one,) = measure([band], found, settings)
    seconds = time.process_time() - start
    main = main_circle(settings)
    whole = [stack.circles.column(main).times(1 / float(stack.growth[main])) for stack in one.stacks.values()]
    weight, total = [part.sigma**-2.0 for part in whole], [part.flux for part in whole]
    flux = sum(w * t for w, t in zip(weight, total, strict=True)) / sum(weight)
    return Catalogue(found.x, found.y, np.asarray(flux), seconds), band


def with_sextractor(image: NDArray[np.float32], growth: float, filtered: bool, sigma: float) -> Catalogue:
    """Run SExtractor on N+S with its defaults but for true noise, our aperture and a threshold (sigma of a pixel)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fits.writeto(folder / "image.fits", image)
        fits.writeto(folder / "rms.fits", np.full(image.shape, NOISE / np.sqrt(2), np.float32))
        (folder / "wanted").write_text("X_IMAGE\nY_IMAGE\nFLUX_APER(1)\n")
        share = Path("/usr/share/source-extractor")
        words = [
            SEX, "image.fits", "-c", share / "default.sex", "-PARAMETERS_NAME", "wanted",
            "-FILTER_NAME", share / "default.conv", "-FILTER", "Y" if filtered else "N",
            "-STARNNW_NAME", share / "default.nnw", "-WEIGHT_TYPE", "MAP_RMS", "-WEIGHT_IMAGE", "rms.fits",
            "-DETECT_THRESH", f"{sigma:.3f}",
            "-PHOT_APERTURES", "8", "-CATALOG_TYPE", "FITS_1.0", "-CATALOG_NAME", "out.fits", "-VERBOSE_TYPE", "QUIET",
        ]  # fmt: skip
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(word) for word in words], cwd=folder, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        table = fits.getdata(folder / "out.fits", 1)
        x, y, flux = (np.asarray(table[column], float) for column in ("X_IMAGE", "Y_IMAGE", "FLUX_APER"))
    return Catalogue(x - 1, y - 1, flux / growth, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def with_sep(image: NDArray[np.float32], growth: float, sigma: float) -> Catalogue:
    """Run sep on N+S with its defaults but for the true noise, our aperture and a threshold (sigma of a pixel)."""
    import sep

    start = time.process_time()
    above = np.ascontiguousarray(image, np.float32)
    above = above - sep.Background(above).back()
    found = sep.extract(above, sigma, err=NOISE / np.sqrt(2))
    flux, _, _ = sep.sum_circle(above, found["x"], found["y"], 4.0, bkgann=(14.0, 20.0))
    return Catalogue(found["x"], found["y"], flux / growth, time.process_time() - start)


def judged(sky: Sky, found: Catalogue, sigma: float, name: str) -> dict[str, float]:
    """Hold a catalogue against the truth: completeness by true signal to noise, false detections, photometry."""
    snr = sky.flux / sigma
    tree = cKDTree(np.column_stack((found.x, found.y)))
    near = tree.query_ball_point(np.column_stack((sky.x, sky.y)), 1.0)
    hit = np.array([any(0.5 <= found.flux[j] / f <= 2 for j in js) for js, f in zip(near, sky.flux, strict=True)])
    out: dict[str, float] = {}
    for low, high in BINS:
        here = (snr >= low) & (snr < high)
        alone = here & sky.star & (sky.apart > ALONE)
        out[f"{name}_found_{low}_{high:g}"] = round(float(hit[here].mean()), 4)
        out[f"{name}_found_alone_{low}_{high:g}"] = round(float(hit[alone].mean()), 4)
    truth = cKDTree(np.column_stack((sky.x, sky.y)))
    there = truth.query_ball_point(np.column_stack((found.x, found.y)), 1.0)
    light = np.array([sky.flux[js].sum() for js in there])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(light > 0, found.flux / light, np.nan)
    real = (ratio > 0.5) & (ratio < 2)
    apart, nearest = tree.query(np.column_stack((sky.x, sky.y)))
    bright = (snr > 20) & sky.star & (sky.apart > ALONE) & (apart < 1)
    dmag = -2.5 * np.log10(np.maximum(found.flux[nearest[bright]], 1e-9) / sky.flux[bright])
    return out | {
        f"{name}_detections": float(found.x.size),
        f"{name}_false": round(float(1 - real.mean()), 4),
        f"{name}_false_no_object": round(float(np.mean(light == 0)), 4),
        f"{name}_mag_bias": round(float(np.median(dmag)), 4),
        f"{name}_mag_scatter": round(float(1.4826 * np.median(np.abs(dmag - np.median(dmag)))), 4),
        f"{name}_cpu_seconds": round(found.seconds, 3),
    }


def as_clean(peer: Callable[[float], Catalogue], sky: Sky, wanted: float) -> tuple[Catalogue, float]:
    """Return a peer's list at the lowest threshold where no more of it than wanted is false, and that threshold."""
    for sigma in np.arange(1.5, 6.01, 0.25):
        found = peer(float(sigma))
        if judged(sky, found, 1.0, "")["_false_no_object"] <= wanted:
            break
    return found, float(sigma)


def run(sources: int, rows: int, seed: int) -> dict[str, float]:
    """Compare all programs on one field: the peers with their own threshold, and with one of clean lists."""
    rng = np.random.default_rng(seed)
    sigma = 2.0  # DN; refined below
    for _ in range(2):
        sky = make_sky(round(sources * rows / SHAPE[0]), 5 * sigma, rng, rows)
        products = stacks(sky, rng, rows)
        mine, band = with_deepcal(products)
        sigma = float(band.both.filter.sigma * np.sqrt(np.nanmedian(band.both.var)))
    growth, image = band.both.psf.growth(4.0), products["NS"].image
    figures = judged(sky, mine, sigma, "deepcal")
    peers: dict[str, Callable[[float], Catalogue]] = {}
    if shutil.which(SEX):
        peers["sex"] = lambda threshold: with_sextractor(image, growth, True, threshold)
        peers["sex_nofilter"] = lambda threshold: with_sextractor(image, growth, False, threshold)
    if importlib.util.find_spec("sep"):
        peers["sep"] = lambda threshold: with_sep(image, growth, threshold)
    for name, peer in peers.items():
        figures |= judged(sky, peer(1.5), sigma, name)
        clean, threshold = as_clean(peer, sky, CLEAN)
        figures |= judged(sky, clean, sigma, f"{name}_clean") | {f"{name}_clean_threshold": threshold}
        figures[f"cpu_over_{name}"] = round(figures["deepcal_cpu_seconds"] / figures[f"{name}_cpu_seconds"], 3)
    return figures


def main() -> None:
    """Run the comparison and print it."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--json", action="store_true", help="one object: figure to value")
    words.add_argument("--quick", action="store_true", help="a third of a field, one density")
    asked = words.parse_args()
    rows = 1200 if asked.quick else SHAPE[0]
    run(500, 400, 1)  # compile
    figures = {}
    for sources in (7000,) if asked.quick else (2500, 7000):
        figures |= {f"{key}_{sources}": value for key, value in run(sources, rows, 11).items()}
    if asked.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
        return
    for key, value in figures.items():
        print(f"{key:44} {value:10g}")


if __name__ == "__main__":
    main()
