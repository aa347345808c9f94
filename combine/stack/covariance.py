"""The noise that the scans of one visit share: it adds up in a stack, and cancels in the difference of directions."""

import numpy as np
from numpy.typing import NDArray

from combine.measure.robust import robust_sigma
from combine.stack.band import DirectionStack
from combine.stack.noise import freed

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
LEAST_VISITS = 4
"""With fewer visits their covariance cannot be told from the noise of their mean."""


def visit_factors(stacks: dict[str, DirectionStack]) -> dict[str, float]:
    """Return the noise of N, S, NS and of the difference N-S over what it were if all scans were independent."""
    weight = {d: np.array([p.weight * (p.reason is None) for p in one.parts]) for d, one in stacks.items()}
    total = {d: max(float(w.sum()), 1e-30) for d, w in weight.items()}
    visit = {d: np.array([p.member.visit for p in one.parts], np.int64) for d, one in stacks.items()}
    sigma = {d: np.array([p.verdict.noise_aper for p in one.parts]) for d, one in stacks.items()}
    factors = {
        d.upper(): visit_factor(one.residuals, weight[d] / total[d], visit[d], sigma[d]) for d, one in stacks.items()
    }
    if len(stacks) < 2:
        return factors | {"NS": next(iter(factors.values()), 1.0), "difference": 1.0}
    places = np.concatenate([stacks[d].residuals for d in "ns"])
    every = [np.concatenate([kind["n"], kind["s"]]) for kind in (visit, sigma)]
    joint = np.concatenate([weight[d] for d in "ns"]) / (total["n"] + total["s"])
    apart = np.concatenate([weight["n"] / total["n"], -weight["s"] / total["s"]])
    return factors | {
        "NS": visit_factor(places, joint, every[0], every[1]),
        "difference": visit_factor(places, apart, every[0], every[1]),
    }


def visit_factor(residuals: Plane, share: Array, visit: NDArray[np.int64], sigma: Array) -> float:
    """Return the noise of a sum of scans over what it were if all scans were independent.

    The scans of a visit see the same sky within minutes: what they share does not average out in their sum, and
    cancels in the difference of the directions. Visits are independent.

    Parameters
    ----------
    residuals : (scans, places) of each scan against the mean of its direction, in the same empty apertures; DN
    share : (scans,) factor of each scan in the sum; negative for those that are subtracted
    visit : (scans,) number of its visit
    sigma : (scans,) noise of an aperture of each scan, DN

    Returns
    -------
    The factor; 1 where there are too few visits to tell.
    """
    used = share != 0
    residuals, share, visit, sigma = residuals[used], share[used], visit[used], sigma[used]
    numbers = np.unique(visit)
    if len(numbers) < LEAST_VISITS:
        return 1.0
    sums = [np.tensordot(share[visit == v], residuals[visit == v], 1) for v in numbers]
    variance = np.array([robust_sigma(one) ** 2 for one in sums])
    # What a visit brings is measured against the whole that it is part of.
    size = np.array([np.sum(np.abs(share[visit == v])) for v in numbers])
    part = size / size.sum()
    good = np.isfinite(variance)
    if good.sum() < LEAST_VISITS:
        return 1.0
    variance, part = variance[good], part[good] / part[good].sum()
    alone = np.array([np.sum((share[visit == v] * sigma[visit == v]) ** 2) for v in numbers])[good]
    return float(np.sqrt(np.sum(part**2 * freed(variance / part**2, part)) / alone.sum()))
