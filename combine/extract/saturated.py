"""Stars whose long exposures saturate: their magnitudes are means of the short exposures of the single scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.extract.flux import MAG_PER_PART
from combine.extract.table import Columns
from combine.measure.aperture import Floats
from combine.measure.robust import robust_sigma
from schema.settings import Settings

BANDS = "jhk"


@dataclass(frozen=True)
class ShortExposures:
    """What single scans measured on short exposures (read 1) of bright stars.

    x, y : pixels, in the frame of each scan; (measurements,)
    mag : (measurements, 3) J, H, Ks; NaN where a band was measured on the long exposures
    scans : number of scans in the run
    """

    x: Floats
    y: Floats
    mag: Floats
    scans: int


def with_short_exposures(rows: Columns, short: ShortExposures, vega_jy: list[float], settings: Settings) -> Columns:
    """Return the columns of the sources with the magnitudes of short exposures where the long ones saturate.

    A star counts as saturated in a band when `saturated_part` of the run's scans or more measured it on short
    exposures. The error has the scatter of the scans and what the short exposures have in common.
    """
    out = {name: values.copy() for name, values in rows.items()}
    flags = np.array([list(flag) for flag in out["rd_flg"]]) if out["id"].size else np.empty((0, 3), "U1")
    source = _nearest(rows, short, settings["saturated_radius"][0])
    for number, band in enumerate(BANDS):
        value = short.mag[:, number]
        good = (source >= 0) & np.isfinite(value)
        for mine in np.unique(source[good]):
            seen = value[good & (source == mine)]
            if seen.size < max(3, settings["saturated_part"][0] * short.scans):
                continue
            mag = float(np.median(seen))
            error = float(np.hypot(1.2533 * robust_sigma(seen) / np.sqrt(seen.size), settings["saturated_common"][0]))
            flux = vega_jy[number] * 1e6 * 10 ** (-0.4 * mag)
            for name, new in (("m", mag), ("msig", error), ("m_mean", np.nan), ("m95", np.nan), ("flux", flux)):
                out[f"{band}_{name}"][mine] = new
            out[f"{band}_flux_sig"][mine] = flux * error / MAG_PER_PART
            flags[mine, number] = "1"
    return out | {"rd_flg": np.array(["".join(flag) for flag in flags], object)}


def _nearest(rows: Columns, short: ShortExposures, radius: float) -> NDArray[np.int64]:
    """Return the source each measurement belongs to: the brightest one near it; -1 for none.

    The offset of the scan is within the radius, and next to a saturated star every fainter source is doubtful.
    """
    owner = np.full(short.x.size, -1)
    if short.x.size == 0 or rows["id"].size == 0:
        return owner.astype(np.int64)
    flux = np.nanmax(
        np.column_stack([np.nan_to_num(rows[f"{band}_flux"]) for band in BANDS if f"{band}_flux" in rows]), 1
    )
    tree = cKDTree(np.column_stack((rows["x"], rows["y"])))
    for k, near in enumerate(tree.query_ball_point(np.column_stack((short.x, short.y)), radius)):
        if near:
            owner[k] = max(near, key=lambda i: flux[i])
    return owner.astype(np.int64)
