"""Detection and confirmation on small stacks with known stars."""

import numpy as np
import pytest

from combine.extract.bands import Detections, detections
from combine.extract.confirm import Rule, rules, wanted
from combine.extract.images import Band, prepare
from combine.products import Product
from schema.settings import defaults
from tests.skies import NOISE, SHAPE, direction, joined, open_field, product, sky

SETTINGS = defaults()


def found(products: dict[str, Product]) -> tuple[Band, Detections]:
    band = prepare("j", products, SETTINGS)
    return band, detections(band, SETTINGS)


def nearest(d: Detections, x: float, y: float) -> tuple[int, float]:
    apart = np.hypot(d.x - x, d.y - y)
    return int(apart.argmin()), float(apart.min())


def test_every_star_is_found_once_where_it_is_and_nothing_else() -> None:
    x, y, flux = open_field(60, 40.0, 1)
    _, d = found(sky(x, y, flux))
    assert d.x.size == pytest.approx(60, abs=1)  # one of a million noise peaks may pass
    assert all(nearest(d, *place)[1] < 0.3 for place in zip(x, y, strict=True))
    assert np.median(d.x - x[[np.hypot(x - a, y - b).argmin() for a, b in zip(d.x, d.y, strict=True)]]) == (
        pytest.approx(0, abs=0.02)
    )


def test_the_signal_of_isolated_stars_is_at_least_that_of_their_peak() -> None:
    x, y, flux = open_field(60, 100.0, 2)
    band, d = found(sky(x, y, flux))
    i = [nearest(d, *place)[0] for place in zip(x, y, strict=True)]
    peak = flux[0] * band.both.psf.stamp().max() / (NOISE / np.sqrt(2))
    assert np.median(d.snr[i]) >= peak


def test_noise_alone_gives_no_confirmed_source() -> None:
    x, y, flux = open_field(12, 300.0, 3)
    _, d = found(sky(x, y, flux))
    assert (d.rule[d.snr < 50] == 0).all()


def test_a_latent_image_in_one_direction_is_not_confirmed() -> None:
    x, y, flux = open_field(40, 300.0, 4)
    x2, y2, flux2 = np.append(x, 171.3), np.append(y, 200.2), np.append(flux, 60.0)
    _, d = found(joined(direction("N", x2, y2, flux2, 1), direction("S", x, y, flux, 2)))
    i, apart = nearest(d, 171.3, 200.2)
    assert apart < 0.5
    assert d.snr_n[i] > 10
    assert abs(d.snr_s[i]) < 4
    assert d.rule[i] == 0


@pytest.mark.parametrize("ratio", [1.0, 0.2])
def test_a_pair_at_two_fwhm_is_two_stars(ratio: float) -> None:
    x, y, flux = open_field(40, 300.0, 5)
    x, y, flux = np.append(x, x[0] + 5.8), np.append(y, y[0]), np.append(flux, 300 * ratio)
    _, d = found(sky(x, y, flux))
    assert nearest(d, x[0], y[0])[1] < 0.2
    assert nearest(d, x[-1], y[-1])[1] < 0.3


def test_a_bright_star_makes_no_false_ones_around_it() -> None:
    x, y, flux = open_field(80, 300.0, 6)
    flux[0] = 300000.0
    far = np.hypot(x - x[0], y - y[0]) > 50
    far[0] = True
    x, y, flux = x[far], y[far], flux[far]
    _, d = found(sky(x, y, flux))
    assert (np.hypot(d.x - x[0], d.y - y[0]) < 45).sum() == 1


def test_a_faint_star_beside_a_bright_one_is_still_found() -> None:
    x, y, flux = open_field(60, 300.0, 7)
    x, y, flux = np.append(x, x[0] + 9), np.append(y, y[0] + 2), np.append(flux, 100.0)
    flux[0] = 5000.0
    _, d = found(sky(x, y, flux))
    assert nearest(d, x[-1], y[-1])[1] < 0.3


def test_an_even_galaxy_is_one_source() -> None:
    x, y, flux = open_field(60, 300.0, 8)
    products = sky(x[1:], y[1:], flux[1:])
    row, col = np.mgrid[: SHAPE[0], : SHAPE[1]]
    galaxy = np.exp(-np.hypot(col - x[0], (row - y[0]) / 0.6) / 2.2)
    for one in products.values():
        one.image[:] += (3000 * galaxy / galaxy.sum()).astype(np.float32)
    _, d = found(products)
    assert (np.hypot(d.x - x[0], d.y - y[0]) < 10).sum() == 1


def test_blank_parts_give_no_sources_and_spoil_none() -> None:
    x, y, flux = open_field(60, 100.0, 9)
    products = sky(x, y, flux)
    for one in products.values():
        one.image[:, :160] = np.nan
        one.var[:, :160] = np.nan
    _, d = found(products)
    right = x > 164
    assert d.x.min() > 159
    assert all(nearest(d, *place)[1] < 0.3 for place in zip(x[right], y[right], strict=True))


def test_an_empty_stack_gives_an_empty_list() -> None:
    _, d = found(sky([], [], []))
    assert (d.rule > 0).sum() == 0
    blank = np.full(SHAPE, np.nan, np.float32)
    _, d = found(dict.fromkeys(("N", "S", "NS"), product(blank, blank, 0)))
    assert d.x.size == 0


def test_one_direction_alone_confirms_nothing() -> None:
    x, y, flux = open_field(40, 300.0, 10)
    north = direction("N", x, y, flux, 1)
    _, d = found({"NS": north, "N": north})
    assert d.x.size >= 40
    assert (d.rule == 0).all()


def test_the_rules_are_those_of_the_design() -> None:
    def rule(snr: float, n: float, s: float) -> int:
        one, flux = np.ones(1), (n * np.ones(1), s * np.ones(1))
        return int(rules(snr * one, *flux, *flux, one, one, SETTINGS)[0])

    assert rule(6, 4.2, 4.2) == Rule.DEFAULT
    assert rule(7.2, 5.1, 5.1) == Rule.DEFAULT | Rule.PUBLISHED
    assert rule(4.9, 3.5, 3.5) == Rule.NONE
    assert rule(6, 6.0, 2.4) == Rule.NONE
    assert rule(20, 20, 8) == Rule.PUBLISHED  # N and S differ too much
    assert rule(np.nan, np.nan, 9) == Rule.NONE
    assert wanted(np.array([0, 1, 2, 3], np.int16), "published").tolist() == [False, False, True, True]
    assert wanted(np.array([0, 1, 2, 3], np.int16), "none").all()
