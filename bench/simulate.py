"""Simulated images beside real Atlas Images - noise, stars, counts, headers - and what simulating costs.

    DEEPCAL_REALDATA=... python -m bench.simulate [--quick] [--json] [--figures docs]

The peers are real images: NGC 309 in J, H and Ks (CTIO 2000-10-22, scan 62) beside a field simulated at its place.
Without DEEPCAL_REALDATA only the simulated side and the costs are measured. 2MASS images: University of Massachusetts
and IPAC/Caltech, funded by NASA and NSF.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, map_coordinates, maximum_filter

import simulate
from deepcal.report.style import BAND_COLOUR, BAND_NAME, INK, canvas, look, picture_axes, save
from schema.settings import defaults
from simulate.camera.expose import expose
from simulate.camera.seen import see
from simulate.camera.star import fraction
from simulate.faults import Fault
from simulate.plan import Plan, make_plan

Array = NDArray[np.float64]

NGC309 = (14.189, -10.032)
SCAN = "001022s0620186"
BLOCK = 32  # arcsec, of the medians that make an image flat
LAGS = 5
APERTURE = 4.0  # arcsec
RADII = np.arange(0, 12.1, 0.5)
CARDS = ("TELNAME", "SCANDIR", "SKYVAL", "SKYSIG", "MAGZP", "SEESH", "DYFS", "NUMFRMS", "CROTA2", "USXREF", "QT1586")


@dataclass(frozen=True)
class Look:
    """What one image shows: correlations of its noise, scatter of empty 4 arcsec apertures over sqrt(n) x the pixel
    noise, full width at half maximum of its stars (arcsec), their mean profile, and peaks by magnitude of their
    flux."""

    lags: Array
    aperture: float
    sigma: float
    fwhm: float
    profile: Array
    magnitudes: Array


def look_at(image: Array, magzp: float) -> Look:
    """Measure an image the same way, real or simulated."""
    rows, columns = (n // BLOCK * BLOCK for n in image.shape)
    tiles = image[:rows, :columns].reshape(rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    flat = (tiles - np.nanmedian(tiles, axis=(1, 3), keepdims=True)).reshape(rows, columns)
    sigma = 1.4826 * float(np.nanmedian(np.abs(flat)))
    known = np.nan_to_num(flat)
    masked = binary_dilation(flat > 4 * sigma, iterations=5) | np.isnan(flat)
    x, y, flux = _peaks(known)
    isolated = [k for k in np.argsort(-flux) if np.sum(np.hypot(x - x[k], y - y[k]) < 15) == 1][:40]
    bright = [k for k in isolated if 100 * sigma < known[y[k], x[k]] < 4000 * sigma]
    profiles = np.array([_profile(known, x[k], y[k]) for k in bright]).reshape(-1, RADII.size)
    mean = np.median(profiles / profiles[:, :1], axis=0) if bright else np.full(RADII.size, np.nan)
    return Look(
        lags=_lags(np.where(masked, 0, known), ~masked),
        aperture=_aperture(known, masked) / sigma,
        sigma=sigma,
        fwhm=float(2 * np.interp(-0.5, -mean, RADII)),
        profile=mean,
        magnitudes=magzp - 2.5 * np.log10(flux),
    )


def _lags(data: Array, good: NDArray[np.bool_]) -> Array:
    """Return the mean correlation of pixels 1 to 5 apart on either axis."""
    variance = (data**2).sum() / good.sum()
    found = []
    for k in range(1, LAGS + 1):
        along = (data[k:] * data[:-k]).sum() / (good[k:] & good[:-k]).sum()
        across = (data[:, k:] * data[:, :-k]).sum() / (good[:, k:] & good[:, :-k]).sum()
        found.append((along + across) / 2 / variance)
    return np.array(found)


def _aperture(data: Array, masked: NDArray[np.bool_]) -> float:
    """Return the scatter of apertures without stars, over the square root of their pixels."""
    y, x = np.mgrid[-4:5, -4:5]
    inside = np.hypot(x, y) <= APERTURE
    sums = [
        (data[r - 4 : r + 5, c - 4 : c + 5] * inside).sum()
        for r in range(5, data.shape[0] - 5, 9)
        for c in range(5, data.shape[1] - 5, 9)
        if not masked[r - 4 : r + 5, c - 4 : c + 5].any()
    ]
    return float(np.std(sums) / np.sqrt(inside.sum()))


def _peaks(data: Array) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Return columns, rows and 4 arcsec fluxes of what stands out of the smoothed image by 6 of its noise."""
    smooth = gaussian_filter(data, 1.2)
    noise = 1.4826 * np.median(np.abs(smooth))
    y, x = np.nonzero((smooth == maximum_filter(smooth, 7)) & (smooth > 6 * noise))
    inside = (x > 12) & (x < data.shape[1] - 13) & (y > 12) & (y < data.shape[0] - 13)
    x, y = x[inside], y[inside]
    dy, dx = np.mgrid[-4:5, -4:5]
    circle = np.hypot(dx, dy) <= APERTURE
    flux = [(data[r - 4 : r + 5, c - 4 : c + 5] * circle).sum() for c, r in zip(x, y, strict=True)]
    return x, y, np.maximum(np.array(flux), 1e-3)


