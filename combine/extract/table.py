"""From measurements to the columns of deepcal.source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from combine.extract.artifacts import FAINT, Parents, Suspects
from combine.extract.calibrate import ZeroPoint, matched
from combine.extract.extent import mean_extents, star_probability, with_colour
from combine.extract.flux import limit, magnitude, mean_magnitude, microjansky
from combine.extract.merge import weighted
from combine.extract.neighbours import nearest
from combine.extract.photometry import combined, main_circle, mean_of
from combine.extract.sources import Found, Measured
from combine.measure.aperture import Floats
from schema.grid import Grid
from schema.settings import Settings

BANDS = "jhk"
Columns = dict[str, NDArray[Any]]
Pair = tuple[Floats, Floats]


@dataclass(frozen=True)
class BandTable:
    """One band in microjansky, values with their errors.

    both, parts : total fluxes from the aperture: N and S joined, each alone
    psf, psf_parts : the same from fits of stars
    circles, circle_parts : light inside circles of growing radius, (sources, radii)
    raw : (sources, radii) the same of N and S joined, neighbours left in and above the plain median of the annulus
    sky, sky_raw : of N and S joined, a pixel: after neighbours are taken off, and that median
    """

    both: Pair
    parts: dict[str, Pair]
    psf: Pair
    psf_parts: dict[str, Pair]
    circles: Pair
    circle_parts: dict[str, Pair]
    raw: Floats
    sky: Floats
    sky_raw: Floats
    vega_jy: float


def calibrated(measured: Measured, points: Mapping[str, ZeroPoint], vega_jy: float, settings: Settings) -> BandTable:
    """Turn the fluxes of one band into microjansky and join N and S.

    `points` has the zero points of aperture fluxes by direction (n, s), and of fits (n_psf, s_psf).
    """
    main = main_circle(settings)
    unit = {name: float(microjansky(1.0, point.value, vega_jy)) for name, point in points.items()}
    stacks = measured.stacks
    whole = {d: one.circles.column(main).times(unit[d]) for d, one in stacks.items()}
    fits = {d: one.psf.times(unit[f"{d}_psf"]) for d, one in stacks.items()}
    # A zero point makes the light in the aperture that of the whole star.
    inside = {d: unit[d] * float(one.growth[main]) for d, one in stacks.items()}
    curves = {d: one.circles.times(inside[d]) for d, one in stacks.items()}

    def joined(name: str) -> Floats:
        values = [getattr(one, name) * inside[d] for d, one in stacks.items()]
        weight = [whole[d].sigma ** -2.0 for d in stacks]
        return mean_of(values, weight if values[0].ndim == 1 else [w[:, None] for w in weight])

    return BandTable(
        combined(list(whole.values())), {d: one.pair for d, one in whole.items()},
        combined(list(fits.values())), {d: one.pair for d, one in fits.items()},
        combined(list(curves.values())), {d: one.pair for d, one in curves.items()},
        joined("raw"), joined("sky"), joined("sky_raw"), vega_jy,
    )  # fmt: skip


def columns(
    found: Found,
    bands: str,
    measured: list[Measured],
    tables: list[BandTable],
    flag: NDArray[np.str_],
    grid: Grid,
    settings: Settings,
) -> Columns:
    """Return the columns of the sources but their names, ordered and numbered by declination.

    Parameters
    ----------
    found : the sources, bands as in `bands`
    measured, tables : photometry of each of `bands`
    flag : artifact flag of each source
    grid : of the field
    """
    ra, dec, order = by_declination(found, grid)
    out: Columns = {
        "ra": ra, "dec": dec, "x": found.x, "y": found.y, "pos_err": found.sigma,
        "dra_ns": -found.dx, "ddec_ns": found.dy, "prox": nearest(found.x, found.y),
        "confirmed": np.asarray((found.rule > 0).any(axis=1)), "cc_flg": flag,
    }  # fmt: skip
    for number, band in enumerate(bands):
        out |= _band_columns(band, number, found, measured[number], tables[number], settings)
    for band in set(BANDS) - set(bands):
        out[f"{band}_rule"] = np.zeros(ra.size, np.int16)
    out |= _kind(out, measured, settings)
    out["rd_flg"] = _reads(out, bands)
    out = {name: values[order] for name, values in out.items()}
    return {"id": np.arange(1, ra.size + 1)} | out


def by_declination(found: Found, grid: Grid) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return right ascensions and declinations (deg) of sources, and the order they are numbered in."""
    ra, dec = grid.sky(found.x, found.y)
    return ra, dec, np.lexsort((ra, dec))


