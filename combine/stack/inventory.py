"""From sums to products: 21 FITS files a field, their depths, and the rows that list them."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from combine.products import Cards, Product, file_name, write_coverage, write_image
from combine.stack.band import DirectionStack
from combine.stack.covariance import visit_factors
from combine.stack.depth import measure_depth, source_mask
from combine.stack.passes import Sums
from schema.grid import Grid
from schema.settings import Settings

Plane = NDArray[np.float32]


def write_band(
    folder: Path,
    final: Path,
    field: tuple[int, Grid],
    run: str,
    band: str,
    stacks: dict[str, DirectionStack],
    settings: Settings,
) -> list[dict[str, Any]]:
    """Write the seven files of a band and return their rows of deepcal.stack.

    Parameters
    ----------
    folder : where to write now
    final : the folder the files will have when the run is stored
    field : tile and grid
    stacks : sums by direction, n and s; one may be absent
    """
    tile, grid = field
    used = {d.upper(): [p for p in one.parts if p.reason is None] for d, one in stacks.items()}
    sums = {d.upper(): one.sums for d, one in stacks.items()}
    sums["NS"] = _join([one.sums for one in stacks.values()])
    used["NS"] = [p for parts in list(used.values()) for p in parts]
    sky = _common_sky(used["NS"])
    magzp = settings["zp_ref"]["jhk".index(band)]
    shared = visit_factors(stacks)
    rows = []
    sources = None
    for direction in ("NS", "N", "S"):
        total = sums.get(direction, _empty(grid))
        parts = used.get(direction, [])
        ratio = _ratio(parts)
        factor = shared.get(direction, 1.0)
        cards = _cards(run, tile, band, direction, parts, settings, ratio) | _visit_cards(factor, shared)
        product = _product(total, ratio, factor, sky, grid, cards)
        if sources is None:
            sources = source_mask(product.image, product.var)
        facts = _facts(product, ratio, magzp, sources) if parts else {}
        row = {
            "run": run, "band": band, "direction": direction, "n_scans": len(parts), "magzp": magzp,
            "exptime": _exposure(parts), "coverage_max": int(product.count.max(initial=0)), **facts,
        }  # fmt: skip
        for kind, image in (("image", product), ("masked", _masked(product, len(parts), settings))):
            name = file_name(tile, band, direction, kind)
            rows.append(_row(row, kind, folder / name, final / name, write_image(folder / name, image)))
    name = file_name(tile, band, "NS", "coverage")
    counts = {d: sums[d].count if d in sums else _empty(grid).count for d in ("NS", "N", "S")}
    cards = grid.cards() | {"BUNIT": "scan", "RUN": run, "TILE": tile, "BAND": band}
    rows.append(_row(rows[0], "coverage", folder / name, final / name, write_coverage(folder / name, counts, cards)))
    return rows


def bytes_of(grid: Grid) -> int:
    """Return about how much the files of a band take: six images with variance and count, and a coverage map."""
    return grid.nx * grid.ny * (6 * (4 + 4 + 2) + 3 * 2)


def _join(sums: list[Sums]) -> Sums:
    """Add the directions up."""
    total = sums[0]
    for other in sums[1:]:
        total = total + other
    return total


def _empty(grid: Grid) -> Sums:
    """Return the sums of a direction without scans."""
    blank = np.zeros((grid.ny, grid.nx), np.float32)
    return Sums(blank, blank, blank.astype(np.int16))


def _common_sky(parts: list[Any]) -> float:
    """Return the one background that every stack of a band keeps: the weighted mean sky of the scans, DN."""
    if not parts:
        return 0.0
    sky = [p.member.scale * np.mean([q.image.sky_measured for q in p.member.placements]) for p in parts]
    return float(np.average(sky, weights=[p.weight for p in parts]))


def _ratio(parts: list[Any]) -> float:
    """Return the noise of an aperture over that of a pixel, under the weights of the scans."""
    if not parts:
        return 1.0
    ratio = [p.verdict.noise_aper / p.verdict.noise_pixel for p in parts]
    return float(np.average(ratio, weights=[p.weight for p in parts]))


def _visit_cards(factor: float, shared: dict[str, float]) -> Cards:
    """Return the cards that say what the scans of a visit share."""
    return {
        "VISITFAC": (round(factor, 4), "noise over that of independent scans, in VAR"),
        "VISITDIF": (round(shared["difference"], 4), "the same of N - S"),
    }


def _product(sums: Sums, ratio: float, factor: float, sky: float, grid: Grid, cards: Cards) -> Product:
    """Turn sums into image, variance and count; `factor` is what visits share."""
    with np.errstate(divide="ignore"):
        var = np.where(sums.weight > 0, factor**2 / (sums.weight * ratio**2), np.nan).astype(np.float32)
    return Product(sums.mean + np.float32(sky), var, sums.count, grid.cards() | cards)


def _masked(product: Product, available: int, settings: Settings) -> Product:
    """Blank what fewer than 30 percent of the available scans cover."""
    thin = product.count < settings["coverage_mask"][0] * available
    image, var = (np.where(thin, np.float32(np.nan), plane) for plane in (product.image, product.var))
    return Product(image, var, product.count, product.header | {"COVMIN": settings["coverage_mask"][0]})


def _exposure(parts: list[Any]) -> float:
    """Return the exposure of a point that every scan covers, s: six times as long for the 6x scans."""
    return float(sum(p.member.exposure for p in parts))


def _cards(run: str, tile: int, band: str, direction: str, parts: list[Any], settings: Settings, ratio: float) -> Cards:
    """Return the cards that say what a product is."""
    return {
        "BUNIT": "DN",
        "MAGZP": (settings["zp_ref"]["jhk".index(band)], "zero point, mag of 1 DN"),
        "NSCAN": (len(parts), "scans in the stack"),
        "EXPTIME": (round(_exposure(parts), 3), "exposure at full coverage, s"),
        "TELESCOP": "2MASS",
        "TILE": (tile, "calibration field"),
        "BAND": (band, "j, h or k"),
        "DIRECT": (direction, "scan directions in the stack"),
        "RUN": (run, "run of the stack"),
        "APRATIO": (round(ratio, 4), "noise in 4 arcsec over noise of a pixel"),
    }


def _facts(product: Product, ratio: float, magzp: float, sources: NDArray[np.bool_]) -> Cards:
    """Measure the depths of a product for the inventory."""
    depth = measure_depth(product.image, product.var, ratio, magzp, sources)
    covered = product.count[product.count > 0]
    middle, most = float(np.median(covered)), float(covered.max())
    facts = {f"m5_aper_{percent}": depth.at(np.sqrt(middle / (most * percent / 100))) for percent in (100, 60, 30)}
    facts |= {"coverage_median": middle, "noise_pixel": depth.noise_pixel, "noise_aper": depth.noise_aper}
    facts |= {"noise_predicted": depth.noise_predicted, "fwhm": depth.fwhm, "m5_aper": depth.m5}
    return {name: None if not np.isfinite(value) else float(value) for name, value in facts.items()}


FACTS = ("coverage_median", "noise_pixel", "noise_aper", "noise_predicted", "fwhm", "m5_aper")


def _row(row: dict[str, Any], kind: str, now: Path, final: Path, sha256: str) -> dict[str, Any]:
    """Complete a row of deepcal.stack with its file; a coverage map has no depth of its own."""
    empty = dict.fromkeys((*FACTS, *(f"m5_aper_{p}" for p in (100, 60, 30))))
    kept = {k: v for k, v in row.items() if kind != "coverage" or k not in empty}
    return empty | kept | {"kind": kind, "path": str(final), "sha256": sha256, "bytes": now.stat().st_size}
