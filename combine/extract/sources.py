"""From the stacks of all bands to one list of sources: arrays in, arrays out."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from combine.extract.bands import Detections, detections
from combine.extract.confirm import Rule, wanted
from combine.extract.extent import Extents, extents, mean_extents
from combine.extract.images import Band, prepare
from combine.extract.merge import merge, weighted
from combine.extract.neighbours import FIT_ROUNDS, model
from combine.extract.photometry import Places, Stack, measure_noise, photometry
from combine.extract.stars import Stars, fit, reaches
from combine.measure.aperture import Floats
from combine.measure.shapes import Shapes
from combine.products import Product
from schema.settings import Settings

WORKERS = 2
Result = TypeVar("Result")
Ints = NDArray[np.int64]
Reader = Callable[[], tuple[str, dict[str, Product], Shapes | None]]
"""Reads a band: its letter, its products, and what was measured on them if that was stored."""


@dataclass(frozen=True)
class Found:
    """The sources of a field before their photometry; (sources,) or (sources, bands).

    x, y, sigma : position and its error along one axis, pixels
    dx, dy : north less south in the band of the best signal
    snr, snr_n, snr_s : in the detection filters; NaN where a band did not detect the source
    rule : rules passed in each band
    extra : per band, positions and signal of what is seen but is no source of the list
    """

    x: Floats
    y: Floats
    sigma: Floats
    dx: Floats
    dy: Floats
    snr: Floats
    snr_n: Floats
    snr_s: Floats
    rule: NDArray[np.int16]
    extra: list[Stars]


@dataclass(frozen=True)
class Measured:
    """Photometry of one band at the merged places.

    snr, snr_dir : in the detection filter of N+S, and of each direction
    stacks : photometry of each direction
    extents : how extended the sources are on N and S
    coverage : over the largest of N+S
    stripe : signal to noise of the electronic stripe that was taken off under each source
    """

    snr: Floats
    snr_dir: dict[str, Floats]
    stacks: dict[str, Stack]
    extents: Extents
    coverage: Floats
    stripe: Floats


def read_bands(products: Sequence[Reader], settings: Settings) -> list[Band]:
    """Read and prepare the bands, a few at once."""

    def one(read: Reader) -> Band:
        letter, images, shapes = read()
        return prepare(letter, images, settings, shapes)

    return together(one, products)


def find(bands: list[Band], confirm: str, settings: Settings) -> Found:
    """Detect in every band, and join what belongs together.

    A detection that the wanted confirmation leaves out joins a source, but makes none and moves none.
    """
    per_band = together(lambda band: detections(band, settings), bands)
    joined = merge(
        [d.x for d in per_band], [d.y for d in per_band], settings["merge_radius"][0], settings["merge_apart"][0]
    )
    one_way = all(len(band.directions) == 1 for band in bands)  # then nothing can be confirmed
    asked = [wanted(d.rule, "none" if one_way else confirm) for d in per_band]
    good = _gather(joined, asked, False).astype(bool)
    keep = good.any(axis=1)
    extra = [
        Stars(d.x[row], d.y[row], d.snr[row]) + d.faint
        for d, row in zip(per_band, (joined[~keep, b] for b in range(len(bands))), strict=True)
        for row in [row[row >= 0]]
    ]
    return _found(per_band, joined[keep], good[keep], extra, settings["position_floor"][0])


def _found(
    per_band: list[Detections], joined: Ints, good: NDArray[np.bool_], extra: list[Stars], floor: float
) -> Found:
    """Put the joined detections in columns, by declination."""
    column = {
        name: _gather(joined, [getattr(d, name) for d in per_band], np.nan)
        for name in ("x", "y", "sigma", "dx", "dy", "snr", "snr_n", "snr_s")
    }
    sigma = np.where(good, column["sigma"], np.nan)
    x, error = weighted(column["x"], sigma)
    y, _ = weighted(column["y"], sigma)
    order = np.lexsort((x, y))
    best = np.argmax(np.nan_to_num(column["snr"], nan=-np.inf), axis=1) if x.size else np.empty(0, int)
    rows = np.arange(x.size)
    rule = _gather(joined, [d.rule for d in per_band], int(Rule.NONE)).astype(np.int16)
    return Found(
        x[order], y[order], np.hypot(error, floor)[order],
        column["dx"][rows, best][order], column["dy"][rows, best][order],
        column["snr"][order], column["snr_n"][order], column["snr_s"][order],
        rule[order], extra,
    )  # fmt: skip


def measure(bands: list[Band], found: Found, settings: Settings) -> list[Measured]:
    """Measure every source in every band, forced at its place."""
    return together(lambda number: _measure_band(bands[number], number, found, settings), range(len(bands)))


def _measure_band(band: Band, number: int, found: Found, settings: Settings) -> Measured:
    """Model all sources of a band on N and S, then measure each without the others."""
    extra = found.extra[number]
    count = found.x.size
    x, y = np.r_[found.x, extra.x], np.r_[found.y, extra.y]
    there = band.both.at(band.both.snr, x, y)
    guess = np.r_[found.snr[:, number], extra.snr]
    guess = np.where(np.isfinite(guess), guess, there)
    models = {letter: model(layer, x, y, guess) for letter, layer in band.directions.items()}
    both = _signal(band, x, y, guess) if len(models) == 2 else next(iter(models.values())).snr
    noise = measure_noise(band, models, settings)
    places = Places(found.x, found.y, found.sigma)
    stacks = {
        letter: photometry(layer, models[letter].first(count), places, noise, settings)
        for letter, layer in band.directions.items()
    }
    extent = [
        extents(layer, band.power, models[letter].first(count), found.x, found.y, stacks[letter].sky, settings)
        for letter, layer in band.directions.items()
    ]
    return Measured(
        snr=both[:count],
        snr_dir={letter: one.snr[:count] for letter, one in models.items()},
        stacks=stacks,
        extents=mean_extents(extent),
        coverage=band.both.at(band.both.count, found.x, found.y) / max(int(band.both.count.max()), 1),
        stripe=_stripe(band, found),
    )


def _stripe(band: Band, found: Found) -> Floats:
    """Return what stripes had at the places of sources; 0 without any."""
    if band.both.stripe is None:
        return np.zeros(found.x.size)
    return np.asarray(np.nan_to_num(band.both.at(band.both.stripe, found.x, found.y)))


def _signal(band: Band, x: Floats, y: Floats, guess: Floats) -> Floats:
    """Return the signal to noise on N+S at fixed places."""
    profile = band.both.profile
    stars = Stars(x, y, np.nan_to_num(guess))
    return fit(band.both.snr, profile, stars, rounds=FIT_ROUNDS, move=0.0, reach=reaches(profile, guess))[0].snr


def _gather(joined: Ints, values: Sequence[NDArray[Any]], missing: float) -> Floats:
    """Return (sources, bands) of per-band values, `missing` where a band has no detection."""
    out = np.full(joined.shape, missing, float)
    for b, column in enumerate(values):
        has = joined[:, b] >= 0
        out[has, b] = column[joined[has, b]]
    return out


def together(work: Callable[..., Result], items: Sequence[object]) -> list[Result]:
    """Do the work for all items, a few at once: the compiled loops and the transforms leave the interpreter's lock."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))
