"""Registration in two steps: each scan to the ensemble of scans, then the whole field to the PSC."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from combine.measure.robust import mad_sigma
from combine.stack.geometry import Frame, Offset
from schema.grid import Grid
from schema.settings import Settings

Array = NDArray[np.float64]
FIELD_TERMS = (1, 3, 6, 10, 13, 16, 18, 20)
"""Numbers of terms an axis of the field-wide offset; the last has the twelfth power along the scan: 5 arcmin a bend."""
SCAN_TERMS = [0, 1, 2, 5]
"""A scan's own offset: constant, u, v and v squared (shift, rotation, drift along the scan)."""


@dataclass(frozen=True)
class Positions:
    """Sky positions in degrees: detections of one scan, or catalogue stars."""

    ra: Array
    dec: Array


@dataclass(frozen=True)
class ScanOffset:
    """The offset of one scan to the ensemble, from `stars` detections with a robust scatter of `rms` arcsec an axis."""

    offset: Offset
    stars: int
    rms: float


@dataclass(frozen=True)
class FieldOffset:
    """The offset of the ensemble to the PSC; no terms where no tie was possible."""

    offset: Offset
    terms: int
    stars: int
    rms: float | None


@dataclass(frozen=True)
class Registration:
    """Offsets of every scan and of the field."""

    scans: dict[int, ScanOffset]
    field: FieldOffset


def register(grid: Grid, detections: dict[int, Positions], tie: Positions, settings: Settings) -> Registration:
    """Solve the offsets of scans to their ensemble and of the ensemble to the PSC.

    Parameters
    ----------
    grid : the field grid, in the frame of the PSC
    detections : per scan, the positions of its detections in the scan's own frame
    tie : PSC stars fit for the tie
    settings : radius, least numbers of stars

    Returns
    -------
    Offsets by the definition: scan position less reference position, arcsec, RA part times cos(dec).
    """
    frame = Frame.of(grid)
    rx, ry, tied = _reference(grid, detections, tie, settings)
    keys = sorted(detections)
    moved = np.stack([_displacements(grid, detections[key], rx, ry, settings) for key in keys]) if keys else None
    if moved is None or len(rx) == 0:
        zero = Offset(np.zeros(1), np.zeros(1))
        return Registration({key: ScanOffset(zero, 0, np.nan) for key in keys}, FieldOffset(zero, 0, 0, None))
    design = frame.design(rx, ry, 6)[:, SCAN_TERMS]
    reach = np.array([_reach(grid, frame, detections[key]) for key in keys])
    scans, ensemble = _ensemble(design, moved, reach, settings)
    offsets = {key: _scan_offset(design, moved[i], ensemble, scans[i]) for i, key in enumerate(keys)}
    return Registration(offsets, _tie(frame, rx, ry, ensemble, tied, settings))


def register_added(
    grid: Grid, detections: dict[int, Positions], tie: Positions, field: FieldOffset, settings: Settings
) -> Registration:
    """Solve the offsets of scans that are added to an ensemble whose offset to the PSC is known and held.

    Parameters and result as of `register`; the scans are compared with the PSC moved by the offset of the field.
    """
    frame = Frame.of(grid)
    rx, ry, _ = _reference(grid, {}, tie, settings)
    ensemble = np.stack(field.offset.at(frame, rx, ry), axis=1)
    design = frame.design(rx, ry, 6)[:, SCAN_TERMS]
    scans = {}
    for key, found in sorted(detections.items()):
        moved = _displacements(grid, found, rx, ry, settings)
        good = np.isfinite(moved).all(axis=1)
        coefficients = np.zeros((2, design.shape[1]))
        if good.sum() >= settings["register_stars_min"][0]:
            reach = np.array(_reach(grid, frame, found))
            terms = _bearable(design[good], reach, settings["register_stars_full"][0])
            for axis in range(2):
                coefficients[axis, terms] = robust_fit(design[good][:, terms], (moved - ensemble)[good, axis])
        scans[key] = _scan_offset(design, moved, ensemble, coefficients)
    return Registration(scans, field)


def _reference(
    grid: Grid, detections: dict[int, Positions], tie: Positions, settings: Settings
) -> tuple[Array, Array, bool]:
    """Return the pixels of the stars that scans are compared on: the PSC's, else those of the richest scan."""
    x, y = grid.pixel(tie.ra, tie.dec)
    inside = (x > -30) & (x < grid.nx + 30) & (y > -30) & (y < grid.ny + 30)
    if inside.sum() >= settings["register_stars_min"][0] or not detections:
        return x[inside], y[inside], True
    richest = max(sorted(detections), key=lambda key: len(detections[key].ra))
    x, y = grid.pixel(detections[richest].ra, detections[richest].dec)
    return x, y, False


def _displacements(grid: Grid, found: Positions, rx: Array, ry: Array, settings: Settings) -> Array:
    """Return (star, axis) displacements of a scan's detections from the reference stars, arcsec; NaN where none."""
    result = np.full((len(rx), 2), np.nan)
    if len(found.ra) == 0 or len(rx) == 0:
        return result
    x, y = grid.pixel(found.ra, found.dec)
    tree = KDTree(np.stack([x, y], axis=1))
    shift = np.zeros(2)
    for radius in (settings["register_radius"][0], settings["register_radius"][0] / 2):
        distance, index = tree.query(np.stack([rx, ry], axis=1) + shift, distance_upper_bound=radius)
        near = np.isfinite(distance)
        result[:] = np.nan
        result[near] = np.stack([rx[near] - x[index[near]], y[index[near]] - ry[near]], axis=1)
        if near.any():
            east, north = np.nanmedian(result[near], axis=0)
            shift = np.array([-east, north])
    return result


