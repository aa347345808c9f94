"""From sums to products: the FITS files of a field, their depths, and the rows that list them."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from combine.measure.aperture import Floats
from combine.measure.noise import detection_filter
from combine.measure.psf import Psf
from combine.measure.shapes import Shapes, measure_shapes
from combine.products import Cards, Product, write_coverage, write_image
from combine.shapes import write_noise, write_psf
from combine.stack.band import DirectionStack, Part
from combine.stack.cards import BandOfRun, measured
from combine.stack.covariance import visit_factors
from combine.stack.depth import measure_depth, source_mask
from combine.stack.passes import Sums
from schema.grid import Grid
from schema.settings import Settings
from schema.tables.stack import DEPTHS

Counts = NDArray[np.int16]
DIRECTIONS = ("NS", "N", "S")
SMALL_FILES = 3_000_000
"""Bytes of the point-spread functions and the noise spectrum of a band."""


def write_band(
    folder: Path,
    final: Path,
    field: tuple[int, Grid],
    run: str,
    band: str,
    stacks: dict[str, DirectionStack],
    settings: Settings,
) -> list[dict[str, Any]]:
    """Write the files of a band and return their rows of deepcal.stack.

    Parameters
    ----------
    folder : where to write now
    final : the folder the files will have when the run is stored
    field : tile and grid
    stacks : sums by direction, n and s; one may be absent
    """
    used = {d.upper(): [p for p in one.parts if p.reason is None] for d, one in stacks.items()}
    used = {"N": [], "S": [], "NS": [p for parts in used.values() for p in parts]} | used
    mine = BandOfRun(run, field[0], band, field[1], settings, visit_factors(stacks), used, folder, final)
    sums = {d.upper(): one.sums for d, one in stacks.items()} | {"NS": _join([one.sums for one in stacks.values()])}
    sums = {d: sums.get(d, _empty(mine.grid)) for d in DIRECTIONS}
    sky = _common_sky(used["NS"])
    masked = {d: _masked(mine, d, _product(mine, d, sums[d], sky)) for d in DIRECTIONS}
    shapes = _shapes(mine, masked)
    rows, sources = [], None
    for d in DIRECTIONS:
        product, facts = _product(mine, d, sums[d], sky), mine.facts(d, int(sums[d].count.max(initial=0)))
        sources = source_mask(product.image, product.var) if sources is None else sources
        if shapes is not None and used[d]:
            facts |= _depths(mine, d, product, sources, shapes.psf[d])
            facts |= _limits(mine, masked[d], shapes.psf[d], shapes.power)
            psf = partial(write_psf, psf=shapes.psf[d], cards=mine.identity(d))
            rows.append(mine.write(facts, d, "psf", psf))
        for kind, image in (("image", product), ("masked", masked.pop(d))):
            told = replace(image, header=image.header | measured(facts))
            rows.append(mine.write(facts, d, kind, partial(write_image, product=told)))
    return rows + _of_the_band(mine, {d: sums[d].count for d in DIRECTIONS}, shapes)


def _of_the_band(mine: BandOfRun, counts: dict[str, Counts], shapes: Shapes | None) -> list[dict[str, Any]]:
    """Write what all stacks of a band share: their coverage map, and the spectrum of their noise."""
    facts = mine.facts("NS", int(counts["NS"].max(initial=0)))
    cards = mine.grid.cards() | {"BUNIT": "scan"} | mine.identity("NS")
    rows = [mine.write(facts, "NS", "coverage", partial(write_coverage, counts=counts, cards=cards))]
    if shapes is not None:
        noise = partial(write_noise, power=shapes.power, cards=mine.identity("NS"))
        rows.append(mine.write(facts, "NS", "noise", noise))
    return rows


def bytes_of(grid: Grid, *, sums: bool) -> int:
    """Return about how much a band takes: six images with variance and count, coverage, sums if kept, and more."""
    return grid.nx * grid.ny * (6 * (4 + 4 + 2) + 3 * 2 + 2 * (4 + 4 + 2) * sums) + SMALL_FILES


def _join(sums: list[Sums]) -> Sums:
    """Add the directions up."""
    total = sums[0]
    for other in sums[1:]:
        total = total + other
    return total


def _empty(grid: Grid) -> Sums:
    """Return the sums of a direction without scans."""
    blank = np.zeros((grid.ny, grid.nx), np.float32)
    return Sums(blank, blank, blank.astype(np.int16))


def _common_sky(parts: list[Part]) -> float:
    """Return the one background that every stack of a band keeps: the weighted mean sky of the scans, DN."""
    if not parts:
        return 0.0
    sky = [p.member.scale * np.mean([q.image.sky_measured for q in p.member.placements]) for p in parts]
    return float(np.average(sky, weights=[p.weight for p in parts]))


def _product(mine: BandOfRun, direction: str, sums: Sums, sky: float) -> Product:
    """Turn sums into image, variance (what visits share included) and count."""
    scale = (mine.factor(direction) / mine.ratio(direction)) ** 2
    with np.errstate(divide="ignore"):
        var = np.where(sums.weight > 0, scale / sums.weight, np.nan).astype(np.float32)
    return Product(sums.mean + np.float32(sky), var, sums.count, mine.cards(direction))


def _masked(mine: BandOfRun, direction: str, product: Product) -> Product:
    """Blank what fewer than 30 percent of the available scans cover."""
    least = mine.settings["coverage_mask"][0]
    thin = product.count < least * len(mine.used[direction])
    image, var = (np.where(thin, np.float32(np.nan), plane) for plane in (product.image, product.var))
    return Product(image, var, product.count, product.header | {"COVMIN": least})


def _shapes(mine: BandOfRun, masked: dict[str, Product]) -> Shapes | None:
    """Measure point-spread functions and noise spectrum; None where all scans were left out."""
    there = {d: masked[d] for d in DIRECTIONS if mine.used[d]}
    if not there:
        return None
    both = float(np.hypot(mine.factor("N"), mine.factor("S"))) / np.sqrt(2) if len(there) == len(DIRECTIONS) else 1.0
    return measure_shapes(mine.band, there, mine.magzp, mine.settings, both / mine.shared["difference"])


def _depths(mine: BandOfRun, direction: str, product: Product, sources: NDArray[np.bool_], psf: Psf) -> Cards:
    """Measure noise and depths in apertures."""
    depth = measure_depth(product.image, product.var, mine.ratio(direction), mine.magzp, sources, psf)
    facts = {f"m5_aper_{percent}": depth.at(factor) for percent, factor in _thinner(product.count).items()}
    facts |= {"coverage_median": float(np.median(product.count[product.count > 0])), "noise_pixel": depth.noise_pixel}
    facts |= {"noise_aper": depth.noise_aper, "noise_predicted": depth.noise_predicted}
    return _known(facts | {"fwhm": depth.fwhm, "m5_aper": depth.m5})


def _limits(mine: BandOfRun, masked: Product, psf: Psf, power: Floats) -> Cards:
    """Work out how faint a star the detection filter finds at five sigma, by the zero point of the image."""
    sigma = detection_filter(psf.stamp(), power).sigma * np.sqrt(np.nanmedian(masked.var))
    limit = mine.magzp - 2.5 * np.log10(5 * sigma)
    facts = {f"m5_det_{percent}": limit - 2.5 * np.log10(times) for percent, times in _thinner(masked.count).items()}
    return _known(facts | {"m5_det": limit})


def _thinner(count: Counts) -> dict[int, float]:
    """Return how many times the noise at median coverage that at some percents of the largest coverage is."""
    covered = count[count > 0]
    most = int(covered.max())  # 16 bits would not hold the percents of many scans
    return {percent: float(np.sqrt(np.median(covered) / (most * percent / 100))) for percent in DEPTHS}


def _known(facts: Cards) -> Cards:
    """Return plain numbers, None for what is not finite."""
    return {name: float(value) if np.isfinite(value) else None for name, value in facts.items()}
