"""The Extended Source Catalog of a simulated field: ellipses, apertures and scores of its larger galaxies."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import gamma, gammaincinv

from simulate.catalogs.bar import write_bar
from simulate.catalogs.photometry import MAG
from simulate.catalogs.psc import MARGIN, NIGHT, SCAN, Psc, keys
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.angles import designations, galactic, position_angle
from simulate.sky.field import HALF_HEIGHT, HALF_WIDTH
from simulate.sky.galaxies import apertures

Array = NDArray[np.float64]

FAINTEST_K = 13.5
SMALLEST = 5.0  # arcsec, Ks 20 mag/arcsec^2 isophote
LARGE = 10.0  # arcsec; larger ones mark point sources inside them
POSITION = 0.3  # arcsec
SURFACE = (9.2e-10, 2.2e-9, 4.3e-9)  # noise of a square arcsec, in units of the flux of magnitude zero, J H Ks
ZERO = 0.03  # mag, floor of a magnitude's error
AREA = 4 * HALF_WIDTH * HALF_HEIGHT / 3600**2  # square degrees of the simulated sky
CIRCLES = (5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 70)


@dataclass(frozen=True)
class Xsc:
    """The catalogue's galaxies: member (index into the sky), key, measured position (deg), isophotal radius (arcsec),
    axis ratio and angle (deg east of north) in Ks, and the columns of its file."""

    member: NDArray[np.int64]
    key: NDArray[np.int64]
    ra: Array
    dec: Array
    radius: Array
    ba: Array
    phi: Array
    columns: dict[str, object]


def isophote(mag: Array, r_e: Array, ba: Array, index: NDArray[np.int64], brightness: float) -> Array:
    """Return the semi-major axis (arcsec) at which a Sersic galaxy falls to a surface brightness (mag/arcsec^2)."""
    b = gammaincinv(2 * index, 0.5)
    at_r_e = mag + 2.5 * np.log10(2 * np.pi * index * b ** (-2.0 * index) * np.exp(b) * gamma(2 * index) * r_e**2 * ba)
    growth = 1 + (brightness - at_r_e) / (MAG * b)
    axis: Array = r_e * np.maximum(growth, 0.0) ** index
    return axis


def make_xsc(plan: Plan) -> Xsc:
    """Measure the galaxies brighter than Ks 13.5 and larger than 5 arcsec, with errors."""
    rng = stream(plan.number, plan.seed, Stream.XSC)
    sky, grid = plan.sky, plan.grid
    true_radius = isophote(sky.mag[:, 2], sky.r_e, sky.ba, np.maximum(sky.sersic, 1), 20.0)
    chosen = np.flatnonzero(
        sky.galaxy
        & (sky.mag[:, 2] < FAINTEST_K)
        & (np.nan_to_num(true_radius) > SMALLEST)
        & (np.abs(sky.x - (grid.nx - 1) / 2) < grid.nx / 2 + MARGIN)
        & (np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2 + MARGIN)
    )
    chosen = chosen[np.argsort(sky.dec[chosen], kind="stable")]
    n = chosen.size
    radius = true_radius[chosen] * np.exp(rng.normal(0, 0.04, n))
    ba = np.clip(sky.ba[chosen, None] + rng.normal(0, 0.03, (n, 3)), 0.1, 1.0)
    phi = np.round((sky.pa[chosen, None] + rng.normal(0, 3, (n, 3))) % 180) - 90
    ra, dec = grid.sky(sky.x[chosen] + rng.normal(0, POSITION, n), sky.y[chosen] + rng.normal(0, POSITION, n))
    ra, dec = np.round(ra, 6), np.round(dec, 6)
    key = keys(plan.number, n) % 2_000_000_000
    columns = _identity(plan, ra, dec, key) | _ellipses(rng, radius, ba, phi)
    columns |= _magnitudes(rng, plan, chosen, radius)
    return Xsc(chosen, key, ra, dec, radius, ba[:, 2], phi[:, 2], columns)


def _identity(plan: Plan, ra: Array, dec: Array, key: NDArray[np.int64]) -> dict[str, object]:
    glon, glat = galactic(ra, dec)
    n = key.size
    bright = ~plan.sky.galaxy & (plan.sky.mag[:, 2] < 14)
    columns: dict[str, object] = {
        "jdate": 2451638.3,
        "designation": designations(ra, dec, ""),
        "ra": ra,
        "decl": dec,
        "sup_ra": ra,
        "sup_dec": dec,
        "glon": glon,
        "glat": glat,
        "density": float(np.log10(max(1, int(bright.sum())) / AREA)),
        "e_score": 1.0,
        "g_score": 1.0,
        "vc": 1,
        "cc_flg": "0",
        "im_nx": 101,
        "dup_src": 0,
        "use_src": 1,
        "hemis": plan.scans[0].hemis,
        "date": NIGHT,
        "scan": SCAN,
        "scan_key": 60_000 + plan.number % 10_000,
        "coadd_key": 1_000_000 + plan.number % 10_000,
        "id": np.arange(1, n + 1),
        "ext_key": key,
    }
    if n > 1:
        x, y = plan.grid.pixel(ra, dec)
        distance, index = cKDTree(np.column_stack((x, y))).query(np.column_stack((x, y)), k=2)
        angle = np.floor(position_angle(ra, dec, ra[index[:, 1]], dec[index[:, 1]]))
        columns |= {"prox": distance[:, 1], "pxpa": angle, "pxcntr": key[index[:, 1]]}
    return columns


def _ellipses(rng: np.random.Generator, radius: Array, ba: Array, phi: Array) -> dict[str, object]:
    n = radius.size
    columns: dict[str, object] = {
        "r_k20fe": radius,
        "r_3sig": radius * 1.05,
        "sup_r_3sig": radius * 1.1,
        "sup_ba": ba.mean(axis=1),
        "sup_phi": phi[:, 2],
        "r_fe": radius * 1.4,
        "r_ext": radius * 1.9,
        "r_k20fc": radius * np.sqrt(ba[:, 2]),
        "r_fc": radius * 1.2,
        "ellfit_flg": 0,
        "sup_chif_ellf": rng.gamma(20, 1 / 20, n),
    }
    for b, band in enumerate("jhk"):
        columns |= {f"{band}_ba": ba[:, b], f"{band}_phi": phi[:, b]}
    return columns


def _magnitudes(rng: np.random.Generator, plan: Plan, chosen: NDArray[np.int64], radius: Array) -> dict[str, object]:
    """Return fiducial, total and circular-aperture magnitudes with their uncertainties."""
    sky = plan.sky
    n = chosen.size
    mag, r_e, ba, index = sky.mag[chosen], sky.r_e[chosen], sky.ba[chosen], sky.sersic[chosen]
    columns: dict[str, object] = {}

    def add(kind: str, fraction: Array, area: Array) -> None:
        for b, band in enumerate("jhk"):
            magnitude = mag[:, b] - 2.5 * np.log10(fraction)
            noise = SURFACE[b] * np.sqrt(area)
            sigma = np.hypot(ZERO, MAG * noise / 10 ** (-0.4 * magnitude))
            columns[f"{band}_m_{kind}"] = magnitude + rng.normal(0, sigma)
            columns[f"{band}_msig_{kind}"] = sigma
            if kind != "ext":
                columns[f"{band}_flg_{kind}"] = 0

    circle_of = radius * np.sqrt(ba)  # the circle of the ellipse's area
    within = np.array([apertures(r_e[[i]], ba[[i]], index[[i]], float(circle_of[i]))[0] for i in range(n)])
    add("k20fe", within, np.pi * radius**2 * ba)
    add("k20fc", within, np.pi * radius**2 * ba)
    add("ext", np.ones(n), np.pi * (1.9 * radius) ** 2 * ba)
    for circle in CIRCLES:
        add(str(circle), apertures(r_e, ba, index, float(circle)), np.full(n, np.pi * circle**2))
    for b, band in enumerate("jhk"):
        columns[f"{band}_r_eff"] = r_e * np.exp(rng.normal(0, 0.05, n))
        columns[f"{band}_mnsurfb_eff"] = mag[:, b] + 2.5 * np.log10(2 * np.pi * r_e**2 * ba)
        columns[f"{band}_peak"] = mag[:, b] - 2.5 * np.log10(apertures(r_e, ba, index, 1.0) / np.pi)
    return columns


def contamination(plan: Plan, psc: Psc, xsc: Xsc) -> NDArray[np.int64]:
    """Return gal_contam of every point source: 1 is a large extended source itself, 2 lies inside one's ellipse."""
    flags = np.zeros(psc.key.size, np.int64)
    x, y = plan.grid.pixel(psc.ra, psc.dec)
    gx, gy = plan.grid.pixel(xsc.ra, xsc.dec)
    for i in np.flatnonzero(xsc.radius > LARGE):
        s, c = np.sin(np.radians(xsc.phi[i])), np.cos(np.radians(xsc.phi[i]))
        east, north = -(x - gx[i]), y - gy[i]
        along, across = east * s + north * c, east * c - north * s
        inside = np.hypot(along, across / xsc.ba[i]) < 1.1 * xsc.radius[i]
        flags[inside] = np.maximum(flags[inside], 2)
        flags[psc.main == xsc.member[i]] = 1
    return flags


def write_xsc(xsc: Xsc, psc: Psc, path: Path) -> Path:
    """Write the catalogue; columns that are not simulated are null."""
    point = dict(zip(psc.main.tolist(), psc.key.tolist(), strict=True))
    columns = xsc.columns | {"pts_key": [point.get(i) for i in xsc.member.tolist()]}
    return write_bar(path, "xsc", columns, xsc.key.size)
