"""A small true sky and its sources, made by hand."""

import numpy as np
import pandas as pd

from deepcal.truth import Truth
from deepcal.truth.depth import Sight

CENTRE = (100.0, 60.0)  # deg, at pixel 0, 0


def truth(*objects: dict[str, object], artifacts: pd.DataFrame | None = None) -> Truth:
    """Make a truth of objects: x, y (pixel) and a J magnitude each, isolated stars unless told otherwise."""
    rows = []
    for given in objects:
        row = {"kind": "star", "blended": False, "x": 0.0, "y": 0.0, "j_m": 15.0} | given
        row |= {"ra": CENTRE[0] - row["x"] / 3600 / np.cos(np.radians(CENTRE[1])), "dec": CENTRE[1] + row["y"] / 3600}
        rows.append(row | {f"{band}_m_std": row["j_m"] for band in "jhk"})
    empty = pd.DataFrame({name: pd.Series(dtype=float) for name in ("kind", "x", "y", "angle", "length")})
    return Truth(pd.DataFrame(rows), pd.DataFrame(), empty if artifacts is None else artifacts)


def sources(*found: dict[str, object]) -> pd.DataFrame:
    """Make sources that J confirms: x, y (pixel) and a J magnitude each."""
    plain = {
        "confirmed": True,
        "cc_flg": "0",
        "x": 0.0,
        "y": 0.0,
        "j_m": 15.0,
        "j_msig": 0.01,
        "pos_err": 0.02,
        "j_rule": 3,
    }
    absent = {"h_rule": 0, "k_rule": 0, "h_m": np.nan, "k_m": np.nan}
    rows = []
    for given in found:
        row = plain | absent | given
        row |= {"ra": CENTRE[0] - row["x"] / 3600 / np.cos(np.radians(CENTRE[1])), "dec": CENTRE[1] + row["y"] / 3600}
        rows.append(row)
    return pd.DataFrame(rows)


def sight(m5_det: float = 20.0, size: int = 200) -> Sight:
    """Make a stack that sees a magnitude at 5 sigma everywhere."""
    return Sight(m5_det, np.ones((size, size), np.float32))
