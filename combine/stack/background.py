"""The smooth background of each image against the stack: low order across the scan, higher along it."""

import numpy as np
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from combine.stack.cells import CELL
from combine.stack.geometry import Frame
from combine.stack.kernel import ROWS
from combine.stack.weights import FAST
from schema.compiled import compiled

Array = NDArray[np.float64]
SHAPE = (3, 33)
"""Powers of u and Chebyshev polynomials of v that the resampler evaluates."""
CELLS_PER_TERM = 6
RIDGE = 1e-10
"""Part of the mean diagonal of the normal equations that is added to it."""


def fit_background(mean: Array, count: Array, frame: Frame, orders: tuple[int, int]) -> Array:
    """Fit powers of u times Chebyshev polynomials of v to the cells of one image.

    Parameters
    ----------
    mean, count : (blocks, cells) of (image - model), DN, and the pixels behind it
    frame : of the field grid
    orders : highest power of u, and highest polynomial of v of an image as long as the field; shorter ones get less

    Returns
    -------
    (3, 33) coefficients: powers of u, polynomials of v. Sources cancel in (image - model), so that no order eats them.
    """
    rows, columns = np.nonzero(count)
    result = np.zeros(SHAPE)
    if len(rows) == 0:
        return result
    u = ((columns + 0.5) * CELL - 0.5 - frame.cx) / frame.hx
    v = ((rows + 0.5) * ROWS - 0.5 - frame.cy) / frame.hy
    terms = _terms(orders, float(np.ptp(u)) / 2, float(np.ptp(v)) / 2, len(rows))
    polynomials = chebvander(v, SHAPE[1] - 1)
    design = np.stack([u**i * polynomials[:, j] for i, j in terms], axis=1)
    solution = _clipped_fit(design, mean[rows, columns], np.sqrt(count[rows, columns]))
    for (i, j), c in zip(terms, solution, strict=True):
        result[i, j] = c
    return result


def _terms(orders: tuple[int, int], reach_u: float, reach_v: float, cells: int) -> list[tuple[int, int]]:
    """Return the orders in u and v that an image of this reach (parts of the field) and number of cells can bear."""
    across, along = round(orders[0] * min(1.0, reach_u + 0.2)), round(orders[1] * min(1.0, reach_v + 0.05))
    while True:
        chosen = [
            (i, j)
            for i in range(across + 1)
            for j in range(along + 1)
            if i / max(across, 1) + j / max(along, 1) <= 1.0001
        ]
        if cells >= CELLS_PER_TERM * len(chosen) or along == 0:
            return chosen if cells >= CELLS_PER_TERM * len(chosen) else [(0, 0)]
        along -= 1


def _clipped_fit(design: Array, values: Array, weight: Array) -> Array:
    """Fit by weighted least squares, clipping beyond four robust deviations; what the cells cannot tell stays zero."""
    keep = np.ones(len(values), bool)
    terms = design.shape[1]
    solution: Array = np.zeros(terms)
    for _ in range(4):
        normal, right = np.zeros((terms, terms)), np.zeros(terms)
        _add_equations(design, values, np.where(keep, weight**2, 0.0), normal, right)
        normal[np.diag_indices(terms)] += RIDGE * np.trace(normal) / terms
        solution = np.asarray(np.linalg.solve(normal, right), float)
        rest = (values - np.einsum("ij,j->i", design, solution)) * weight
        before = keep
        keep = np.abs(rest) <= 4 * 1.4826 * np.median(np.abs(rest[keep])) + 1e-9
        if keep.sum() <= len(solution) or (keep == before).all():
            break
    return solution


@compiled(FAST)
def _add_equations(design, values, weight, normal, right):  # type: ignore[no-untyped-def]  # compiled
    """Add the normal equations of every row; a library's threads would wait longer than this takes."""
    for i in range(len(values)):
        if weight[i] > 0:
            row = design[i]
            for j in range(len(row)):
                a = weight[i] * row[j]
                right[j] += a * values[i]
                for k in range(len(row)):
                    normal[j, k] += a * row[k]
