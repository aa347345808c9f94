"""Which pixels faults and diffuse false light touch, as columns of a table: boxes, and the way of what passed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.artifacts.habits import habits
from simulate.camera.array import PIXELS, Detector, detector, period
from simulate.camera.pointing import Track, track
from simulate.camera.stray import BAND_DN, STRIPING, banding
from simulate.faults.draw import Fault
from simulate.faults.effects import told
from simulate.faults.light import ends, passage
from simulate.frames import Frame
from simulate.nights.visits import Scan
from simulate.plan import BANDS, Plan

Array = NDArray[np.float64]

MARGIN = 3.0  # widths of a trail, spot or stripe that its box holds


def mark_columns(plan: Plan, bands: str) -> dict[str, Any]:
    """Return one row a scan, band and thing.

    Returns
    -------
    dict
        Lists: scan_key, band, kind, strength (in the unit of the kind), harm (strength over the smallest harmful one,
        null for what is no fault), the box x0, x1, y0, y1 it touches and its way path_x, path_y (pixels of the
        field's grid; the way of what passed from place to place, else empty), parent (id of the star).
    """
    rows = []
    for scan in plan.scans:
        frame = plan.layout(scan)
        path = track(plan.number, plan.seed, scan, frame.middle, frame.rows)
        for band in (BANDS.index(letter) for letter in bands):
            camera = detector(plan.seed, scan.hemis, band, period(scan.date))
            for mark in _marks(plan, scan, band, frame, path, camera):
                rows.append({"scan_key": scan.scan_key, "band": BANDS[band]} | mark)
    names = ("scan_key", "band", "kind", "strength", "harm", "x0", "x1", "y0", "y1", "path_x", "path_y", "parent")
    return {name: [row.get(name, [] if name.startswith("path") else None) for row in rows] for name in names}


def _marks(plan: Plan, scan: Scan, band: int, frame: Frame, path: Track, camera: Detector) -> list[dict[str, Any]]:
    found = []
    fault = told(plan.faults.get(scan.index), band)
    if fault is not None:
        named = {"kind": fault.kind, "strength": fault.strength, "harm": fault.harm}
        found.append(named | _touched(plan, scan, fault, frame, path, camera))
    if banding(plan, scan, band) is not None:
        found.append({"kind": "banding", "strength": BAND_DN} | _box(*_whole(frame)))
    return found + _stripes(plan, scan, band, frame)


def way(plan: Plan, scan: Scan, frame: Frame) -> tuple[Array, Array]:
    """Return the way (columns and rows of the field's grid) of what passed over a scan, empty where nothing did."""
    fault = plan.faults.get(scan.index)
    if fault is None:
        return np.empty(0), np.empty(0)
    path = track(plan.number, plan.seed, scan, frame.middle, frame.rows)
    touched = _touched(plan, scan, fault, frame, path, detector(plan.seed, scan.hemis, 0, period(scan.date)))
    return np.array(touched.get("path_x", [])), np.array(touched.get("path_y", []))


def _whole(frame: Frame) -> tuple[Array, Array]:
    """Return the corners of all data of a scan on the field's grid."""
    used = np.flatnonzero(~frame.blank)
    return frame.to_grid(used[[0, -1]].astype(float), np.array([0.0, frame.rows - 1.0]))


def _box(x: Array, y: Array, margin: float = 0.0) -> dict[str, float]:
    return {
        "x0": float(x.min() - margin),
        "x1": float(x.max() + margin),
        "y0": float(y.min() - margin),
        "y1": float(y.max() + margin),
    }


def _touched(plan: Plan, scan: Scan, fault: Fault, frame: Frame, path: Track, camera: Detector) -> dict[str, Any]:
    """Return the box and way of a fault."""
    x, y = _whole(frame)
    if fault.kind == "tracking" and not fault.detail["smeared"]:
        return _box(x, np.array([fault.detail["row"], y.max()]))
    if fault.kind not in ("meteor", "insects", "glitch"):
        return _box(x, y)
    where = passage(plan.number, plan.seed, scan.index, fault, path.y.size)
    column, row = where.x, where.y
    first = where.frame + np.arange(column.size)
    if fault.kind == "meteor":
        column, row = ends(where)
        first = np.full(2, where.frame)
    if fault.kind == "glitch":
        column, row = np.array([0.0, PIXELS - 1]), np.array([0.0, PIXELS - 1])
        first = np.full(2, where.frame)
    x, y = frame.to_grid(*camera.canvas(path.x[first], path.y[first], column, row))
    way = {} if fault.kind == "glitch" else {"path_x": x.tolist(), "path_y": y.tolist()}
    return _box(x, y, MARGIN * float(where.width.max()) * camera.pitch) | way


def _stripes(plan: Plan, scan: Scan, band: int, frame: Frame) -> list[dict[str, Any]]:
    """Return the electronic stripes through bright stars, over the columns of the scan."""
    share, width, _ = habits(plan.seed, scan.hemis).stripe
    flux = 10 ** (0.4 * (plan.conditions.zero_point[scan.index, band] - plan.sky.mag[:, band]))
    x, _ = _whole(frame)
    sky = plan.sky
    on = (flux > STRIPING) & (sky.x > x[0]) & (sky.x < x[1]) & (sky.y > 0) & (sky.y < plan.grid.ny) & ~sky.galaxy
    return [
        {"kind": "stripe", "strength": float(share * flux[i]), "parent": int(sky.id[i])}
        | _box(x, sky.y[[i]], MARGIN * width * 2.0)
        for i in np.flatnonzero(on)
    ]
