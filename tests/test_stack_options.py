"""What may be chosen for a stack: weights, clipping, medians, scales; and images of unequal exposure."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from combine.measure.aperture import annulus, aperture
from combine.stack.band import DEFAULT, DirectionStack, Member, stack_band
from combine.stack.inventory import _thinner
from combine.stack.options import Options
from combine.stack.passes import Stacker
from combine.stack.pixels import Cover, Pixels
from schema.errors import BadArgument
from schema.settings import Settings, defaults
from tests.stacks import FRAME, GRID, member, noise_image, star_image

X, Y = (a.ravel() for a in np.meshgrid(np.arange(20, 150, 30) + 0.3, np.arange(20, 310, 35) + 0.1))
FLUX = np.geomspace(500, 20000, X.size)
HIT = (slice(60, 63), slice(100, 103))
"""Where every image has something of its own: nothing there is like the rest."""


def settings() -> Settings:
    """Return the defaults, with a background that fits the small test field."""
    return defaults() | {"background_order": [1.0, 2.0]}


def scan_image(k: int, fwhm: float = 2.8, gain: float = 1.0, sigma: float = 0.8) -> NDArray[np.float64]:
    """Draw one scan."""
    return gain * star_image(X, Y, FLUX, fwhm) + noise_image(k, sigma) + 100


def with_values(one: Member, **changes: float) -> Member:
    """Change values of the images of a scan."""
    return replace(one, placements=[replace(p, image=replace(p.image, **changes)) for p in one.placements])


def stack(images: dict[int, NDArray[np.float64]], options: Options = DEFAULT) -> DirectionStack:
    """Stack images of one direction."""
    members = [member(k, image, visit=k) for k, image in images.items()]
    return stack_band({"n": members}, FRAME, settings(), lambda words: None, options=options)["n"]


def unlike() -> dict[int, NDArray[np.float64]]:
    """Seven scans of which each has something else at one place, and one a hot pixel."""
    images = {k: scan_image(k) for k in range(7)}
    for k, image in images.items():
        image[HIT] += 40.0 * (k - 3)
    images[2][182, 65] += 30
    return images


@pytest.fixture(scope="module")
def stacks() -> dict[str, DirectionStack]:
    """The same scans joined in four ways."""
    ways = {"masked": Options(), "clipped": Options(clip=4), "median": Options(median=True), "grow": Options(grow=True)}
    return {name: stack(unlike(), options) for name, options in ways.items()}


@pytest.mark.parametrize("way", ["masked", "clipped", "median"])
def test_nothing_is_blanked_where_every_scan_was_masked(stacks: dict[str, DirectionStack], way: str) -> None:
    found = stacks[way]
    assert all(p.reason is None for p in found.parts)
    assert np.isfinite(found.sums.mean[HIT]).all()
    assert np.abs(found.sums.mean[HIT]).max() < 3
    assert (found.sums.count[HIT] >= 1).all()


def test_a_single_hot_pixel_is_clipped_and_leaves_the_median_alone(stacks: dict[str, DirectionStack]) -> None:
    means = {name: one.sums.mean for name, one in stacks.items()}
    excess = {name: float(mean[182, 65] - np.median(mean[178:187, 61:70])) for name, mean in means.items()}
    assert excess["grow"] == pytest.approx(30 / 7, abs=1)
    assert abs(excess["clipped"]) < 1
    assert abs(excess["median"]) < 1
    assert stacks["clipped"].sums.count[182, 65] == 6


def test_the_variance_of_a_median_is_that_of_a_median(stacks: dict[str, DirectionStack]) -> None:
    free = np.ones((GRID.ny, GRID.nx), bool)
    for x, y in zip(X, Y, strict=True):
        free[int(y) - 9 : int(y) + 10, int(x) - 9 : int(x) + 10] = False
    free[:20] = free[-20:] = free[:, :10] = free[:, -10:] = False
    seen, told = [], []
    for name in ("median", "grow"):
        sums = stacks[name].sums
        seen.append(sums.mean[free].std())
        told.append(float(np.median(sums.weight[free])) ** -0.5)
    assert seen[0] / seen[1] == pytest.approx(told[0] / told[1], rel=0.05)
    assert told[0] / told[1] > 1.1


def test_sharp_scans_weigh_more_for_point_sources() -> None:
    images = {k: scan_image(k, fwhm=2.6 if k % 2 else 3.0) for k in range(8)}
    even, sharp = (stack(images, Options(weights=weights)) for weights in ("noise", "point-source"))
    weight = {name: np.array([p.weight for p in one.parts]) for name, one in (("even", even), ("sharp", sharp))}
    ratio = weight["sharp"] / weight["even"]
    assert ratio[1::2].mean() / ratio[::2].mean() == pytest.approx((3.0 / 2.6) ** 2, rel=0.1)
    # The weights are scaled so that their sum is still an inverse variance.
    assert np.sum(weight["sharp"]) == pytest.approx(np.sum(weight["sharp"] ** 2 / weight["even"]), rel=0.01)
    assert weight["sharp"].sum() < weight["even"].sum()


def test_scales_are_solved_from_the_stars_whatever_the_seeing() -> None:
    gains = {0: 1.0, 1: 1.03, 2: 0.97, 3: 1.0, 4: 1.0, 5: 0.98, 6: 1.02}
    images = {k: scan_image(k, fwhm=2.6 + 0.1 * k, gain=g) for k, g in gains.items()}
    found = stack(images, Options(solve_scale=True))
    told = np.array([p.rescaled for p in found.parts], float)
    expected = -2.5 * np.log10(np.array(list(gains.values())))
    assert told == pytest.approx(expected, abs=0.005)
    assert [p.member.scale for p in found.parts] == pytest.approx(list(10 ** (0.4 * told)))
    assert all(p.rescaled is None for p in stack(images).parts)


def test_a_cloud_is_no_matter_of_scale() -> None:
    found = stack({k: scan_image(k, gain=0.88 if k == 4 else 1.0) for k in range(7)}, Options(solve_scale=True))
    assert [p.member.scan_key for p in found.parts if p.rescaled is None] == [4]
    assert [p.member.scan_key for p in found.parts if p.reason] == [4]


def test_a_coverage_map_weighs_every_pixel() -> None:
    images = [np.full((320, 160), value) for value in (1.0, 3.0)]
    members = [member(k, image) for k, image in enumerate(images)]
    frames = np.full((320, 160), 6.0)
    frames[100:200], frames[200:] = 2.0, 0.0
    covers = [None, Cover(Pixels(frames.astype(">f4")), 6.0)]
    stacker = Stacker(
        [p for m in members for p in m.placements],
        [p for m in members for p in m.pixels],
        np.ones(2),
        FRAME,
        covers=covers,
    )
    sums = stacker.sum(np.array([1.0, 2.0]))
    rows = {y: (sums.mean[y, 80], sums.weight[y, 80], sums.count[y, 80]) for y in (50, 150, 250)}
    assert rows[50] == pytest.approx((7 / 3, 3, 2))
    assert rows[150] == pytest.approx((1.8, 5 / 3, 2))
    assert rows[250] == pytest.approx((1, 1, 1))
    middle = stacker.median(np.zeros(2, np.int64), np.array([1.0, 2.0]))
    assert middle[[50, 150, 250], 80] == pytest.approx([7 / 3, 1.8, 1])


def test_long_exposures_count_by_their_time() -> None:
    short = [member(k, scan_image(k), visit=k) for k in range(8)]
    long = [member(k, scan_image(k, sigma=0.8 / 6**0.5), visit=k) for k in range(8, 12)]
    long = [
        replace(
            m, placements=[replace(p, image=replace(p.image, exptime=46.8, noise_measured=0.33)) for p in m.placements]
        )
        for m in long
    ]
    found = stack_band({"n": short + long}, FRAME, settings(), lambda words: None)["n"]
    assert [p.reason for p in found.parts] == [None] * 12
    weight = np.array([p.weight for p in found.parts])
    assert weight[8:].mean() / weight[:8].mean() == pytest.approx(6, rel=0.15)
    assert sum(p.member.exposure for p in found.parts) == pytest.approx(8 * 7.8 + 4 * 46.8)


@pytest.mark.parametrize("weights", ["noise", "point-source"])
def test_star_cores_are_not_biased_by_changing_seeing(weights: str) -> None:
    rng = np.random.default_rng(3)
    images = {k: scan_image(k, fwhm=float(f)) for k, f in enumerate(rng.uniform(2.5, 3.5, 15))}
    masked, whole = (
        stack(images, options) for options in (Options(weights=weights), Options(weights=weights, grow=True))
    )
    bright = 100 * 0.8 * 2.9 * np.sqrt(np.pi * 16) < FLUX
    assert bright.sum() >= 15
    sums = [aperture(one.sums.mean, X, Y, 4.0).sum for one in (masked, whole)]
    assert np.abs(sums[0] / sums[1] - 1)[bright].max() < 0.002
    total = aperture(masked.sums.mean, X, Y, 9.0)
    flux = total.sum - total.area * annulus(masked.sums.mean, X, Y, 11, 15)
    assert np.median(flux[bright] / FLUX[bright]) == pytest.approx(1, abs=0.002)


@pytest.mark.parametrize(
    "wrong", [{"resampler": "sinc"}, {"weights": "none"}, {"clip": 0.5}, {"clip": 3.0, "median": True}]
)
def test_what_is_no_choice_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadArgument, match=r"expected|choose"):
        Options(**wrong)  # type: ignore[arg-type]  # that is the point


def test_coverage_of_thousands_of_scans_fits() -> None:
    count = np.full((4, 4), 3000, np.int16)
    assert _thinner(count) == pytest.approx({100: 1, 60: 0.6**-0.5, 30: 0.3**-0.5})
