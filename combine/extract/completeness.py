"""How much of what is in the sky the list of a field holds, and how much of the list noise alone would make."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.extract.calibrate import ZeroPoint
from combine.extract.flux import magnitude
from combine.extract.images import Band
from combine.extract.inject import KINDS, Injected, places, usable, with_objects
from combine.extract.limits import half_found, half_predicted
from combine.extract.reliability import confirmed, inverted
from combine.extract.sources import Found, Measured, find, measure, together
from combine.extract.table import calibrated
from combine.measure.aperture import Floats
from combine.measure.robust import robust_sigma
from schema.settings import Settings

SEED = 20250
RADIUS = 1.0
"""Arcsec from an artificial object to the source it has become."""
ALIKE = 0.5, 2.0
"""Flux of that source over its own: beyond, the source is another one."""

Points = Mapping[str, Mapping[str, ZeroPoint]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Completeness:
    """What injections and the inverted stacks tell of one field.

    rows : those of deepcal.completeness, without the run
    m50 : by band, magnitude at which half of the stars are found; NaN where that cannot be told
    m50_noise : the same as noise alone predicts it
    """

    rows: list[Row]
    m50: dict[str, float]
    m50_noise: dict[str, float]


@dataclass(frozen=True)
class Recovered:
    """What became of artificial objects in one band: true magnitude, found or not, measured less true, its error."""

    mag: Floats
    found: NDArray[np.bool_]
    difference: Floats
    error: Floats


def completeness(
    bands: list[Band], found: Found, measured: list[Measured], points: Points, settings: Settings
) -> Completeness:
    """Inject stars and galaxies, detect, confirm and measure them like all sources, and count by magnitude.

    Parameters
    ----------
    bands, found, measured : the stacks, their sources, and the photometry of these
    points : zero points by band and direction
    """
    rng = np.random.default_rng(SEED)
    zeros = [_zero(band, points[band.letter], settings) for band in bands]
    limits = [_limit(band, zero) for band, zero in zip(bands, zeros, strict=True)]
    objects = {kind: _objects(kind, bands, limits, rng, settings) for kind in KINDS}
    results = {kind: _recovered(bands, one, points, rng, settings) for kind, one in objects.items()}
    false = together(lambda n: inverted(bands[n], n, found, zeros[n], settings), range(len(bands)))
    rows: list[Row] = []
    for n, band in enumerate(bands):
        edges = _edges(limits[n], settings)
        listed = magnitude(*calibrated(measured[n], points[band.letter], 1.0, settings).both, 1.0)[0]
        counts = {"sources": listed[confirmed(found, n, bands)], "false_inverted": false[n]}
        for kind in KINDS:
            told = counts if kind == "star" else {}
            rows += [
                {"band": band.letter, "kind": kind, **row} for row in _bins(edges, limits[n], results[kind][n], told)
            ]
    stars = results["star"]
    places_x, places_y = objects["star"].x, objects["star"].y
    return Completeness(
        rows,
        {b.letter: half_found(s.mag, s.found) for b, s in zip(bands, stars, strict=True) if len(b.directions) == 2},
        {b.letter: half_predicted(b, z, places_x, places_y, settings) for b, z in zip(bands, zeros, strict=True)},
    )


def _zero(band: Band, points: Mapping[str, ZeroPoint], settings: Settings) -> float:
    """Return the magnitude of a star of 1 DN in all."""
    radius = settings["aper_radius"][0]
    each = [points[d].value - 2.5 * np.log10(layer.psf.growth(radius)) for d, layer in band.directions.items()]
    return float(np.mean(each))


def _limit(band: Band, zero: float) -> float:
    """Return the magnitude of five sigma of the detection filter at median variance."""
    sigma = band.both.filter.sigma * float(np.sqrt(np.nanmedian(band.both.var)))
    return zero - 2.5 * float(np.log10(5 * sigma))


def _edges(limit: float, settings: Settings) -> Floats:
    """Return the edges of the bins: half magnitudes, and quarters about the limit of detection."""
    bright, fine, faint = settings["completeness_mag"]
    steps = np.r_[np.arange(bright, fine, 0.5), np.arange(fine, faint + 0.125, 0.25)]
    return np.asarray(round(4 * limit) / 4 + steps)


def _objects(
    kind: str, bands: list[Band], limits: list[float], rng: np.random.Generator, settings: Settings
) -> Injected:
    """Draw objects of one kind: as many in every bin, as far above the limit in one band as in the others."""
    x, y = places(bands, settings["completeness_step"][0], rng)
    part = rng.uniform(size=x.size)
    edges = [_edges(limit, settings) for limit in limits]
    number = rng.permutation(np.arange(x.size) % (edges[0].size - 1))
    mag = [edge[number] + part * (edge[number + 1] - edge[number]) for edge in edges]
    return Injected(kind, x, y, np.column_stack(mag))


def _recovered(
    bands: list[Band], objects: Injected, points: Points, rng: np.random.Generator, settings: Settings
) -> list[Recovered]:
    """Find and measure the artificial objects among the real ones."""
    chance = rng.spawn(len(bands))
    new = together(
        lambda n: with_objects(bands[n], objects, objects.mag[:, n], points[bands[n].letter], chance[n], settings),
        range(len(bands)),
    )
    found = find(new, "default", settings)
    measured = measure(new, found, settings)
    out = []
    for n, band in enumerate(new):
        mine = confirmed(found, n, bands)
        flux, sigma = calibrated(measured[n], points[band.letter], 1.0, settings).both
        mag, error = magnitude(flux[mine], sigma[mine], 1.0)
        height = found.snr[mine, n] * band.both.flux_sigma(found.x[mine], found.y[mine])
        core = _zero(band, points[band.letter], settings) - 2.5 * np.log10(height)
        there = usable(band, objects.x, objects.y)
        spots = np.column_stack((objects.x, objects.y))[there]
        tree = np.column_stack((found.x, found.y))[mine]
        out.append(_held_against(spots, objects.mag[there, n], tree, mag, error, core))
    return out


def _held_against(spots: Floats, true: Floats, sources: Floats, mag: Floats, error: Floats, core: Floats) -> Recovered:
    """Match artificial objects with the sources of a band: near, and of like flux in the aperture or in the filter.

    Parameters
    ----------
    spots, true : (objects, 2) pixels and magnitudes of what was injected
    sources, mag, error, core : (sources, 2) pixels, magnitudes with their errors, magnitudes by the filter
    """
    blank = np.full(true.size, np.nan)
    if len(sources) == 0:
        return Recovered(true, np.zeros(true.size, bool), blank, blank)
    apart, source = cKDTree(sources).query(spots)
    off = mag[source] - true
    good = (apart <= RADIUS) & (_alike(off) | _alike(core[source] - true))
    return Recovered(true, good, np.where(good, off, np.nan), np.where(good, error[source], np.nan))


def _alike(difference: Floats) -> NDArray[np.bool_]:
    """Tell which differences of magnitude are those of one object."""
    ratio = 10 ** (-0.4 * np.nan_to_num(difference, nan=99.0))
    return np.asarray((ratio >= ALIKE[0]) & (ratio <= ALIKE[1]))


def _bins(edges: Floats, limit: float, one: Recovered, counts: Mapping[str, Floats]) -> list[Row]:
    """Count one band by magnitude."""
    rows = []
    for low, high in pairwise(edges):
        here = (one.mag >= low) & (one.mag < high)
        hit = here & one.found
        known = hit & np.isfinite(one.difference)
        off, error = one.difference[known], one.error[known]
        row: Row = {
            "mag_low": float(low), "mag_high": float(high),
            "snr": float(5 * 10 ** (0.4 * (limit - 0.5 * (low + high)))),
            "injected": int(here.sum()), "found": int(hit.sum()),
            "mag_bias": float(np.median(off)) if off.size else None,
            "mag_scatter": robust_sigma(off) if off.size > 1 else None,
            "mag_error": float(np.median(error)) if off.size else None,
        }  # fmt: skip
        rows.append(row | {name: int(((mag >= low) & (mag < high)).sum()) for name, mag in counts.items()})
    return rows
