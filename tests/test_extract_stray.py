"""The false light of bright stars is measured on the stack, wherever it lies."""

import numpy as np
import pytest

from combine.extract.arms import arms
from combine.extract.artifacts import Surroundings, flags
from combine.extract.images import Band, prepare
from combine.extract.spots import spots
from combine.extract.stray import assumed, stray_light
from schema.settings import defaults
from tests.skies import MAGZP, open_field, sky
from tests.test_extract_merge import SETTINGS as MERGE_SETTINGS
from tests.test_extract_merge import STAR, suspects

SETTINGS = defaults()
FLUX = 2e4  # DN of the bright stars
GLINT = (-17.4, 38.2)  # pixels, where the settings have none
RATIO = 0.004


def band(ratio: float = RATIO, strays: int = 30, brights: int = 12) -> tuple[Band, np.ndarray, np.ndarray, np.ndarray]:
    """Return a band of bright stars, each with a glint of `ratio`, among field stars; and the stars."""
    x, y, flux = open_field(brights, FLUX, 5)
    rng = np.random.default_rng(8)
    fx, fy = rng.uniform(20, 300, strays), rng.uniform(20, 360, strays)
    lights = np.r_[flux, ratio * flux, rng.uniform(40, 400, strays)]
    made = prepare("j", sky(np.r_[x, x + GLINT[0], fx], np.r_[y, y + GLINT[1], fy], lights), SETTINGS)
    return made, x, y, MAGZP["j"] - 2.5 * np.log10(flux)


def test_a_glint_is_found_where_it_is_and_not_where_the_settings_say() -> None:
    made, x, y, mag = band()
    (found,) = spots(made.both, made.magzp, x, y, mag, SETTINGS)
    assert (found.dx, found.dy) == pytest.approx(GLINT, abs=0.5)
    assert found.ratio == pytest.approx(RATIO, rel=0.25)


def test_field_stars_around_bright_stars_are_no_glints() -> None:
    made, x, y, mag = band(ratio=0.0, strays=120)
    assert spots(made.both, made.magzp, x, y, mag, SETTINGS) == []


def test_with_few_bright_stars_the_settings_tell() -> None:
    made, x, y, mag = band(brights=4)
    assert spots(made.both, made.magzp, x, y, mag, SETTINGS) == []
    mags = np.column_stack((mag, mag, mag))
    stray = stray_light([made], "n", x, y, mags, SETTINGS)
    assert stray.spots == assumed("n", SETTINGS).spots
    assert "glints" not in stray.measured[0]


def test_spikes_are_as_long_as_they_are_seen_and_longer_for_brighter_stars() -> None:
    made, x, y, _ = band(ratio=0.0, strays=0)[0], *open_field(9, 1.0, 7)
    mag = np.linspace(7, 9, x.size)
    image = made.both.image
    for px, py, m in zip(x, y, mag, strict=True):
        reach = 40 * 10 ** (-0.1 * (m - 7))
        for k in np.arange(4, reach):
            for dx, dy in ((0, k), (0, -k), (k, 0), (-k, 0)):
                row, col = round(py + dy), round(px + dx)
                if 2 <= row < image.shape[0] - 2 and 2 <= col < image.shape[1] - 2:
                    image[row - 1 : row + 2, col - 1 : col + 2] += 1.0
    found = arms(made.both, [0.0, 90.0, 180.0, 270.0], x, y, mag, SETTINGS)
    assert found is not None
    assert found.growth == pytest.approx(0.1, abs=0.04)
    assert found.length == pytest.approx(40 * 10**-0.2, rel=0.15)


def test_without_spikes_there_is_no_length() -> None:
    made, x, y, mag = band(ratio=0.0, strays=0)
    assert arms(made.both, SETTINGS["spike_angles_j"], x, y, mag, SETTINGS) is None


def test_a_source_at_a_measured_glint_is_flagged_and_one_where_the_settings_had_it_is_not() -> None:
    made, x, y, mag = band()
    stray = stray_light([made], "n", x, y, np.column_stack((mag, mag, mag)), SETTINGS)
    field = Surroundings("n", "low")
    fainter = 8.0 - 2.5 * np.log10(RATIO)

    def flag(dx: float, dy: float) -> str:
        them = suspects(float(STAR.x[0] + dx), float(STAR.y[0] + dy), (fainter, np.nan, np.nan))
        return str(flags(them, STAR, stray, field, MERGE_SETTINGS)[0])

    angle, distance = np.radians(SETTINGS["glint_n_j"][0]), SETTINGS["glint_n_j"][1]
    assert flag(*GLINT) == "G"
    assert flag(-distance * np.sin(angle), distance * np.cos(angle)) == "0"
