"""A band stacked from scans with known faults."""

import numpy as np
import pytest
from scipy import ndimage

from combine.stack.band import Direction, DirectionStack, Member, stack_band
from combine.stack.depth import difference_scatter, source_mask
from schema.settings import Settings, defaults
from tests.stacks import FRAME, member, noise_image, star_image

N = 40
RNG = np.random.default_rng(5)
X, Y = (RNG.uniform(-6, 6, N) + place.ravel() for place in np.meshgrid(np.arange(16, 160, 32), np.arange(20, 320, 40)))
FLUX = 10 ** RNG.uniform(2.3, 4.5, N)
FAULTS = {3: "trail", 8: "seeing", 13: "gain", 16: "airglow"}


def scan_image(k: int) -> np.ndarray:
    """Draw one scan: stars under its own seeing, noise, sky, and its fault."""
    rng = np.random.default_rng(k)
    fault = FAULTS.get(k)
    fwhm = 4.2 if fault == "seeing" else 2.8 * rng.uniform(0.95, 1.08)
    gain = 0.8 if fault == "gain" else 1.0
    image = star_image(X - 0.1 * (k % 3), Y, gain * FLUX, fwhm) + noise_image(k, 0.8) + 100
    image += 0.4 * np.linspace(-1, 1, 320)[:, None] * rng.normal()
    if fault == "trail":
        image[150:158] += 6
    if fault == "airglow":
        image += 60 * ndimage.gaussian_filter(rng.standard_normal(image.shape), 15)
    if k == 1:
        image[40:43, 60:64] += 40  # a glint of dust: an outlier region of a good scan
    return image


def settings() -> Settings:
    """Return the defaults, with a background and a share of outliers that fit the small test field."""
    return defaults() | {"background_order": [1.0, 2.0], "reject_outliers": [0.0005]}


@pytest.fixture(scope="module")
def stacks() -> dict[str, DirectionStack]:
    """Twenty scans in both directions, four of them bad."""
    members: dict[str, list[Member]] = {"n": [], "s": []}
    for k in range(20):
        sd = "ns"[k % 2]
        members[sd].append(member(k, scan_image(k), sd, (0.1 * (k % 3), 0.0), visit=k // 6))
    return stack_band(members, FRAME, settings(), lambda words: None)


def test_bad_scans_are_left_out_and_good_ones_are_not(stacks: dict[str, DirectionStack]) -> None:
    left_out = {p.member.scan_key for one in stacks.values() for p in one.parts if p.reason}
    assert left_out == set(FAULTS)


def test_an_outlier_region_is_masked_and_leaves_no_trace(stacks: dict[str, DirectionStack]) -> None:
    masked = {p.member.scan_key: p.masked for one in stacks.values() for p in one.parts}
    assert masked[1] > 12
    count = stacks["s"].sums.count
    assert count[41, 61] == count.max() - 1
    assert abs(stacks["s"].sums.mean[40:43, 60:64].mean()) < 0.6


def test_star_fluxes_are_those_of_the_scans(stacks: dict[str, DirectionStack]) -> None:
    from combine.measure.aperture import annulus, aperture

    both = (stacks["n"].sums + stacks["s"].sums).mean
    alone = (FLUX > 3000) & (X > 24) & (X < 136) & (Y > 24) & (Y < 296)
    sums = aperture(both, X[alone], Y[alone], 9.0)
    flux = sums.sum - sums.area * annulus(both, X[alone], Y[alone], 12, 18)
    assert alone.sum() >= 5
    assert np.median(flux / FLUX[alone]) == pytest.approx(1, abs=0.01)


def test_the_noise_of_the_difference_is_as_predicted(stacks: dict[str, DirectionStack]) -> None:
    parts = [p for one in stacks.values() for p in one.parts if p.reason is None]
    ratio = float(np.mean([p.verdict.noise_aper / p.verdict.noise_pixel for p in parts]))
    planes = {}
    for d, one in stacks.items():
        with np.errstate(divide="ignore"):
            planes[d] = (one.sums.mean, np.where(one.sums.weight > 0, 1 / (one.sums.weight * ratio**2), np.nan))
    sources = source_mask(planes["n"][0], planes["n"][1].astype(np.float32))
    scatter = difference_scatter(planes["n"], planes["s"], ratio, sources)
    # 50,000 pixels hold about 400 independent apertures: 3.5 percent of noise on the noise.
    assert scatter == pytest.approx(1, abs=0.12)


def test_the_same_scans_give_the_same_bytes() -> None:
    members = {"n": [member(k, scan_image(k), visit=k // 3) for k in (0, 2, 4, 6)]}
    first, second = (stack_band(members, FRAME, settings(), lambda words: None) for _ in range(2))
    assert first["n"].sums.value.tobytes() == second["n"].sums.value.tobytes()


def test_one_scan_is_a_stack_too() -> None:
    result = stack_band({"s": [member(1, scan_image(2), "s")]}, FRAME, settings(), lambda words: None)
    part = result["s"].parts[0]
    assert part.reason is None
    assert part.verdict.noise_pixel == pytest.approx(0.8, rel=0.15)


def test_the_first_pass_survives_a_fifth_of_spoiled_scans() -> None:
    spoiled = {k: ("trail", "seeing", "gain", "airglow")[k % 4] for k in range(2, 30, 5)}
    members = []
    for k in range(30):
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(FAULTS, k, spoiled.get(k, "none"))
            members.append(member(k, scan_image(k), "n", (0.1 * (k % 3), 0.0), visit=k // 3))
    one = Direction(members, FRAME, settings())
    image = one.first_pass()
    level = np.nanmedian(image)
    faint = star_image(X, Y, FLUX) < 0.2
    assert len(spoiled) == 6
    assert np.nanstd((image - level)[faint]) < 2.5 * 0.8 / np.sqrt(30)
    assert np.nanmax(np.abs((image - level)[150:158][faint[150:158]])) < 6 / 3  # a trail, spread over its visit
    stack = stack_band({"n": members}, FRAME, settings(), lambda words: None)
    assert {p.member.scan_key for p in stack["n"].parts if p.reason} == set(spoiled)


def test_a_galaxy_of_an_arcmin_keeps_its_light() -> None:
    from combine.measure.aperture import annulus, aperture

    y, x = np.mgrid[:320, :160]
    disk = (1e6 / (2 * np.pi * 7.15**2) * np.exp(-np.hypot(x - 80, y - 160) / 7.15)).astype(np.float32)
    rng = np.random.default_rng(2)
    members = []
    for k in range(8):
        slope = rng.normal() * (y / 320 - 0.5) + rng.normal() * (x / 160 - 0.5)
        members.append(member(k, disk + noise_image(k, 0.8) + 100 + slope, visit=k // 2))
    image = stack_band({"n": members}, FRAME, settings(), lambda words: None)["n"].sums.mean
    seen, true = (
        aperture(plane, [80.0], [160.0], 30.0).sum[0] - np.pi * 900 * annulus(plane, [80.0], [160.0], 60, 75)[0]
        for plane in (image, disk)
    )
    assert seen / true == pytest.approx(1, abs=0.003)
