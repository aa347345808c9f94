"""Electronic stripes are taken off; stars, galaxies and empty sky stay as they are."""

import numpy as np
import pytest

from combine.extract.stripes import stripes
from schema.settings import defaults
from tests.skies import NOISE, atlas_noise

SETTINGS = defaults()
SHAPE = (400, 540)


def image(stripe: float, tilt: float = 0.0, stars: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return an image above its sky, its variance, and the light of a stripe in it: `stripe` times the pixel noise."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    light = stripe * NOISE * np.exp(-0.5 * ((y - 200 - tilt * (x - 270) / 270) / 4.0) ** 2)
    rng = np.random.default_rng(4)
    found = atlas_noise(6, NOISE, SHAPE) + light
    for px, py in zip(rng.integers(5, 535, stars), rng.integers(5, 395, stars), strict=True):
        found[py - 1 : py + 2, px - 1 : px + 2] += 3.0
    return found.astype(np.float32), np.full(SHAPE, NOISE**2, np.float32), light


@pytest.mark.parametrize("tilt", [0.0, 2.0])
def test_a_stripe_is_taken_off(tilt: float) -> None:
    above, var, light = image(8.0, tilt, stars=60)
    found = stripes(above, var, SETTINGS)
    assert found is not None
    left = np.abs(light - found)[:, 20:520]
    assert left.max() < 1.2 * NOISE
    assert np.median(left[195:206]) < 0.4 * NOISE


def test_an_image_without_stripes_stays_as_it_is() -> None:
    above, var, _ = image(0.0, stars=300)
    assert stripes(above, var, SETTINGS) is None


def test_a_large_galaxy_is_no_stripe() -> None:
    above, var, _ = image(0.0)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    above += (40 * NOISE * np.exp(-np.hypot(x - 200, (y - 150) * 2) / 25)).astype(np.float32)
    found = stripes(above, var, SETTINGS)
    assert found is None or np.abs(found).max() < 0.5 * NOISE


def test_a_star_on_the_stripe_keeps_its_light() -> None:
    above, var, light = image(8.0)
    above[198:203, 300:305] += 20.0
    found = stripes(above, var, SETTINGS)
    assert found is not None
    assert np.abs(found - light)[198:203, 300:305].max() < 1.2 * NOISE