def _reach(grid: Grid, frame: Frame, found: Positions) -> tuple[float, float]:
    """Return how far a scan's detections spread over the field: standard deviations of u and v."""
    x, y = grid.pixel(found.ra, found.dec)
    inside = (x > 0) & (x < grid.nx) & (y > 0) & (y < grid.ny)
    if not inside.any():
        return 0.0, 0.0
    return float(np.std(x[inside]) / frame.hx), float(np.std(y[inside]) / frame.hy)


def _bearable(shared: Array, reach: Array, full: float) -> list[int]:
    """Return the terms that the stars a scan shares with others can bear; no slope is taken far beyond them.

    Parameters
    ----------
    shared : (star, term) design of the shared stars
    reach : spread of all the scan's stars in u and v
    full : stars needed for more than a shift
    """
    if len(shared) < full:
        return [0]
    wide, high = np.std(shared[:, 1:3], axis=0) >= 0.5 * reach
    return [0] + [1] * bool(wide) + [2, 3] * bool(high)


def _ensemble(design: Array, moved: Array, reach: Array, settings: Settings) -> tuple[Array, Array]:
    """Solve scan offsets (scan, axis, term) and ensemble displacements (star, axis) in turn until they agree."""
    least = settings["register_stars_min"][0]
    full = settings["register_stars_full"][0]
    scans = np.zeros((len(moved), 2, design.shape[1]))
    ensemble = np.broadcast_to(_median(moved.reshape(-1, 2)), moved.shape[1:]).copy()
    for _ in range(4):
        for i, one in enumerate(moved):
            rest = one - ensemble
            good = np.isfinite(rest).all(axis=1)
            if good.sum() < least:
                scans[i] = 0
                continue
            terms = _bearable(design[good], reach[i], full)
            for axis in range(2):
                scans[i, axis] = 0
                scans[i, axis, terms] = robust_fit(design[good][:, terms], rest[good, axis])
        scans -= scans.mean(axis=0)
        rest = moved - np.einsum("kt,iat->ika", design, scans)
        ensemble = _clipped_mean(rest)
    return scans, ensemble


def _scan_offset(design: Array, moved: Array, ensemble: Array, coefficients: Array) -> ScanOffset:
    """Describe the solution of one scan."""
    full = np.zeros((2, 6))
    full[:, SCAN_TERMS] = coefficients
    rest = moved - ensemble - design @ coefficients.T
    rest = rest[np.isfinite(rest).all(axis=1)]
    return ScanOffset(Offset(full[0], full[1]), len(rest), mad_sigma(rest.ravel()) if len(rest) else np.nan)


def _tie(frame: Frame, rx: Array, ry: Array, ensemble: Array, tied: bool, settings: Settings) -> FieldOffset:
    """Fit the ensemble's offset to the PSC with as many terms as the stars bear and tell of (Akaike's criterion)."""
    good = np.isfinite(ensemble).all(axis=1)
    count = int(good.sum())
    if not tied or count < settings["register_stars_min"][0]:
        return FieldOffset(Offset(np.zeros(1), np.zeros(1)), 0, 0, None)
    allowed = [n for n in FIELD_TERMS if n == 1 or count >= n * settings["tie_stars_per_term"][0]]
    tried = [_field_fit(frame.design(rx[good], ry[good], terms), ensemble[good]) for terms in allowed]
    sigma = mad_sigma(tried[-1][1].ravel())
    # Both axes have the terms; stars beyond three deviations tell nothing.
    misfit = [
        np.sum(np.minimum((rest / max(sigma, 1e-6)) ** 2, 9)) + 4 * terms
        for terms, (_, rest) in zip(allowed, tried, strict=True)
    ]
    best = int(np.argmin(misfit))
    offset, rest = tried[best]
    return FieldOffset(offset, allowed[best], count, mad_sigma(rest.ravel()))


def _field_fit(design: Array, ensemble: Array) -> tuple[Offset, Array]:
    """Fit both axes; return the offset and what it leaves."""
    dra, ddec = (robust_fit(design, ensemble[:, axis]) for axis in range(2))
    return Offset(dra, ddec), ensemble - np.stack([design @ dra, design @ ddec], axis=1)


def robust_fit(design: Array, values: Array) -> Array:
    """Fit values (n,) by least squares on a design (n, terms), clipping beyond three robust deviations."""
    keep = np.abs(values - np.median(values)) <= 4 * mad_sigma(values) + 1e-9
    solution: Array = np.zeros(design.shape[1])
    for _ in range(5):
        part = design[keep]
        solution = np.asarray(np.linalg.lstsq(part.T @ part, part.T @ values[keep], rcond=1e-12)[0], float)
        rest = values - design @ solution
        kept = np.abs(rest) <= 3 * mad_sigma(rest[keep]) + 1e-9
        if (kept == keep).all():
            break
        keep = kept
    return solution


def _median(values: Array) -> Array:
    """Median over the first axis of the rows that are there; zero where none is."""
    good = np.isfinite(values).all(axis=1)
    return np.median(values[good], axis=0) if good.any() else np.zeros(values.shape[1])


def _clipped_mean(rest: Array) -> Array:
    """Mean over scans of (scan, star, axis) without those beyond three robust deviations; NaN where no scan is."""
    count = np.isfinite(rest).all(axis=2).sum(axis=0)
    mean = np.full(rest.shape[1:], np.nan)
    seen = count > 0
    part = rest[:, seen]
    middle = np.nanmedian(part, axis=0)
    width = 1.4826 * np.nanmedian(np.abs(part - middle), axis=0)
    keep = np.abs(part - middle) <= 3 * width + 1e-9
    mean[seen] = np.nansum(np.where(keep, part, 0.0), axis=0) / np.maximum(keep.sum(axis=0), 1)
    mean[(count < min(3, len(rest)))] = np.nan
    return mean
