"""The noise of scans and stacks in empty apertures, and what visits share of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from combine.stack.covariance import visit_factor
from combine.stack.noise import plane_noise
from tests.stacks import noise_image

Plane = NDArray[np.float32]
SCANS, PLACES = 60, 4000
VISIT = np.arange(SCANS) // 6
NORTH = np.arange(SCANS) % 2 == 0


def residuals(common: float) -> Plane:
    """Make the apertures of scans that share noise within visits, each against the mean of its direction."""
    rng = np.random.default_rng(3)
    scans = rng.standard_normal((SCANS, PLACES)) + common * rng.standard_normal((10, PLACES))[VISIT]
    for mine in (NORTH, ~NORTH):
        scans[mine] -= scans[mine].mean(axis=0)
    return scans.astype(np.float32)


def factor(common: float, sign: float) -> float:
    """Return the factor of the mean of all scans, or of N - S."""
    share = np.where(NORTH, 1, sign) / SCANS * (1 if sign > 0 else 2)
    return visit_factor(residuals(common), share, VISIT, np.full(SCANS, np.hypot(1, common)))


@pytest.mark.parametrize("common", [0.0, 0.3, 0.6])
def test_what_visits_share_adds_up_in_the_sum_and_cancels_in_the_difference(common: float) -> None:
    alone = 1 + common**2
    assert factor(common, 1.0) == pytest.approx(np.sqrt((1 + 6 * common**2) / alone), rel=0.02)
    assert factor(common, -1.0) == pytest.approx(np.sqrt(1 / alone), rel=0.02)


def test_few_visits_tell_nothing_of_what_they_share() -> None:
    few = VISIT < 3
    share = np.full(few.sum(), 1 / few.sum())
    assert visit_factor(residuals(0.5)[few], share, VISIT[few], np.ones(few.sum())) == 1.0


def test_apertures_are_measured_above_their_surroundings() -> None:
    shape = (640, 540)
    noise = noise_image(1, 0.8, shape)
    y, x = np.mgrid[: shape[0], : shape[1]]
    glow = 0.5 * np.sin(x / 60) + 0.5 * np.cos(y / 70)
    empty = np.ones(shape, bool)
    alone, glowing = (plane_noise(plane.astype(np.float32), empty) for plane in (noise, noise + glow))
    assert glowing == pytest.approx(alone, rel=0.05)
    assert alone == pytest.approx(0.8 * 2.9 * 7, rel=0.08)


def test_nothing_is_measured_where_nothing_is_empty() -> None:
    assert np.isnan(plane_noise(np.zeros((64, 60), np.float32), np.zeros((64, 60), bool)))
