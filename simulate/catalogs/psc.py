"""The Point Source Catalog of a simulated field: measured once, with errors, limits and blends of its own."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schema.grid import Grid
from simulate.artifacts.habits import habits
from simulate.artifacts.points import frame_step
from simulate.artifacts.spikes import spikes
from simulate.catalogs.bar import write_bar
from simulate.catalogs.merge import FITTED, centroids, sources, total_flux
from simulate.catalogs.photometry import Photometry, frame_counts, join, measure_fluxes
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.angles import designations, galactic, position_angle
from simulate.sky.galaxies import REFERENCE

Array = NDArray[np.float64]

MARGIN = 120.0  # arcsec around the field
SNR10 = (16.25, 15.3, 14.65)  # mag, J H Ks, where the catalogue's signal-to-noise ratio is 10
POSITION = 0.075  # arcsec, floor of a position's error per axis
SMEAR = 0.55  # arcsec, growth of that error with noise over signal
COMMON_ERROR = (0.0, 0.0, 0.0)  # mag, zero-point error of the whole catalogue
HALO = 25.0  # arcsec around the brightest stars where sources are confused
HALO_PARENT = 8.5  # J mag
KEY_BASE = 1_000_000
NIGHT, SCAN = datetime.date(2000, 4, 3), 64


@dataclass(frozen=True)
class Psc:
    """The catalogue's sources: measured position (deg), key, brightest object (index into the sky), photometry."""

    ra: Array
    dec: Array
    key: NDArray[np.int64]
    main: NDArray[np.int64]
    photometry: Photometry
    columns: dict[str, object]


def keys(number: int, count: int) -> NDArray[np.int64]:
    """Return keys that no other tile has."""
    return (number % 2000) * KEY_BASE + 1 + np.arange(count)


def make_psc(plan: Plan) -> Psc:
    """Measure the sky as the survey did: signal to noise over 7 in a band, or over 5 in all three."""
    rng = stream(plan.number, plan.seed, Stream.PSC)
    sky, grid = plan.sky, plan.grid
    inside = np.flatnonzero(
        (np.abs(sky.x - (grid.nx - 1) / 2) < grid.nx / 2 + MARGIN)
        & (np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2 + MARGIN)
    )
    correction = 2.5 * np.log10(REFERENCE.fraction(4.0))
    flux = 10 ** (-0.4 * (sky.ap4[inside] + correction))  # as a point source: stars keep their total magnitude
    main, owner = sources(sky.x[inside], sky.y[inside], flux[:, 0])
    merged = total_flux(flux, owner, main.size)
    x = centroids(sky.x[inside], flux[:, 0], owner, main.size)
    y = centroids(sky.y[inside], flux[:, 0], owner, main.size)
    noise = np.broadcast_to(10 ** (-0.4 * np.array(SNR10)) / 10, merged.shape)
    seen = measure_fluxes(rng, -2.5 * np.log10(merged) + COMMON_ERROR, noise)
    snr = np.nan_to_num(seen.snr)
    kept = np.flatnonzero((snr > 7).any(axis=1) | (snr > 5).all(axis=1))
    error = np.hypot(POSITION, SMEAR / snr[kept].max(axis=1))
    ra, dec = grid.sky(x[kept] + rng.normal(0, error), y[kept] + rng.normal(0, error))
    ra, dec = np.round(ra, 6), np.round(dec, 6)
    order = np.argsort(dec, kind="stable")
    kept, ra, dec, error = kept[order], ra[order], dec[order], error[order]
    chosen = Photometry(**{name: values[kept] for name, values in vars(seen).items()})
    key = keys(plan.number, kept.size)
    columns = chosen.columns() | _positions(ra, dec, error, key) | _neighbours(ra, dec, key)
    columns |= _flags(rng, plan, inside[main[kept]], x, y, kept, chosen) | _scan(rng, plan, ra, dec, kept.size)
    return Psc(ra, dec, key, inside[main[kept]], chosen, columns)


def write_psc(psc: Psc, path: Path, extended: dict[int, int], large: NDArray[np.int64]) -> Path:
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


def _positions(ra: Array, dec: Array, error: Array, key: NDArray[np.int64]) -> dict[str, object]:
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


