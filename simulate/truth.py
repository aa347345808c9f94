"""The truth of a simulated field, as Parquet tables: objects, scans, artifacts, marks of faults."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulate.artifacts.listed import artifact_columns
from simulate.faults.effects import seeing_along, told
from simulate.faults.marks import mark_columns
from simulate.offsets import HALF_X, HALF_Y, TERMS, WAVES, band_shift, offset_at, parts, pattern
from simulate.plan import BANDS, Plan
from simulate.sky.galaxies import REFERENCE
from simulate.sky.objects import object_columns

Array = NDArray[np.float64]

TRACK = np.linspace(-1, 1, 37)  # places along a scan, every 100 arcsec from its south end, at which the seeing is told
MARKS = pa.schema(
    [(name, pa.string()) for name in ("band", "kind")]
    + [(name, pa.int64()) for name in ("scan_key", "parent")]
    + [(name, pa.float64()) for name in ("strength", "harm", "x0", "x1", "y0", "y1")]
    + [(name, pa.list_(pa.float64())) for name in ("path_x", "path_y")]
)


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
        "good": fault is None or not fault.harmful,
        "fault": fault.kind if fault and fault.harmful else None,
        "slight": fault.kind if fault and not fault.harmful else None,
        "strength": fault.strength if fault else None,
        "harm": fault.harm if fault else None,
        "noted": fault is not None and fault.noted,
        "dra": float(east.mean()),
        "ddec": float(north.mean()),
        "shift_ra": float(own[0, 0]),
        "shift_dec": float(own[1, 0]),
        "rotation": rotation,
        "drift_ra": drift[0].tolist(),
        "drift_dec": drift[1].tolist(),
        "band_x": float(band_shift(plan.seed, scan.hemis)[band, 0]),
        "band_y": float(band_shift(plan.seed, scan.hemis)[band, 1]),
        "offset_ra": plan.offsets[i, 0].tolist(),
        "offset_dec": plan.offsets[i, 1].tolist(),
        "east": scan.east,
        "zero_point": float(conditions.zero_point[i, band]),
        "magzp": float(plan.magzp[i, band]),
        "shape": float(conditions.shape[i, band]),
        "shape_along": seeing_along(fault, conditions, i, band, TRACK).tolist(),
        "stretch": conditions.stretch[i, band].tolist(),
        "glow": float(conditions.glow[i, band]),
        "skysig": float(conditions.skysig[i, band]),
        "sky": float(conditions.sky[i, band]),
        "background": conditions.background[i, band].tolist(),
    }


def write_artifacts(plan: Plan, bands: str, path: Path) -> Path:
    """Write false light: what is fixed on the sky once (per hemisphere and direction), hot pixels per scan."""
    return _write(plan, path, artifact_columns(plan, bands))


def write_marks(plan: Plan, bands: str, path: Path) -> Path:
    """Write which pixels of each scan faults and diffuse false light touch."""
    return _write(plan, path, mark_columns(plan, bands), MARKS)


def _write(plan: Plan, path: Path, columns: dict[str, Any], schema: pa.Schema | None = None) -> Path:
    """Write a Parquet file that holds what its numbers refer to."""
    table = pa.table(columns, schema=schema).replace_schema_metadata(
        {
            "tile": str(plan.number),
            "seed": str(plan.seed),
            "offset_terms": ",".join(TERMS),
            "offset_scale": f"u = east/{HALF_X:.0f}, v = north/{HALF_Y:.0f} arcsec, waves {WAVES}",
            "psf": plan.psf,
            "psf_fraction_4arcsec": f"{REFERENCE.fraction(4.0):.6f}",
        }
    )
    pq.write_table(table, path, compression="zstd")
    return path
