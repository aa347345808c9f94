"""Where a scan shows the sky's objects on its canvas, how bright, and with which images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts.habits import habits
from simulate.artifacts.points import ghosts
from simulate.camera.array import PIXELS
from simulate.camera.optics import PITCH
from simulate.camera.tables import HALF, SHAPE_STEP, STACK, STRETCH_STEP, Table, rounded, table
from simulate.faults.effects import blurred, displacement, seeing_along, stretch_at, told, transparency
from simulate.frames import Frame
from simulate.nights.visits import Scan
from simulate.offsets import band_shift, offset_at
from simulate.plan import Plan

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

SHINE = 150.0  # arcsec; objects farther outside the canvas are not drawn
DRAWN = (0.0, 3.0, 8.0, 16.0)  # DN; fainter stars are drawn to 2, 3, 4, 5 pixels, brighter ones to all 6
FAINT = 3.0  # DN; fainter objects are shown by one image a scan
WINGED = 30.0  # DN; brighter stars shine beyond their table
WIDE = 1 << 20  # astigmatism steps between two steps of the seeing shape, where both make one number
HALF_SCAN = 1800.0  # arcsec; v runs from -1 to 1 over the field


@dataclass(frozen=True)
class Seen:
    """The sky's objects on the canvas of one scan and band: place (pixels), flux (DN), seeing shape, astigmatism."""

    x: Array
    y: Array
    flux: Array
    shape: Array
    stretch: Array


@dataclass(frozen=True)
class Stars:
    """Points of light in the order of their rows: place, flux (DN), number of the table, pixels drawn around it."""

    x: Array
    y: Array
    flux: NDArray[np.float32]
    which: Integers
    half: Integers
    tail: NDArray[np.float32]

    def chosen(self, keep: NDArray[np.bool_]) -> "Stars":
        """Return some of the stars."""
        return Stars(**{name: values[keep] for name, values in vars(self).items()})


def along(y: Array, rows: int) -> Array:
    """Return the place along the scan, -1 to 1 over the field, of rows of the canvas."""
    v: Array = np.clip((y - (rows - 1) / 2) / HALF_SCAN, -1.15, 1.15)
    return v


def see(plan: Plan, scan: Scan, band: int, frame: Frame) -> Seen:
    """Place the sky's objects on the canvas of a scan: offset, bad pointing, cloud, seeing."""
    fault = told(plan.faults.get(scan.index), band)
    i, sky = scan.index, plan.seen(scan)
    east, north = offset_at(plan.offsets[i], sky.x, sky.y)
    across, up = band_shift(plan.seed, scan.hemis)[band]
    x, y = frame.x - east + across, frame.y + north + up
    if fault is not None and fault.kind == "mispointed":
        dx, dy = displacement(fault, sky.y)
        x, y = x + dx, y + dy
    v = along(y, frame.rows)
    flux = 10 ** (0.4 * (plan.conditions.zero_point[i, band] - sky.mag[:, band])) * transparency(fault, v)
    u = np.clip((x - frame.middle) / (PIXELS * PITCH / 2), -1, 1)
    grid = np.linspace(-1.15, 1.15, 231)
    shape = np.interp(v, grid, seeing_along(fault, plan.conditions, i, band, grid))
    return Seen(x, y, flux, shape, stretch_at(plan.conditions, i, band, u, fault))


def points(plan: Plan, scan: Scan, band: int, frame: Frame, seen: Seen) -> tuple[Stars, NDArray[np.float32]]:
    """Return the stars and glints that a scan may show, and the tables of their images."""
    near = (np.abs(seen.x - frame.columns / 2) < frame.columns / 2 + SHINE) & (
        np.abs(seen.y - frame.rows / 2) < frame.rows / 2 + SHINE
    )
    star = np.flatnonzero(near & ~plan.sky.galaxy)
    false = ghosts(plan.sky.mag, band, scan.hemis, scan.direction, habits(plan.seed, scan.hemis))
    fixed = (false.step == 0) & near[false.parent]
    parent = false.parent[fixed]
    member = np.concatenate((star, parent))
    dx, dy = (np.concatenate((np.zeros(star.size), part[fixed])) for part in (false.dx, false.dy))
    share = np.concatenate((np.ones(star.size), false.fraction[fixed]))
    x, y, flux = seen.x[member] + dx, seen.y[member] + dy, seen.flux[member] * share
    order = np.argsort(y, kind="stable")
    member = member[order]
    which, used = _tables(plan, scan, band, seen, member)
    tail = np.array([one.tail for one in used], np.float32)
    stars = Stars(
        x[order],
        y[order],
        flux[order].astype(np.float32),
        which,
        np.searchsorted(DRAWN, flux[order], side="right").astype(np.int64) + HALF - len(DRAWN),
        tail[which],
    )
    return stars, np.stack([one.pixels for one in used] or [np.zeros(STACK, np.float32)])


def _tables(plan: Plan, scan: Scan, band: int, seen: Seen, member: Integers) -> tuple[Integers, list[Table]]:
    """Return the number of each object's table, and the tables; objects lost in the noise share one."""
    fault = told(plan.faults.get(scan.index), band)
    shape, stretch = seen.shape[member], seen.stretch[member]
    faint = seen.flux[member] < FAINT
    if faint.any():
        shape, stretch = (np.where(faint, part[faint].mean(), part) for part in (shape, stretch))
    cell = np.round(shape / SHAPE_STEP).astype(np.int64) * WIDE + np.round(stretch / STRETCH_STEP).astype(np.int64)
    _, first, which = np.unique(cell, return_index=True, return_inverse=True)
    blurs = [rounded(blurred(fault, band, float(shape[k]), float(stretch[k]))) for k in first]
    return which.astype(np.int64), [table(blur, plan.psf) for blur in blurs]
