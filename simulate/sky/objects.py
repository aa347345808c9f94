"""The truth of objects as columns: place, magnitudes, size, neighbours, motion, variability."""

from typing import Any

import numpy as np

from simulate.sky.field import ISOLATION, Sky
from simulate.sky.galaxies import REFERENCE
from simulate.sky.variables import COLOURS, KINDS

BANDS = "jhk"


def object_columns(sky: Sky) -> dict[str, Any]:
    """Return the columns of every object: positions and motions of the year 2000, magnitudes that are means."""
    correction = 2.5 * np.log10(REFERENCE.fraction(4.0))
    columns: dict[str, Any] = {
        "id": sky.id,
        "kind": np.where(sky.galaxy, "galaxy", "star").tolist(),
        "ra": sky.ra,
        "dec": sky.dec,
        "x": sky.x,
        "y": sky.y,
    }
    for b, band in enumerate(BANDS):
        columns[f"{band}_m"] = sky.mag[:, b]
    for b, band in enumerate(BANDS):
        columns[f"{band}_m_ap4"] = sky.ap4[:, b]
        columns[f"{band}_m_std"] = sky.ap4[:, b] + correction
    columns |= {
        "r_e": np.where(sky.galaxy, sky.r_e, np.nan),
        "ba": sky.ba,
        "pa": sky.pa,
        "sersic": sky.sersic,
        "standard": sky.standard,
        "neighbour": sky.neighbour,
        "blended": sky.neighbour < ISOLATION,
        "pmra": sky.motion[:, 0],
        "pmdec": sky.motion[:, 1],
        "variable": [KINDS[kind] or None for kind in sky.vary.kind.tolist()],
        "period": sky.vary.period,
        "amplitude": sky.vary.amplitude,
        "amplitude_h": sky.vary.amplitude * np.array(COLOURS)[sky.vary.kind, 1],
        "amplitude_k": sky.vary.amplitude * np.array(COLOURS)[sky.vary.kind, 2],
        "phase_epoch": np.where(sky.vary.kind > 0, sky.vary.epoch, np.nan),
    }
    return columns
