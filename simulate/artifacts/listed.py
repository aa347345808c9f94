"""The artifacts of a simulated field as columns of a table: what is false light, where, and how bright."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.artifacts.habits import habits
from simulate.artifacts.points import ghosts
from simulate.artifacts.spikes import spikes
from simulate.camera.array import FRAMES, detector, period
from simulate.camera.pointing import track
from simulate.camera.stray import hot_pixels
from simulate.plan import BANDS, Plan

Array = NDArray[np.float64]

OPTIONAL = ("scan_key", "hemis", "direction", "parent", "step", "angle", "length", "width")


def artifact_columns(plan: Plan, bands: str) -> dict[str, Any]:
    """Return what is fixed on the sky once (per observatory and direction), and hot pixels per scan.

    Returns
    -------
    dict
        Lists: kind, band, ra, dec (deg), x, y (pixels of the field's grid), mag, flux (DN on the reference scale), and
        where they apply scan_key, hemis, direction, parent (id of the object), step (frames later), angle (deg east of
        north), length and width (arcsec).
    """
    parts: list[dict[str, Any]] = []
    numbers = [BANDS.index(letter) for letter in bands]
    for band in numbers:
        parts += [_spikes(plan, band, hemis) for hemis in sorted({scan.hemis for scan in plan.scans})]
        for hemis, direction in sorted({(scan.hemis, scan.direction) for scan in plan.scans}):
            parts += _points(plan, band, hemis, direction)
    parts += [part for index in range(len(plan.scans)) for part in _hot(plan, index, numbers)]
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}


def _artifact(plan: Plan, kind: str, band: int, x: Array, y: Array, flux: Array, **more: Any) -> dict[str, Any]:
    """Return the columns of artifacts of one kind; what is not given is null."""
    n = x.size
    ra, dec = plan.grid.sky(x, y)
    columns: dict[str, Any] = {
        "kind": [kind] * n,
        "band": [BANDS[band]] * n,
        "ra": ra.tolist(),
        "dec": dec.tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
        "mag": (defaults()["zp_ref"][band] - 2.5 * np.log10(flux)).tolist(),
        "flux": flux.tolist(),
    }
    for name in OPTIONAL:
        value = more.get(name)
        columns[name] = value.tolist() if isinstance(value, np.ndarray) else [value] * n
    return columns


def _flux(plan: Plan, band: int, parent: NDArray[np.int64]) -> Array:
    flux: Array = 10 ** (0.4 * (defaults()["zp_ref"][band] - plan.sky.mag[parent, band]))
    return flux


def _points(plan: Plan, band: int, hemis: str, direction: str) -> list[dict[str, Any]]:
    sky = plan.sky
    false = ghosts(sky.mag, band, hemis, direction, habits(plan.seed, hemis))
    flux = false.fraction * _flux(plan, band, false.parent)
    x, y = sky.x[false.parent] + false.dx, sky.y[false.parent] + false.dy
    later, glint = false.step > 0, (false.step == 0) & (direction == "n")
    found = []
    for kind, mine in (("latent", later), ("glint", glint)):
        moving = {"direction": direction, "step": false.step[mine]} if kind == "latent" else {}
        parent = sky.id[false.parent[mine]]
        found.append(_artifact(plan, kind, band, x[mine], y[mine], flux[mine], hemis=hemis, parent=parent, **moving))
    return found


def _spikes(plan: Plan, band: int, hemis: str) -> dict[str, Any]:
    """Return the arms of diffraction spikes, each at its middle."""
    sky = plan.sky
    arms = spikes(sky, band, habits(plan.seed, hemis))
    s, c = np.sin(np.radians(arms.angle)), np.cos(np.radians(arms.angle))
    x, y = sky.x[arms.parent] - s * arms.length / 2, sky.y[arms.parent] + c * arms.length / 2
    form = {"angle": arms.angle, "length": arms.length, "width": arms.width}
    flux = arms.share * _flux(plan, band, arms.parent)
    return _artifact(plan, "spike", band, x, y, flux, hemis=hemis, parent=sky.id[arms.parent], **form)


def _hot(plan: Plan, index: int, bands: list[int]) -> list[dict[str, Any]]:
    """Return the hot pixels of one scan, where the field's grid would have them without the scan's offset."""
    scan = plan.scans[index]
    frame = plan.layout(scan)
    path = track(plan.number, plan.seed, scan, frame.middle, frame.rows)
    found = []
    for band in bands:
        number, row, column, value = hot_pixels(plan, scan, band, path)
        camera = detector(plan.seed, scan.hemis, band, period(scan.date))
        place = camera.canvas(path.x[number], path.y[number], column.astype(float), row.astype(float))
        x, y = frame.to_grid(*place)
        scanned = {"scan_key": scan.scan_key, "hemis": scan.hemis, "direction": scan.direction}
        flux = value * camera.pitch**2 / FRAMES
        found.append(_artifact(plan, "hot", band, x, y, flux, **scanned))
    return found
