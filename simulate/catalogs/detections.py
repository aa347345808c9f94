"""The calibration extractions of one scan: what its pipeline found on its own images, in its own frame."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts.habits import habits
from simulate.artifacts.points import ghosts
from simulate.catalogs.bar import write_bar
from simulate.catalogs.extraction import Origin, detected, extraction_columns, select
from simulate.catalogs.merge import centroids, paired, sources, total_flux
from simulate.catalogs.photometry import SHORT_ERROR, measure_fluxes, profile_noise
from simulate.faults.effects import displacement, told, transparency
from simulate.faults.marks import way
from simulate.frames import Frame
from simulate.nights.visits import Scan
from simulate.offsets import offset_at
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.galaxies import REFERENCE

Array = NDArray[np.float64]

SPURIOUS = 3.0  # in a scan, mean
GLOWING = 15.0  # more under airglow
TRAILING, TRAIL_WIDTH = 25.0, 3.0  # along the way of a meteor or an insect; arcsec off it
SPURIOUS_MOST, TRAIL_POINTS = 80, 2000
FAINTEST = 0.3  # of the noise; fainter objects change nothing, not even as parts of a blend
EDGE = 8.0  # arcsec; nothing is extracted nearer to the edge of the data


def write_detections(plan: Plan, scan: Scan, frame: Frame, folder: Path) -> tuple[Path, int]:
    """Measure what a scan saw and write its file.

    Returns
    -------
    path, rows
        cal_TILE_YYMMDDhSSS.bar.gz and the number of its extractions.
    """
    rng = stream(plan.number, plan.seed, Stream.DETECTIONS, scan.index)
    x, y, mag, ghost = _candidates(plan, scan, frame)
    noise = _noise(plan, scan)
    shape, short = plan.measured.shape[scan.index], rng.normal(0, SHORT_ERROR, 3)
    seen = measure_fluxes(rng, mag, np.broadcast_to(noise, mag.shape), shape, short)
    kept = detected(seen)
    origin = Origin(
        tile=plan.number,
        hemis=scan.hemis,
        date=scan.date,
        scan=scan.scan,
        jdate=scan.jdate,
        scan_key=scan.scan_key,
        east=scan.east,
        shape=shape[0],
    )
    x, y = x[kept], y[kept]
    columns = extraction_columns(rng, plan.grid, x, y, select(seen, kept), ghost[kept], paired(x, y), origin)
    rows = kept.size
    columns["cntr"] = scan.scan_key * 100_000 + 1 + np.arange(rows)
    path = folder / f"cal_{plan.number}_{scan.name}.bar.gz"
    return write_bar(path, "detection", columns, rows), rows


def _noise(plan: Plan, scan: Scan) -> Array:
    """Return the noise of a fitted flux per band, in units of the flux of magnitude zero on the header's scale."""
    i = scan.index
    noise = profile_noise(plan.measured.noise[i], plan.measured.shape[i])
    relative: Array = noise * 10 ** (-0.4 * plan.magzp[i])
    return relative


