"""What residuals say of scans."""

import numpy as np
import pytest

from combine.stack.judge import Verdict, by_stars, reject
from combine.stack.noise import freed
from schema.settings import defaults


@pytest.mark.parametrize("weights", [np.ones(8), np.array([1.0, 1, 1, 3, 1, 2, 0, 0]), np.arange(1.0, 9)])
def test_the_noise_of_a_scan_is_found_whatever_its_part_in_the_mean(weights: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    sigma = np.array([1.0, 1.2, 0.8, 1.0, 1.5, 1.0, 1.1, 2.0])
    scans = sigma[:, None] * rng.standard_normal((8, 200_000))
    part = weights / weights.sum()
    residual = scans - part @ scans
    assert np.sqrt(freed(residual.var(axis=1), part)) == pytest.approx(sigma, rel=0.02)


def verdicts(*fits: tuple[float, float, float]) -> list[Verdict]:
    """Make the verdicts of ordinary scans, and of some whose star gain, Laplacian and cores are given."""
    plain = [(0.0, 0.0, 1.0)] * 9
    return [
        Verdict(0.8, 16.0, 16.0, 0.0, 1.0, 0.0, np.array([gain, lap, 0.0, 0.0]), cores)
        for gain, lap, cores in (*plain, *fits)
    ]


def test_a_wrong_zero_point_says_nothing_of_other_bands() -> None:
    reasons = reject(verdicts((0.2, 0.0, 1.0), (0.2, 0.4, 1.0), (0.0, 0.0, 2.0)), defaults())
    assert [by_stars(reason) for reason in reasons[-3:]] == [False, True, True]
    assert all(reasons[-3:])
    assert not any(reasons[:-3])


def test_limits_are_lower_where_another_band_found_the_stars_wrong() -> None:
    near = verdicts((0.0, 0.0, 1.4), (0.0, 0.0, 1.4))
    reasons = reject(near, defaults(), np.arange(len(near)) == len(near) - 1)
    assert reasons[-2] is None
    assert by_stars(reasons[-1])
