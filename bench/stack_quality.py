"""How right stacks are: against the truth, and against SWarp on the same images.

    python -m bench.stack_quality [--quick] [--json]

Flux and position of stars, a galaxy of an arcmin, noise and its correlation, depth, what is left of false light and of
airglow by wavelength, agreement with double precision, and registration against a mean shift. Names that begin with
swarp_ are SWarp's: LANCZOS3, its own background (128 pixels), WEIGHTED; swarp_clipped_ the same with CLIPPED.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from scipy import ndimage

import combine  # noqa: F401  # first: it says where compiled loops are kept
from bench.quality_scans import FRAME, GALAXY, GRID, SIGMA, Scene, disk, members, write_scans
from bench.swarp import need_swarp, run_swarp
from combine.measure.aperture import annulus, aperture
from combine.stack.background import fit_background
from combine.stack.band import DirectionStack, stack_band
from combine.stack.covariance import visit_factors
from combine.stack.depth import difference_scatter, source_mask
from combine.stack.noise import plane_noise
from combine.stack.passes import Stacker
from combine.stack.register import Positions, register
from combine.stack.select import Image
from schema.grid import Grid
from schema.settings import defaults
from tests.exact import reference

Figures = dict[str, float]
Array = NDArray[np.float64]
Plane = NDArray[np.float32]
BRIGHT = 3000.0
FIELD = Grid.of(28.6575, 0.7172)


def measure(quick: bool) -> Figures:
    """Measure everything; quick: fewer scans."""
    count = 24 if quick else 60
    with tempfile.TemporaryDirectory(prefix="deepcal-bench-") as name:
        folder = Path(name)
        scene, images = write_scans(folder, count)
        placed = members(images)
        settings = defaults() | {"background_order": [2.0, 8.0]}  # the field is a third of a real one
        stacks = stack_band(placed, FRAME, settings, lambda words: None)
        planes = {d: one.sums.mean for d, one in stacks.items()}
        both = (stacks["n"].sums + stacks["s"].sums).mean
        sources = source_mask(both, np.full(both.shape, (SIGMA**2) / count, np.float32))
        figures: Figures = {"scans": count, "left_out": sum(bool(p.reason) for s in stacks.values() for p in s.parts)}
        figures |= _stack_figures("", planes, both, scene, sources)
        figures |= noise(stacks, both, sources) | agreement(stacks)
        need_swarp()
        for mode in ("WEIGHTED",) if quick else ("WEIGHTED", "CLIPPED"):
            peers = {d: swarp([i for i in images if i.sd == d], folder, mode) for d in "ns"}
            mean = (peers["n"] + peers["s"]) / 2
            prefix = "swarp_" if mode == "WEIGHTED" else "swarp_clipped_"
            figures |= _stack_figures(prefix, peers, mean, scene, sources)
            figures[f"{prefix}noise_of_n_minus_s_over_ours"] = (
                figures[f"{prefix}noise_of_n_minus_s"] / figures["noise_of_n_minus_s"]
            )
        return figures | airglow() | registration()


def _stack_figures(prefix: str, planes: dict[str, Plane], both: Plane, scene: Scene, sources: Plane) -> Figures:
    """Measure one pair of stacks against the truth."""
    found = stars(both, scene) | galaxy(both) | false_light(planes, both, scene, sources)
    difference = np.where(sources, np.nan, planes["n"] - planes["s"]).astype(np.float32)
    found["noise_of_n_minus_s"] = plane_noise(difference, ~sources & np.isfinite(difference))
    found |= {f"correlation_{lag}_px": value for lag, value in correlation(difference).items()}
    return {prefix + name: value for name, value in found.items()}


def stars(image: Plane, scene: Scene) -> Figures:
    """Return errors of flux (in 9 arcsec, total) and position of isolated bright stars."""
    mine = scene.alone(BRIGHT)
    x, y, flux = scene.x[mine], scene.y[mine], scene.flux[mine]
    sums = aperture(image, x, y, 9.0)
    ratio = (sums.sum - sums.area * annulus(image, x, y, 12, 18)) / flux - 1
    light = (image - annulus(image, x, y, 12, 18).mean()).astype(np.float32)
    east, north = (1000 * a for a in centroid_errors(light, x, y))
    return {
        "stars": float(mine.sum()), "flux_bias": float(np.median(ratio)), "flux_scatter": float(_sigma(ratio)),
        "position_bias_mas": float(np.hypot(np.median(east), np.median(north))),
        "position_scatter_mas": float(_sigma(np.concatenate([east, north]))),
    }  # fmt: skip


def centroid_errors(image: Plane, x: Array, y: Array) -> tuple[Array, Array]:
    """Return centroids under a Gaussian window less true places, pixels."""
    k = np.arange(-6, 7)
    py, px = np.rint(y).astype(int)[:, None, None] + k[:, None], np.rint(x).astype(int)[:, None, None] + k
    window = np.exp(-0.5 * ((px - x[:, None, None]) ** 2 + (py - y[:, None, None]) ** 2) / 1.3**2)
    light = np.nan_to_num(image)[py, px] * window
    total = light.sum(axis=(1, 2))
    dx, dy = (2 * (light * (p - q[:, None, None])).sum(axis=(1, 2)) / total for p, q in ((px, x), (py, y)))
    return dx, dy


def galaxy(image: Plane) -> Figures:
    """Return which part of the light of a galaxy of an arcmin is lost, within 30 arcsec above an annulus."""
    x, y = GALAXY[:2]
    rows, columns = np.mgrid[: GRID.ny, : GRID.nx].astype(np.float32)
    seen, true = (
        float(aperture(plane, [x], [y], 30.0).sum[0] - np.pi * 900 * annulus(plane, [x], [y], 60, 75)[0])
        for plane in (image, disk(columns - np.float32(x), rows - np.float32(y)))
    )
    return {"galaxy_loss": 1 - seen / true}


def false_light(planes: dict[str, Plane], both: Plane, scene: Scene, sources: Plane) -> Figures:
    """Return what is left of planted false light, 1 being a plain mean of all scans (of one direction for latents)."""
    found = {}
    rows, columns = np.mgrid[: GRID.ny, : GRID.nx]
    bright = scene.flux > 100
    near = np.zeros((GRID.ny, GRID.nx), bool)
    inside = bright & (np.abs(scene.x - 270) < 269) & (np.abs(scene.y - 600) < 599)
    near[np.rint(scene.y[inside]).astype(int), np.rint(scene.x[inside]).astype(int)] = True
    clear = ~ndimage.binary_dilation(near, iterations=9) & (np.hypot(columns - GALAXY[0], rows - GALAXY[1]) > 70)
    for name, light in scene.planted.items():
        if name.startswith("latent"):
            image, share = planes[name[-1]], 1.0
        else:
            image, share = both, 1.0 / scene.scans
        level = ndimage.median_filter(np.where(clear, np.nan_to_num(image), 0)[::8, ::8], 9)
        flat = image - ndimage.zoom(level, 8, order=1)[: GRID.ny, : GRID.nx]
        use = (light > 0.2 * light.max() if name != "hot pixels" else light > 5) & clear & np.isfinite(image)
        weight = light[use]
        if weight.size:
            found[f"left_of_{name.replace(' ', '_')}"] = float((flat[use] @ weight) / (weight @ weight) / share)
    return found


def correlation(difference: Plane) -> dict[int, float]:
    """Return the correlation of noise between neighbours 1 to 3 pixels apart."""
    found = {}
    d = difference - np.nanmedian(difference)
    for lag in (1, 2, 3):
        pairs = np.concatenate([(d[:, lag:] * d[:, :-lag]).ravel(), (d[lag:] * d[:-lag]).ravel()])
        found[lag] = float(np.nanmean(pairs) / np.nanmean(d**2))
    return found


def noise(stacks: dict[str, DirectionStack], both: Plane, sources: Plane) -> Figures:
    """Return the noise of N - S over its prediction, and the gain of depth beside what the weights promise."""
    parts = [p for one in stacks.values() for p in one.parts if p.reason is None]
    weights = np.array([p.weight for p in parts])
    ratio = float(np.average([p.verdict.noise_aper / p.verdict.noise_pixel for p in parts], weights=weights))
    pair = []
    for d in "ns":
        sums = stacks[d].sums
        with np.errstate(divide="ignore"):
            pair.append((sums.mean, np.where(sums.weight > 0, 1 / (sums.weight * ratio**2), np.nan).astype(np.float32)))
    shared = visit_factors(stacks)["difference"]
    one = float(np.median([p.verdict.noise_aper for p in parts]))
    deep = plane_noise(both, ~sources & np.isfinite(both))
    gain, promised = 2.5 * np.log10(one / deep), 1.25 * np.log10(weights.sum() / np.median(weights))
    return {
        "noise_of_n_minus_s_over_prediction": difference_scatter(pair[0], pair[1], ratio * shared, sources),
        "depth_gain_mag": float(gain), "depth_gain_less_promised_mag": float(gain - promised),
    }  # fmt: skip


def agreement(stacks: dict[str, DirectionStack]) -> Figures:
    """Return the largest difference of a plain weighted mean from double precision, in units of its noise."""
    parts = stacks["n"].parts[:6]
    placements = [p.member.placements[0] for p in parts]
    pixels = [p.member.pixels[0] for p in parts]
    sky, weight = np.array([p.image.sky_measured for p in placements]), np.linspace(0.5, 1.5, len(parts))
    fast = Stacker(placements, pixels, np.ones(len(parts)), FRAME, sky).sum(weight).mean
    exact = [reference(np.asarray(q.data, float), p, GRID) - s for p, q, s in zip(placements, pixels, sky, strict=True)]
    truth = np.average(np.stack(exact), axis=0, weights=weight)
    faint = np.isfinite(truth) & np.isfinite(fast) & (np.abs(truth) < 5)
    return {"float64_difference_over_noise": float(np.abs(fast - truth)[faint].max() / (SIGMA / np.sqrt(len(parts))))}


def swarp(images: list[Image], folder: Path, mode: str) -> Plane:
    """Stack with SWarp."""
    stack, weights = run_swarp(images, GRID, folder, mode, "Y")
    image = fits.getdata(stack).astype(np.float32)
    weight = fits.getdata(weights)
    return np.where(weight > 0, image, np.float32(np.nan))


def airglow() -> Figures:
    """Return which part of waves of airglow the background leaves in a scan of full length, by wavelength in arcsec."""
    found = {}
    rows, columns = np.mgrid[: FIELD.ny, : FIELD.nx]
    frame = type(FRAME).of(FIELD)
    across, along = (int(order) for order in defaults()["background_order"])
    rng = np.random.default_rng(6)
    for length in (60, 120, 200, 300):
        left = []
        for _ in range(4):
            angle, phase = rng.uniform(0, 2 * np.pi, 2)
            turn = 2 * np.pi / length
            wave = np.cos(turn * (columns * np.cos(angle) + rows * np.sin(angle)) + phase)
            cells = ndimage.uniform_filter(wave, (32, 60))[16::32, 30::60]
            fitted = fit_background(cells, np.full(cells.shape, 960.0), frame, (across, along))
            u, v = (columns[0] - frame.cx) / frame.hx, (rows[:, 0] - frame.cy) / frame.hy
            surface = sum(np.polynomial.chebyshev.chebval(v, fitted[i])[:, None] * u**i for i in range(len(fitted)))
            left.append(np.var(wave - surface) / np.var(wave))
        found[f"airglow_left_{length}"] = float(np.sqrt(np.mean(left)))
    return found


def registration() -> Figures:
    """Return errors of position, mas an axis, after registration and after a mean shift, where the offset varies."""
    rng = np.random.default_rng(9)
    x, y = rng.uniform(5, 535, 600), rng.uniform(5, 3595, 600)
    u, v = (x - 269.5) / 270, (y - 1799.5) / 1800
    east = -0.1 + 0.05 * u + 0.12 * v + 0.08 * np.sin(4.3 * v)
    north = 0.66 - 0.1 * v**2 + 0.03 * u + 0.08 * np.cos(6.8 * v)
    own = rng.normal(0, 0.1, (12, 2))
    scans = {}
    for k, (a, b) in enumerate(own):
        dx, dy = rng.normal(0, 0.1, (2, len(x)))
        scans[k] = Positions(*FIELD.sky(x - east - a + dx, y + north + b + dy))
    tie_error = rng.normal(0, 0.08, (2, len(x)))
    found = register(FIELD, scans, Positions(*FIELD.sky(x + tie_error[0], y + tie_error[1])), defaults())
    frame = type(FRAME).of(FIELD)
    ours, plain = [], []
    for k, (a, b) in enumerate(own):
        got = (found.scans[k].offset + found.field.offset).at(frame, x, y)
        for axis, true in enumerate((east + a, north + b)):
            ours.append(got[axis] - true)
            plain.append(np.mean(true) - true)
    return {"registration_mas": 1000 * _rms(ours), "mean_shift_mas": 1000 * _rms(plain)} | {
        "mean_shift_over_registration": _rms(plain) / _rms(ours)
    }


def _rms(values: list[Array]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _sigma(values: Array) -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def main() -> None:
    """Print the figures as a table, or as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one object, figure to value")
    parser.add_argument("--quick", action="store_true", help="fewer scans, no CLIPPED")
    options = parser.parse_args()
    figures = measure(options.quick)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    ours = [name for name in figures if not name.startswith("swarp_")]
    print(f"{'':36} {'deepcal':>10} {'SWarp':>10} {'clipped':>10}")
    for name in ours:
        peers = (figures.get(f"swarp_{name}"), figures.get(f"swarp_clipped_{name}"))
        print(f"{name:36} {figures[name]:10.5f}" + "".join(f" {p:10.5f}" if p is not None else "" for p in peers))


if __name__ == "__main__":
    main()