def _candidates(plan: Plan, scan: Scan, frame: Frame) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Return what could be found: positions on the field's grid in the scan's frame, magnitudes on the header's scale,
    and which are false light."""
    sky, i = plan.seen(scan), scan.index
    east, north = offset_at(plan.offsets[i], sky.x, sky.y)
    fault = plan.faults.get(i)
    tracked = fault if fault is not None and fault.kind == "tracking" else None  # extractions follow the image here
    dx, dy = displacement(tracked, sky.y)
    x, y = sky.x - east + dx, sky.y + north + dy
    v = np.clip(2 * frame.y / frame.rows - 1, -1, 1)
    correction = 2.5 * np.log10(REFERENCE.fraction(4.0))
    flux = np.column_stack(
        [10 ** (-0.4 * (sky.ap4[:, b] + correction)) * transparency(told(fault, b), v) for b in range(3)]
    )
    x, y, flux, ghost = _with_ghosts(plan, scan, x, y, flux)
    x, y, flux, ghost = _with_spurious(plan, scan, frame, x, y, flux, ghost)
    left = (frame.blank.argmin() - frame.columns / 2) + plan.grid.nx / 2 - (0 if len(frame.cuts) == 1 else scan.east)
    inside = (x > left + EDGE) & (x < left + np.sum(~frame.blank) - EDGE) & (y > EDGE) & (y < plan.grid.ny - 1 - EDGE)
    shift = plan.magzp[i] - plan.conditions.zero_point[i]
    inside &= (flux * 10 ** (-0.4 * shift) > FAINTEST * _noise(plan, scan)).any(axis=1)
    x, y, flux, ghost = x[inside], y[inside], flux[inside], ghost[inside]
    main, owner = sources(x, y, flux[:, 0] + flux[:, 1] + flux[:, 2])
    merged = total_flux(flux, owner, main.size)
    weight = flux.sum(axis=1)
    with np.errstate(divide="ignore"):
        mag = np.minimum(-2.5 * np.log10(merged), 40.0) + shift
    return centroids(x, weight, owner, main.size), centroids(y, weight, owner, main.size), mag, ghost[main]


def _with_ghosts(
    plan: Plan, scan: Scan, x: Array, y: Array, flux: Array
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Append latent images and glints, each in its band."""
    number = x.size
    for band in range(3):
        false = ghosts(plan.sky.mag, band, scan.hemis, scan.direction, habits(plan.seed, scan.hemis))
        light = np.zeros((false.parent.size, 3))
        light[:, band] = flux[false.parent, band] * false.fraction
        x, y = np.append(x, x[false.parent] + false.dx), np.append(y, y[false.parent] + false.dy)
        flux = np.vstack((flux, light))
    return x, y, flux, np.arange(x.size) >= number


def _with_spurious(
    plan: Plan, scan: Scan, frame: Frame, x: Array, y: Array, flux: Array, ghost: NDArray[np.bool_]
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Append sources that are not there, each in one band: a few anywhere, more of them along trails and insects."""
    rng = stream(plan.number, plan.seed, Stream.DETECTIONS, scan.index, 1)
    fault = plan.faults.get(scan.index)
    fx, fy = rng.uniform(0, plan.grid.nx, SPURIOUS_MOST), rng.uniform(0, plan.grid.ny, SPURIOUS_MOST)
    number = int(rng.poisson(SPURIOUS + (GLOWING if fault is not None and fault.kind == "airglow" else 0)))
    fx, fy = fx[:number], fy[:number]
    way_x, way_y = way(plan, scan, frame)
    if way_x.size > 1:
        along, step = rng.uniform(0, way_x.size - 1, TRAIL_POINTS), np.arange(way_x.size)
        tx, ty = np.interp(along, step, way_x), np.interp(along, step, way_y)
        seen = np.flatnonzero((np.abs(tx / plan.grid.nx - 0.5) < 0.5) & (np.abs(ty / plan.grid.ny - 0.5) < 0.5))
        seen = seen[: int(rng.poisson(TRAILING))]
        fx = np.append(fx, tx[seen] + rng.normal(0, TRAIL_WIDTH, seen.size))
        fy = np.append(fy, ty[seen] + rng.normal(0, TRAIL_WIDTH, seen.size))
    light = np.zeros((fx.size, 3))
    light[np.arange(fx.size), rng.integers(0, 3, fx.size)] = 1
    strength = rng.uniform(5, 12, fx.size)[:, None] * _noise(plan, scan)
    shift = plan.magzp[scan.index] - plan.conditions.zero_point[scan.index]
    return (
        np.append(x, fx),
        np.append(y, fy),
        np.vstack((flux, light * strength * 10 ** (0.4 * shift))),
        np.append(ghost, np.zeros(fx.size, bool)),
    )