def curves(table: BandTable, order: NDArray[np.int64]) -> Columns:
    """Return the columns of deepcal.source_curve for one band, in the order of the sources: ids are 1, 2, 3, ..."""
    blank = np.full(order.size, np.nan)
    nothing = np.full_like(table.raw, np.nan)
    values: Columns = {"flux": table.circles[0], "flux_sig": table.circles[1], "flux_raw": table.raw}
    for letter in "ns":
        flux, sigma = table.circle_parts.get(letter, (nothing, nothing))
        fit, error = table.psf_parts.get(letter, (blank, blank))
        values |= {
            f"flux_{letter}": flux,
            f"flux_{letter}_sig": sigma,
            f"psf_{letter}": fit,
            f"psf_{letter}_sig": error,
        }
    values["sky_raw"] = table.sky_raw
    return {name: value[order] for name, value in values.items()}


def _kind(out: Columns, measured: list[Measured], settings: Settings) -> Columns:
    """Return how extended the sources are, and the probabilities that they are stars."""
    extent = mean_extents([one.extents for one in measured])
    alone = star_probability(extent, settings)
    blank = np.full(alone.size, np.nan)
    j, j_error, k, k_error = (out.get(name, blank) for name in ("j_m", "j_msig", "k_m", "k_msig"))
    both = with_colour(alone, j - k, np.hypot(j_error, k_error), settings)
    return {"extent": extent.value, "extent_sig": extent.sigma, "p_star": alone, "p_star_jk": both}


def _reads(out: Columns, bands: str) -> NDArray[Any]:
    """Return the read flag: per band 4, an aperture on the long exposures, or 0, a limit or nothing."""
    letters = [
        np.where(np.isfinite(out[f"{band}_m"]), "4", "0") if band in bands else np.full(out["ra"].size, "0")
        for band in BANDS
    ]
    return np.array(["".join(flag) for flag in zip(*letters, strict=True)], object)


def _band_columns(
    band: str, number: int, found: Found, measured: Measured, table: BandTable, settings: Settings
) -> Columns:
    """Return the columns of one band."""
    blank = np.full(found.x.size, np.nan)
    flux, sigma = table.both
    flux_psf, sigma_psf = table.psf
    north, south = table.parts.get("n", (blank, blank)), table.parts.get("s", (blank, blank))
    snr, snr_n, snr_s = signals(number, found, measured)
    mag, error = magnitude(flux, sigma, table.vega_jy)
    with np.errstate(invalid="ignore"):
        seen = (snr >= settings["undetected_snr"][0]) & (flux > 0)
    each = (magnitude(part[0], part[1], table.vega_jy)[0] for part in (north, south))
    named = {
        "m": np.where(seen, mag, np.nan), "msig": np.where(seen, error, np.nan),
        "m_mean": np.where(seen, mean_magnitude(*each), np.nan),
        "m95": np.where(seen, np.nan, limit(flux_psf, sigma_psf, table.vega_jy, settings["undetected_snr"][0])),
        "m_psf": np.where(seen, magnitude(flux_psf, sigma_psf, table.vega_jy)[0], np.nan),
        "msig_psf": np.where(seen, magnitude(flux_psf, sigma_psf, table.vega_jy)[1], np.nan),
        "flux_psf": flux_psf, "flux_psf_sig": sigma_psf, "sky": table.sky,
        "flux": flux, "flux_sig": sigma, "flux_n": north[0], "flux_n_sig": north[1],
        "flux_s": south[0], "flux_s_sig": south[1], "snr": snr, "snr_n": snr_n, "snr_s": snr_s,
        "cov": measured.coverage, "rule": found.rule[:, number],
    }  # fmt: skip
    return {f"{band}_{name}": np.asarray(values) for name, values in named.items()}


