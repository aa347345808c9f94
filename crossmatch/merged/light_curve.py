"""The light curve of a star seen in many scans."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.connection import Connection
from schema.errors import BadArgument
from sql import load

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LightCurve:
    """Magnitudes of one star in the order of time; NaN where a band was not measured.

    Attributes
    ----------
    time : (n,) Julian dates
    mag, sigma : (n, 3) J, H, Ks and their uncertainties, mag
    visit : (n,) number of the visit each scan belongs to, from 0
    """

    time: Array
    mag: Array
    sigma: Array
    visit: Ints

    @classmethod
    def of(cls, time: Array, mag: Array, sigma: Array, gap: float) -> "LightCurve":
        """Put measurements in the order of time; a visit ends where the next scan is more than `gap` days away."""
        order = np.argsort(time, kind="stable")
        visit = np.cumsum(np.diff(time[order], prepend=time[order][:1]) > gap, dtype=np.int64)
        return cls(time[order], mag[order], sigma[order], visit)


def read_light_curve(conn: Connection, source: str, gap: float) -> LightCurve:
    """Read the light curve of a star, without the extractions that may belong to a neighbour.

    Parameters
    ----------
    conn : Connection
    source : str
        The name of a deep source, or the number of a group.
    gap : float
        Scans farther apart than this (days) belong to different visits.

    Raises
    ------
    BadArgument
        No extractions are linked to such a star.
    """
    rows = conn.execute(load("crossmatch/merged/light_curve.sql"), {"source": source}).fetchall()
    if not rows:
        raise BadArgument(
            f"star {source}: no extractions are linked to it; `deepcal xmatch merge TILE` links those of a field, "
            "and `deepcal show query variables` tells names and numbers"
        )
    data = np.array(rows, float)  # None becomes NaN
    return LightCurve.of(data[:, 0], data[:, 1::2], data[:, 2::2], gap)
