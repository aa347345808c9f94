"""The Point Source Catalog of a simulated field: measured once by the survey, with errors, limits and blends."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schema.grid import Grid
from simulate.catalogs.bar import write_bar
from simulate.catalogs.contamination import contamination
from simulate.catalogs.extraction import select
from simulate.catalogs.merge import centroids, paired, sources, total_flux
from simulate.catalogs.optical import optical_columns
from simulate.catalogs.photometry import Photometry, join, measure_fluxes, psf_chi
from simulate.catalogs.survey import Survey, scan_columns, survey
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.angles import designations, galactic, position_angle
from simulate.sky.galaxies import REFERENCE

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

MARGIN = 120.0  # arcsec around the field
POSITION = 0.075  # arcsec, floor of a position's error per axis
SMEAR = 0.55  # arcsec, growth of that error with noise over signal
KEY_BASE = 1_000_000


@dataclass(frozen=True)
class Psc:
    """The catalogue's sources: measured position (deg), key, brightest object (index into the sky), photometry."""

    ra: Array
    dec: Array
    key: Ints
    main: Ints
    photometry: Photometry
    columns: dict[str, object]


def keys(number: int, count: int) -> Ints:
    """Return keys that no other tile has."""
    return (number % 2000) * KEY_BASE + 1 + np.arange(count)


def make_psc(plan: Plan) -> Psc:
    """Measure the sky as the survey did at its time: signal to noise over 7 in a band, or over 5 in all three."""
    rng = stream(plan.number, plan.seed, Stream.PSC)
    grid, once = plan.grid, survey(plan.number, plan.seed, plan.grid)
    main, x, y, mag = _sources(plan, once)
    noise = np.broadcast_to(10 ** (-0.4 * once.snr10) / 10, mag.shape)
    seen = measure_fluxes(rng, mag + once.zero, noise, once.shape, once.short)
    snr = np.nan_to_num(seen.snr)
    kept = np.flatnonzero((snr > 7).any(axis=1) | (snr > 5).all(axis=1))
    kept = kept[np.argsort(y[kept], kind="stable")]
    main, x, y, seen = main[kept], x[kept], y[kept], select(seen, kept)
    error = np.hypot(POSITION, SMEAR / snr[kept].max(axis=1, initial=1))
    ra, dec = grid.sky(x + once.shift[0] + rng.normal(0, error), y + once.shift[1] + rng.normal(0, error))
    ra, dec = np.round(ra, 6), np.round(dec, 6)
    key = keys(plan.number, kept.size)
    pair = paired(x, y)
    columns = seen.columns() | psf_chi(rng, seen, pair) | _positions(ra, dec, error, key)
    columns |= _neighbours(ra, dec, key) | scan_columns(rng, once, grid, x, y)
    columns |= optical_columns(rng, plan.sky, main)
    columns |= {
        "bl_flg": join(np.where(seen.detected, np.where(pair, "2", "1")[:, None], "0")),
        "cc_flg": join(contamination(plan, once.hemis, main, np.column_stack((x, y)))),
        "mp_flg": 0,
        "dup_src": 0,
        "use_src": 1,
    }
    return Psc(ra, dec, key, main, seen, columns)


def _sources(plan: Plan, once: Survey) -> tuple[Ints, Array, Array, Array]:
    """Return what the survey tells apart: brightest object, place on the grid and magnitudes (m, 3) at its time."""
    sky, grid = plan.sky.at(plan.grid, once.jdate), plan.grid
    inside = np.flatnonzero(
        (np.abs(sky.x - (grid.nx - 1) / 2) < grid.nx / 2 + MARGIN)
        & (np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2 + MARGIN)
    )
    correction = 2.5 * np.log10(REFERENCE.fraction(4.0))
    flux = 10 ** (-0.4 * (sky.ap4[inside] + correction))  # as a point source: stars keep their total magnitude
    main, owner = sources(sky.x[inside], sky.y[inside], flux[:, 0])
    x, y = (centroids(place[inside], flux[:, 0], owner, main.size) for place in (sky.x, sky.y))
    return inside[main], x, y, -2.5 * np.log10(total_flux(flux, owner, main.size))


def write_psc(psc: Psc, path: Path, extended: dict[int, int], large: Ints) -> Path:
    """Write the catalogue.

    Parameters
    ----------
    psc : Psc
    path : Path
    extended : dict
        Key of the extended source by object.
    large : (n,) array
        gal_contam of every source.
    """
    ext_key = [extended.get(int(i)) for i in psc.main]
    return write_bar(path, "psc", psc.columns | {"ext_key": ext_key, "gal_contam": large}, psc.key.size)


def _positions(ra: Array, dec: Array, error: Array, key: Ints) -> dict[str, object]:
    glon, glat = galactic(ra, dec)
    return {
        "ra": ra,
        "decl": dec,
        "err_maj": np.maximum(0.06, error),
        "err_min": np.maximum(0.06, 0.95 * error),
        "err_ang": 90,
        "designation": designations(ra, dec),
        "pts_key": key,
        "glon": glon,
        "glat": glat,
    }


def _neighbours(ra: Array, dec: Array, key: Ints) -> dict[str, object]:
    """Return distance, angle and key of every source's nearest neighbour."""
    if key.size < 2:
        return {"prox": np.full(key.size, 999.0), "pxpa": None, "pxcntr": key}
    centre = Grid.of(float(ra[0]), float(np.median(dec)))
    places = np.column_stack(centre.pixel(ra, dec))
    distance, index = cKDTree(places).query(places, k=2)
    other = np.where(index[:, 0] == np.arange(key.size), index[:, 1], index[:, 0])
    angle = np.floor(position_angle(ra, dec, ra[other], dec[other]))
    return {"prox": distance[:, 1], "pxpa": angle, "pxcntr": key[other]}
