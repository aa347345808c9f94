"""The smooth background of each image against the stack, as a low-order polynomial over the field."""

import numpy as np
from numpy.typing import NDArray

from combine.stack.geometry import Frame
from combine.stack.kernel import ROWS
from combine.stack.residual import CELL

Array = NDArray[np.float64]
SHAPE = (3, 7)
"""Powers of u and of v that the resampler evaluates."""


def fit_background(mean: Array, count: Array, frame: Frame, orders: tuple[int, int]) -> Array:
    """Fit a polynomial of u and v to the cells of one image.

    Parameters
    ----------
    mean, count : (blocks, cells) of (image - model), DN, and the pixels behind it
    frame : of the field grid
    orders : highest powers of u and of v; lower where the image covers less of the field

    Returns
    -------
    (3, 7) coefficients of u (first axis) and v.
    """
    rows, columns = np.nonzero(count)
    result = np.zeros(SHAPE)
    if len(rows) == 0:
        return result
    u = ((columns + 0.5) * CELL - 0.5 - frame.cx) / frame.hx
    v = ((rows + 0.5) * ROWS - 0.5 - frame.cy) / frame.hy
    powers = _powers(orders, float(np.ptp(u)) / 2, float(np.ptp(v)) / 2, len(rows))
    centre = (float(u.mean()), float(v.mean()))
    design = np.stack([(u - centre[0]) ** i * (v - centre[1]) ** j for i, j in powers], axis=1)
    values, weight = mean[rows, columns], np.sqrt(count[rows, columns])
    keep = np.ones(len(rows), bool)
    solution: Array = np.zeros(len(powers))
    for _ in range(4):
        heavy = design[keep] * weight[keep, None]
        normal, right = heavy.T @ heavy, heavy.T @ (values[keep] * weight[keep])
        solution = np.asarray(np.linalg.lstsq(normal, right, rcond=1e-12)[0], float)
        rest = (values - design @ solution) * weight
        keep = np.abs(rest) <= 4 * 1.4826 * np.median(np.abs(rest[keep])) + 1e-9
        if keep.sum() <= len(powers):
            break
    for (i, j), c in zip(powers, solution, strict=True):
        result += c * _expand(i, j, centre)
    return result


def _powers(orders: tuple[int, int], reach_u: float, reach_v: float, cells: int) -> list[tuple[int, int]]:
    """Return the powers that an image of this reach (fractions of the field) and number of cells can bear."""
    ou, ov = round(orders[0] * min(1.0, reach_u + 0.2)), round(orders[1] * min(1.0, reach_v + 0.1))
    chosen = [(i, j) for i in range(ou + 1) for j in range(ov + 1) if i / max(ou, 1) + j / max(ov, 1) <= 1.0001]
    return chosen if cells >= 3 * len(chosen) else [(0, 0)]


def _expand(i: int, j: int, centre: tuple[float, float]) -> Array:
    """Return (u - cu)^i (v - cv)^j as coefficients of powers of u and v."""
    pu = np.polynomial.polynomial.polypow([-centre[0], 1.0], i)
    pv = np.polynomial.polynomial.polypow([-centre[1], 1.0], j)
    full = np.zeros(SHAPE)
    full[: len(pu), : len(pv)] = np.outer(pu, pv)
    return full
