"""The columns of calibration extractions, whether of one scan or of many: measured positions, photometry, flags."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schema.grid import Grid
from simulate.catalogs.photometry import Photometry, join, psf_chi
from simulate.sky.angles import designations

Array = NDArray[np.float64]

POSITION = 0.08  # arcsec, floor of a position's error per axis: the undersampled camera
SMEAR = 0.70  # arcsec, error times signal-to-noise ratio at a seeing shape of 1
SMEAR_POWER = 2.6  # of the seeing shape
FRAME = 0.1  # arcsec, of the reference catalogue, in the published errors
THRESHOLD = 5.0  # signal-to-noise ratio of a fitted profile, in one band
FLAGGED = 0.7  # of latent images and glints are known as such
MIDDLE = 4e-4  # days from the start of a scan to the mean time of its sources


@dataclass(frozen=True)
class Origin:
    """Which scan extractions come from: one value each, or arrays of one entry an extraction."""

    tile: Any
    hemis: Any
    date: Any
    scan: Any
    jdate: Any
    scan_key: Any
    east: Any
    shape: Any


def select(seen: Photometry, kept: NDArray[np.int64]) -> Photometry:
    """Return some of the measurements."""
    return Photometry(**{field.name: getattr(seen, field.name)[kept] for field in fields(seen)})


def detected(seen: Photometry) -> NDArray[np.int64]:
    """Return the indices of what is extracted: over the threshold in a band."""
    return np.flatnonzero((np.nan_to_num(seen.snr) > THRESHOLD).any(axis=1))


def extraction_columns(
    rng: np.random.Generator,
    grid: Grid,
    x: Array,
    y: Array,
    seen: Photometry,
    false: NDArray[np.bool_],
    pair: NDArray[np.bool_],
    origin: Origin,
) -> dict[str, Any]:
    """Measure positions and return the columns of extractions, all but `cntr`.

    Parameters
    ----------
    rng : Generator
    grid : Grid
        The field's.
    x, y : (n,) arrays
        Where the scan puts the sources, pixels of the grid.
    seen : Photometry
        Of the same sources.
    false : (n,) array
        Which are the light of another star.
    pair : (n,) array
        Which were fitted together with a neighbour.
    origin : Origin
    """
    rows = x.size
    error = np.hypot(POSITION, SMEAR * origin.shape**SMEAR_POWER / np.nan_to_num(seen.snr).max(axis=1, initial=1))
    x, y = x + rng.normal(0, error), y + rng.normal(0, error)
    ra, dec = grid.sky(x, y)
    return (
        seen.columns()
        | psf_chi(rng, seen, pair)
        | {
            "tile": origin.tile,
            "ra": ra,
            "decl": dec,
            "err_maj": np.hypot(error, FRAME),
            "err_min": np.hypot(0.95 * error, FRAME),
            "err_ang": 90,
            "designation": designations(ra, dec),
            "bl_flg": join(np.where(seen.detected, np.where(pair, "2", "1")[:, None], "0")),
            "cc_flg": join(np.where(seen.detected & (false & (rng.random(rows) < FLAGGED))[:, None], "p", "0")),
            "mp_flg": 0,
            "gal_contam": 0,
            "hemis": origin.hemis,
            "date": origin.date,
            "scan": origin.scan,
            "x_scan": x - (grid.nx - 1) / 2 + origin.east,
            "jdate": origin.jdate + MIDDLE,
            "dup_src": 0,
            "use_src": 1,
            "scan_key": origin.scan_key,
        }
    )