def signals(number: int, found: Found, measured: Measured) -> tuple[Floats, Floats, Floats]:
    """Return signal to noise on N+S, N and S: of the detection where there was one, else forced at the place."""
    forced = (measured.snr, *(measured.snr_dir.get(letter, np.full(found.x.size, np.nan)) for letter in "ns"))
    detected = np.isfinite(found.snr[:, number])
    own = (found.snr[:, number], found.snr_n[:, number], found.snr_s[:, number])
    one, two, three = (np.where(detected, a, b) for a, b in zip(own, forced, strict=True))
    return one, np.where(np.isfinite(two), two, forced[1]), np.where(np.isfinite(three), three, forced[2])


def suspects(
    found: Found, bands: str, measured: list[Measured], tables: list[BandTable], settings: Settings
) -> Suspects:
    """Return what the artifact flags need to know of the sources: their fluxes by the detection filter."""
    count = found.x.size
    letters = sorted({letter for table in tables for letter in table.parts})
    mag, snr = (np.full((count, 3), np.nan) for _ in range(2))
    by_direction, noise = ({letter: np.full((count, 3), np.nan) for letter in letters} for _ in range(2))
    hollow, seen, clear = (np.zeros((count, 3), bool) for _ in range(3))
    for number, band in enumerate(bands):
        b, table = BANDS.index(band), tables[number]
        snr[:, b] = signals(number, found, measured[number])[0]
        flux, _ = weighted(*(np.stack(v, axis=-1) for v in zip(*table.psf_parts.values(), strict=True)))
        mag[:, b] = magnitude(flux, flux, table.vega_jy)[0]
        for letter, (own, sigma) in table.psf_parts.items():
            by_direction[letter][:, b] = magnitude(own, sigma, table.vega_jy)[0]
            noise[letter][:, b] = magnitude(sigma, sigma, table.vega_jy)[0]
        with np.errstate(invalid="ignore"):
            seen[:, b] = snr[:, b] >= settings["detect_snr"][0]
            clear[:, b] = seen[:, b] & (measured[number].stripe < settings["stripe_part"][0] * snr[:, b])
            hollow[:, b] = table.both[0] + 3 * table.both[1] < settings["hollow_part"][0] * flux
    best = np.argmax(np.nan_to_num(snr, nan=-np.inf), axis=1)
    striped = np.asarray(seen.any(axis=1) & ~clear.any(axis=1))
    return Suspects(found.x, found.y, mag, snr, by_direction, noise, hollow[np.arange(count), best], striped)


def parents(them: Suspects, wide: Floats, psc_x: Floats, psc_y: Floats, psc_mag: Floats, settings: Settings) -> Parents:
    """Return the stars that may leave false light: the bright ones of the PSC, and all sources away from them.

    Parameters
    ----------
    wide : (sources, 3) magnitudes in the widest circle: a galaxy's light makes false light as a star's does
    """
    mine, star = matched(them.x, them.y, psc_x, psc_y, settings["zp_radius"][0])
    alone = np.setdiff1d(np.arange(them.x.size), mine)
    own = np.fmin(them.mag, wide)
    mag = np.array(psc_mag, float).reshape(-1, 3)
    mag[star] = np.fmin(mag[star], wide[mine])
    both = np.nan_to_num(np.vstack((mag, own[alone])), nan=FAINT)
    return Parents(np.r_[psc_x, them.x[alone]], np.r_[psc_y, them.y[alone]], both)


def widest(tables: list[BandTable], bands: str, least: float) -> Floats:
    """Return (sources, 3) magnitudes in the widest circle where it has a signal to noise of `least`, else NaN."""
    columns = [np.full(tables[0].both[0].size, np.nan) for _ in BANDS]
    for band, table in zip(bands, tables, strict=True):
        flux, sigma = (value[:, -1] for value in table.circles)
        with np.errstate(invalid="ignore"):
            known = flux > least * sigma
        columns[BANDS.index(band)] = np.where(known, magnitude(flux, sigma, table.vega_jy)[0], np.nan)
    return np.column_stack(columns)