def _neighbours(ra: Array, dec: Array, key: NDArray[np.int64]) -> dict[str, object]:
    """Return distance, angle and key of every source's nearest neighbour."""
    if key.size < 2:
        return {"prox": np.full(key.size, 999.0), "pxpa": None, "pxcntr": key}
    centre = Grid.of(float(ra[0]), float(np.median(dec)))
    distance, index = cKDTree(np.column_stack(centre.pixel(ra, dec))).query(np.column_stack(centre.pixel(ra, dec)), k=2)
    other = np.where(index[:, 0] == np.arange(key.size), index[:, 1], index[:, 0])
    angle = np.floor(position_angle(ra, dec, ra[other], dec[other]))
    return {"prox": distance[:, 1], "pxpa": angle, "pxcntr": key[other]}


def _flags(
    rng: np.random.Generator,
    plan: Plan,
    main: NDArray[np.int64],
    x: Array,
    y: Array,
    kept: NDArray[np.int64],
    seen: Photometry,
) -> dict[str, object]:
    """Return blend, contamination and frame-count flags."""
    places = np.column_stack((x[kept], y[kept]))
    pairs = cKDTree(places).query(places, k=min(2, len(places)))[0].reshape(len(places), -1)[:, -1]
    parts = np.where(pairs < FITTED, "2", "1")[:, None]
    return {
        "bl_flg": join(np.where(seen.detected, parts, "0")),
        "cc_flg": join(_contamination(plan, main, places)),
        "ndet": frame_counts(seen.detected),
        "j_psfchi": np.where(seen.detected[:, 0], rng.gamma(12, 1 / 12, main.size), np.nan),
        "h_psfchi": np.where(seen.detected[:, 1], rng.gamma(12, 1 / 12, main.size), np.nan),
        "k_psfchi": np.where(seen.detected[:, 2], rng.gamma(12, 1 / 12, main.size), np.nan),
        "mp_flg": 0,
        "a": "0",
        "nopt_mchs": 0,
        "dup_src": 0,
        "use_src": 1,
    }


def _contamination(plan: Plan, main: NDArray[np.int64], places: Array) -> NDArray[np.str_]:
    """Return (n, 3) letters: d on a spike, c in a bright star's halo, p on a latent image or glint, else 0."""
    sky = plan.sky
    flags = np.full((main.size, 3), "0")
    tree = cKDTree(places)
    hemis = plan.scans[0].hemis
    camera = habits(plan.seed, hemis)
    for i in np.flatnonzero(sky.mag[:, 0] < HALO_PARENT):
        near = [n for n in tree.query_ball_point((sky.x[i], sky.y[i]), HALO) if main[n] != i]
        flags[near] = "c"
    for band in range(3):
        for i in np.flatnonzero(sky.mag[:, band] < 9):
            ghosts = [(0.0, step * frame_step(hemis, "n")) for step in (-2, -1, 1, 2)]
            ghosts += [(-d * np.sin(np.radians(a)), d * np.cos(np.radians(a))) for a, d in camera.glints[band]]
            for dx, dy in ghosts:
                flags[tree.query_ball_point((sky.x[i] + dx, sky.y[i] + dy), 2.0), band] = "p"
        arms = spikes(sky, band, camera)
        for i, angle, length in zip(arms.parent, arms.angle, arms.length, strict=True):
            s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))
            dx, dy = places[:, 0] - sky.x[i], places[:, 1] - sky.y[i]
            on_arm = (np.abs(dx * c + dy * s) < 2) & (-dx * s + dy * c > 1) & (-dx * s + dy * c < length)
            flags[on_arm & (main != i), band] = "d"
    return flags


def _scan(rng: np.random.Generator, plan: Plan, ra: Array, dec: Array, count: int) -> dict[str, object]:
    """Return the columns that tell which survey scan saw the sources; the field lies in the middle of one."""
    x, y = plan.grid.pixel(ra, dec)
    across = x - (plan.grid.nx - 1) / 2
    north = dec > plan.grid.crval[1]
    return {
        "hemis": plan.scans[0].hemis,
        "date": NIGHT,
        "scan": SCAN,
        "x_scan": np.clip(across, -249, 249),
        "jdate": 2451637.5 + 0.8 + (y - y.min(initial=0)) * 1e-7,
        "dist_edge_ns": np.maximum(1, 10800 - np.abs(y - (plan.grid.ny - 1) / 2)),
        "dist_edge_ew": np.maximum(1, 256 - np.abs(across) % 250),
        "dist_edge_flg": [
            ("n" if n else "s") + ("e" if west < 0 else "w")
            for n, west in zip(north.tolist(), across.tolist(), strict=True)
        ],
        "scan_key": 60_000 + plan.number % 10_000,
        "coadd_key": 1_000_000 + plan.number % 10_000,
        "coadd": rng.integers(1, 268, count),
    }
