"""The truth of a simulated field, as Parquet tables: objects, scans, artifacts."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.artifacts import SPIKE_FLUX, ghosts, spikes
from simulate.camera.array import FRAMES, detector, period
from simulate.camera.expose import canvas_of
from simulate.camera.pointing import track
from simulate.camera.stray import hot_pixels
from simulate.effects import told
from simulate.galaxies import REFERENCE
from simulate.objects import object_columns
from simulate.offsets import HALF_X, HALF_Y, TERMS, WAVE, offset_at, parts, pattern
from simulate.plan import BANDS, Plan

Array = NDArray[np.float64]


def write_objects(plan: Plan, path: Path) -> Path:
    """Write every object: true place and magnitudes in the reference frame, size, neighbours."""
    return _write(plan, path, object_columns(plan.sky))


def write_scans(plan: Plan, path: Path) -> Path:
    """Write one row a scan and band: what was true of it, and whether it is good."""
    rows = [_scan_row(plan, index, band) for index in range(len(plan.scans)) for band in range(3)]
    return _write(plan, path, {name: [row[name] for row in rows] for name in rows[0]})


def _scan_row(plan: Plan, i: int, band: int) -> dict[str, Any]:
    scan, conditions = plan.scans[i], plan.conditions
    fault = told(plan.faults.get(i), band)
    field = np.mgrid[0 : plan.grid.ny : 100, 0 : plan.grid.nx : 60].astype(float)
    east, north = offset_at(plan.offsets[i], field[1], field[0])
    own, rotation, drift = parts(plan.offsets[i] - pattern(plan.number, plan.seed))
    return {
        "scan_key": scan.scan_key,
        "hemis": scan.hemis,
        "date": scan.date,
        "scan": scan.scan,
        "direction": scan.direction,
        "visit": scan.visit,
        "band": BANDS[band],
        "good": fault is None,
        "fault": fault.kind if fault else None,
        "strength": fault.strength if fault else None,
        "noted": fault is not None and fault.noted,
        "dra": float(east.mean()),
        "ddec": float(north.mean()),
        "shift_ra": float(own[0, 0]),
        "shift_dec": float(own[1, 0]),
        "rotation": rotation,
        "drift_ra": drift[0].tolist(),
        "drift_dec": drift[1].tolist(),
        "offset_ra": plan.offsets[i, 0].tolist(),
        "offset_dec": plan.offsets[i, 1].tolist(),
        "east": scan.east,
        "zero_point": float(conditions.zero_point[i, band]),
        "magzp": float(plan.magzp[i, band]),
        "shape": float(conditions.shape[i, band]),
        "shape_track": conditions.track[i, band].tolist(),
        "stretch": conditions.stretch[i, band].tolist(),
        "glow": float(conditions.glow[i, band]),
        "skysig": float(conditions.skysig[i, band]),
        "sky": float(conditions.sky[i, band]),
        "background": conditions.background[i, band].tolist(),
    }


def write_artifacts(plan: Plan, bands: str, path: Path) -> Path:
    """Write false light: what is fixed on the sky once (per hemisphere and direction), hot pixels per scan."""
    parts: list[dict[str, Any]] = []
    for band in (BANDS.index(letter) for letter in bands):
        parts += [_spikes(plan, band)]
        for hemis, direction in sorted({(scan.hemis, scan.direction) for scan in plan.scans}):
            parts += _ghosts(plan, band, hemis, direction)
        parts += [_hot(plan, index, band) for index in range(len(plan.scans))]
    return _write(plan, path, {name: [v for part in parts for v in part[name]] for name in parts[0]})


def _artifact(plan: Plan, kind: str, band: int, x: Array, y: Array, flux: Array, **more: Any) -> dict[str, Any]:
    """Return the columns of artifacts of one kind; what is not given is null."""
    n = x.size
    ra, dec = plan.grid.sky(x, y)
    mag = defaults()["zp_ref"][band] - 2.5 * np.log10(flux)
    columns: dict[str, Any] = {
        "kind": [kind] * n,
        "band": [BANDS[band]] * n,
        "ra": ra.tolist(),
        "dec": dec.tolist(),
        "x": x.tolist(),
        "y": y.tolist(),
        "mag": mag.tolist(),
        "flux": flux.tolist(),
    }
    for name in ("scan_key", "hemis", "direction", "parent", "step", "angle", "length"):
        value = more.get(name)
        columns[name] = value.tolist() if isinstance(value, np.ndarray) else [value] * n
    return columns


def _ghosts(plan: Plan, band: int, hemis: str, direction: str) -> list[dict[str, Any]]:
    sky = plan.sky
    false = ghosts(sky, band, hemis, direction)
    flux = false.fraction * 10 ** (0.4 * (defaults()["zp_ref"][band] - sky.mag[false.parent, band]))
    x, y = sky.x[false.parent] + false.dx, sky.y[false.parent] + false.dy
    found = []
    for kind, mine in (("latent", false.step > 0), ("glint", (false.step == 0) & (direction == "n"))):
        found.append(
            _artifact(
                plan,
                kind,
                band,
                x[mine],
                y[mine],
                flux[mine],
                hemis=hemis,
                direction=direction if kind == "latent" else None,
                parent=sky.id[false.parent[mine]],
                step=false.step[mine] if kind == "latent" else None,
            )
        )
    return found


def _spikes(plan: Plan, band: int) -> dict[str, Any]:
    """Return the arms of diffraction spikes, each at its middle."""
    sky = plan.sky
    arms = spikes(sky, band)
    s, c = np.sin(np.radians(arms.angle)), np.cos(np.radians(arms.angle))
    flux = SPIKE_FLUX * 10 ** (0.4 * (defaults()["zp_ref"][band] - sky.mag[arms.parent, band]))
    x, y = sky.x[arms.parent] - s * arms.length / 2, sky.y[arms.parent] + c * arms.length / 2
    return _artifact(plan, "spike", band, x, y, flux, parent=sky.id[arms.parent], angle=arms.angle, length=arms.length)


def _hot(plan: Plan, index: int, band: int) -> dict[str, Any]:
    """Return the hot pixels of one scan, where the field's grid would have them without the scan's offset."""
    scan = plan.scans[index]
    frame = plan.frame(scan)
    path = track(plan.number, plan.seed, scan, frame.middle, frame.rows)
    number, row, column, value = hot_pixels(plan, scan, band, path)
    camera = detector(plan.seed, scan.hemis, band, period(scan.date))
    x, y = canvas_of(camera, path.x[number], path.y[number], column.astype(float), row.astype(float))
    if plan.form == "atlas":
        x, y = x - frame.columns / 2 + plan.grid.nx / 2 - scan.east, y - frame.rows / 2 + plan.grid.ny / 2
    flux = value * camera.pitch**2 / FRAMES
    return _artifact(plan, "hot", band, x, y, flux, scan_key=scan.scan_key, hemis=scan.hemis, direction=scan.direction)


def _write(plan: Plan, path: Path, columns: dict[str, Any]) -> Path:
    """Write a Parquet file that holds what its numbers refer to."""
    table = pa.table(columns).replace_schema_metadata(
        {
            "tile": str(plan.number),
            "seed": str(plan.seed),
            "offset_terms": ",".join(TERMS),
            "offset_scale": f"u = east/{HALF_X:.0f}, v = north/{HALF_Y:.0f} arcsec, wave {WAVE}",
            "psf": plan.psf,
            "psf_fraction_4arcsec": f"{REFERENCE.fraction(4.0):.6f}",
        }
    )
    pq.write_table(table, path, compression="zstd")
    return path