def _profile(data: Array, column: int, row: int) -> Array:
    """Return the mean brightness around a star's centroid at RADII."""
    box = data[row - 3 : row + 4, column - 3 : column + 4]
    dy, dx = np.mgrid[-3:4, -3:4]
    x, y = (column + (box * dx).sum() / box.sum(), row + (box * dy).sum() / box.sum())
    angle = np.arange(32) * np.pi / 16
    px, py = x + np.outer(RADII, np.cos(angle)), y + np.outer(RADII, np.sin(angle))
    return np.median(map_coordinates(data, [py, px], order=3, mode="nearest"), axis=1)


def sides(folder: Path, real: Path | None) -> dict[str, dict[str, tuple[Path, Look]]]:
    """Measure the simulated field and the real images: by side, by band, file and what it shows."""
    made = simulate.field(309, scans=1, seed=1, out=folder, form="atlas", crowding="real", centre=NGC309)
    found: dict[str, dict[str, tuple[Path, Look]]] = {"simulated": {}}
    for band in "jhk":
        path = [image for image in made.images if image.name.startswith(f"a{band.upper()}")][1]
        found["simulated"][band] = (path, _look(path))
    if real is not None:
        paths = {band: real / f"atlas/a{band.upper()}_asky_{SCAN}.fits.gz" for band in "jhk"}
        found["real"] = {band: (path, _look(path)) for band, path in paths.items()}
    return found


def _look(path: Path) -> Look:
    return look_at(fits.getdata(path)[6:-6, 6:-6].astype(float), fits.getheader(path)["MAGZP"])


def photometry(scans: int) -> dict[str, float]:
    """Measure the floor of 4 arcsec photometry, and the width of stars at several seeing shapes."""
    plan = replace(make_plan(90330, 2, scans, "strips", "medium", None), faults={})
    ratios: dict[int, list[float]] = {}
    for scan in plan.scans:
        image, x, y, flux, shape, bright = _scan(plan, scan.index, None)
        for i in bright:
            light = _circle(image, x[i], y[i]) / flux[i] / float(fraction(shape[i]))
            ratios.setdefault(int(i), []).append(light)
    scatter = [1.4826 * np.median(np.abs(np.array(r) - np.median(r))) for r in ratios.values() if len(r) >= scans - 1]
    figures = {"floor of photometry, mag": 1.0857 * float(np.mean(scatter))}
    for added in (0.0, 0.2, 0.5):
        image, x, y, _, shape, bright = _scan(plan, 0, Fault("seeing", added, (0, 1, 2)) if added else None)
        data = np.nan_to_num(image - np.nanmedian(image)).astype(float)
        wide = []
        for i in bright:
            angle = np.arange(24) * np.pi / 12
            px, py = x[i] + np.outer(RADII, np.cos(angle)), y[i] + np.outer(RADII, np.sin(angle))
            mean = map_coordinates(data, [py, px], order=3).mean(axis=1)
            wide.append(2 * np.interp(-0.5 * mean[0], -mean, RADII) / shape[i])
        nominal = defaults()["fwhm_per_shape"][0]
        figures[f"width over told width, shape {shape.mean():.2f}"] = float(np.median(wide) / nominal)
    return figures


def _scan(plan: Plan, index: int, fault: Fault | None) -> tuple[Array, Array, Array, Array, Array, Array]:
    """Return a Ks image, places, fluxes and seeing shapes of the objects, and which are bright single stars."""
    plan = replace(plan, faults={} if fault is None else {index: fault})
    scan = plan.scans[index]
    frame = plan.frame(scan)
    image, seen, sky = expose(plan, scan, 2, frame)[0], see(plan, scan, 2, frame), plan.sky
    bright = (sky.neighbour > 15) & ~sky.galaxy & (sky.mag[:, 2] > 8.8) & (sky.mag[:, 2] < 11)
    bright &= (np.abs(seen.x - 270) < 190) & (np.abs(seen.y - 1800) < 1700) & (sky.vary.kind == 0)
    return image, seen.x, seen.y, seen.flux, seen.shape, np.flatnonzero(bright)


def _circle(image: Array, x: float, y: float) -> float:
    """Return the light in 4 arcsec, interpolated, over the sky from 20 to 25 arcsec."""
    column, row = round(x), round(y)
    box = image[row - 26 : row + 27, column - 26 : column + 27].astype(float)
    dy, dx = np.mgrid[-26:27, -26:27]
    distance = np.hypot(dx + column - x, dy + row - y)
    box -= np.nanmedian(box[(distance > 20) & (distance < 25)])
    at = np.arange(-APERTURE, APERTURE, 0.1) + 0.05
    py, px = np.meshgrid(at, at, indexing="ij")
    values = map_coordinates(np.nan_to_num(box), [py + 26 + y - row, px + 26 + x - column], order=3)
    return float(values[np.hypot(px, py) < APERTURE].sum() / 100)


