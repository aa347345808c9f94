"""What residuals say of scans."""

import numpy as np
import pytest

from combine.stack.noise import freed


@pytest.mark.parametrize("weights", [np.ones(8), np.array([1.0, 1, 1, 3, 1, 2, 0, 0]), np.arange(1.0, 9)])
def test_the_noise_of_a_scan_is_found_whatever_its_part_in_the_mean(weights: np.ndarray) -> None:
    rng = np.random.default_rng(2)
    sigma = np.array([1.0, 1.2, 0.8, 1.0, 1.5, 1.0, 1.1, 2.0])
    scans = sigma[:, None] * rng.standard_normal((8, 200_000))
    part = weights / weights.sum()
    residual = scans - part @ scans
    assert np.sqrt(freed(residual.var(axis=1), part)) == pytest.approx(sigma, rel=0.02)