def costs(quick: bool) -> dict[str, float]:
    """Measure what fields cost: CPU seconds a scan and band, and a whole field of 60 scans in three bands."""
    figures = {}
    for crowding in ("medium", "high"):
        plan = make_plan(90330, 1, 60, "strips", crowding, None)
        expose(plan, plan.scans[0], 0, plan.frame(plan.scans[0]))
        start, done = time.process_time(), 0
        for scan in plan.scans[1 : 3 if quick else 9]:
            frame = plan.frame(scan)
            for band in range(3):
                expose(plan, scan, band, frame)
                done += 1
        figures[f"CPU s a scan and band, {crowding}"] = (time.process_time() - start) / done
    if not quick:
        with tempfile.TemporaryDirectory() as folder:
            wall, start = time.perf_counter(), time.process_time()
            simulate.field(90330, scans=60, seed=1, out=Path(folder), crowding="medium")
            figures["60 scans x 3 bands, CPU s"] = time.process_time() - start
            figures["60 scans x 3 bands, s"] = time.perf_counter() - wall
    figures["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return figures


def numbers(found: dict[str, dict[str, tuple[Path, Look]]]) -> dict[str, float]:
    """Return the figures of both sides, and ratios against the real images."""
    figures: dict[str, float] = {}
    for side, bands in found.items():
        for band, (_, shown) in bands.items():
            name = f"{side} {BAND_NAME[band]}"
            figures |= {f"{name}: correlation at {k + 1} px": float(c) for k, c in enumerate(shown.lags)}
            figures[f"{name}: empty apertures"] = shown.aperture
            figures[f"{name}: pixel noise, DN"] = shown.sigma
            figures[f"{name}: stars, arcsec"] = shown.fwhm
            figures[f"{name}: peaks"] = float(shown.magnitudes.size)
    for band, (_, real) in found.get("real", {}).items():
        mine = found["simulated"][band][1]
        figures[f"{BAND_NAME[band]}: apertures, simulated over real"] = mine.aperture / real.aperture
        figures[f"{BAND_NAME[band]}: stars' width, simulated over real"] = mine.fwhm / real.fwhm
    return figures


def draw(found: dict[str, dict[str, tuple[Path, Look]]], folder: Path) -> None:
    """Draw both sides: cut-outs of the images; noise, stars and counts."""
    with look():
        figure, axes = canvas(9.0, 3.1 * len(found), len(found), 3)
        for row, (side, bands) in enumerate(found.items()):
            for column, (band, (path, shown)) in enumerate(bands.items()):
                part = fits.getdata(path)[300:620, 96:416]
                sky = float(np.nanmedian(part))
                axis = axes[3 * row + column]
                limits = {"vmin": sky - 2.5 * shown.sigma, "vmax": sky + 9 * shown.sigma}
                axis.imshow(part, cmap="gray", origin="lower", **limits)
                picture_axes(axis)
                axis.set_title(f"{side}, {BAND_NAME[band]}", fontsize=9)
        save(figure, folder / "simulator-images.jpg", pil_kwargs={"quality": 70})
        figure, (noise, stars, counts) = canvas(11, 3.6, 1, 3)
        for side, bands in found.items():
            line = {"simulated": "-", "real": "o"}[side]
            for band, (_, shown) in bands.items():
                style = {"color": BAND_COLOUR[band], "label": f"{side}, {BAND_NAME[band]}", "ms": 4}
                noise.plot(range(1, LAGS + 1), shown.lags, line, **style)
                stars.semilogy(RADII, np.maximum(shown.profile, 1e-4), line, **style)
                bright = np.sort(shown.magnitudes)
                counts.semilogy(bright, np.arange(1, bright.size + 1), line if side == "simulated" else ".", **style)
        noise.axhline(0, color=INK, lw=0.6)
        noise.set(title="correlation of the noise", xlabel="pixels apart")
        stars.set(title="profile of stars", xlabel="arcsec", ylim=(3e-4, 1.3))
        counts.set(title="objects brighter than", xlabel="magnitude in 4 arcsec")
        noise.legend(fontsize=7)
        save(figure, folder / "simulator-figures.png")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller sizes, the same figures")
    parser.add_argument("--json", action="store_true", help="one object, figure: value")
    parser.add_argument("--figures", type=Path, help="folder for pictures")
    chosen = parser.parse_args()
    given = os.environ.get("DEEPCAL_REALDATA")
    with tempfile.TemporaryDirectory() as folder:
        found = sides(Path(folder), Path(given) if given else None)
        figures = numbers(found) | photometry(4 if chosen.quick else 12) | costs(chosen.quick)
        if chosen.figures:
            draw(found, chosen.figures)
        cards = {side: fits.getheader(bands["k"][0]) for side, bands in found.items()}
    if chosen.json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:48s} {value:10.3f}")
    for card in CARDS:
        print(f"{card:12s}" + "".join(f"{side} {header[card]!s:<22}" for side, header in cards.items()))


if __name__ == "__main__":
    main()
