"""The Extended Source Catalog of a simulated field: its larger galaxies, measured once by the survey.

Of the 389 columns those are filled that can be worked out from the light profile and the noise; the others are null.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from simulate.catalogs.bar import write_bar
from simulate.catalogs.extended import Measures, photometry
from simulate.catalogs.profile import growth, isophote
from simulate.catalogs.psc import MARGIN, Psc, keys
from simulate.catalogs.survey import scan_columns, survey
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.angles import designations, galactic, position_angle
from simulate.sky.field import HALF_HEIGHT, HALF_WIDTH

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

FAINTEST_K = 13.6
SMALLEST = 5.0  # arcsec, Ks 20 mag/arcsec^2 isophote
LARGE = 10.0  # arcsec; larger ones mark point sources inside them
POSITION = 0.3  # arcsec
AREA = 4 * HALF_WIDTH * HALF_HEIGHT / 3600**2  # square degrees of the simulated sky


@dataclass(frozen=True)
class Xsc:
    """The catalogue's galaxies: member (index into the sky), key, measured position (deg), isophotal radius (arcsec),
    axis ratio and angle (deg east of north) in Ks, and the columns of its file."""

    member: Ints
    key: Ints
    ra: Array
    dec: Array
    radius: Array
    ba: Array
    phi: Array
    columns: dict[str, object]


def make_xsc(plan: Plan) -> Xsc:
    """Measure the galaxies that the survey found extended."""
    rng = stream(plan.number, plan.seed, Stream.XSC)
    sky, grid, once = plan.sky, plan.grid, survey(plan.number, plan.seed, plan.grid)
    chosen = _extended(rng, plan)
    n = chosen.size
    ba = np.clip(sky.ba[chosen, None] + rng.normal(0, 0.03, (n, 3)), 0.1, 1.0)
    phi = (np.round(sky.pa[chosen, None] + rng.normal(0, 3, (n, 3))) + 89) % 180 - 89  # -89 to 90
    centre = np.stack((sky.x[chosen], sky.y[chosen]))
    x, y = centre + rng.normal(0, POSITION, (2, n)) + once.shift[:, None]
    ra, dec = (np.round(angle, 6) for angle in grid.sky(x, y))
    key = keys(plan.number, n) % 2_000_000_000
    mag = sky.mag[chosen] + once.zero
    r_e, index = sky.r_e[chosen], sky.sersic[chosen]
    shape = Measures(mag, r_e, sky.ba[chosen], index, growth(r_e, sky.ba[chosen], index), ba, once.shape)
    columns, radius = photometry(rng, shape)
    where = scan_columns(rng, once, grid, x, y)
    columns |= {name: value for name, value in where.items() if name != "x_scan"}
    columns |= _identity(plan, ra, dec, key) | _super(rng, plan, x, y) | _ellipses(rng, ba, phi)
    return Xsc(chosen, key, ra, dec, radius, ba[:, 2], phi[:, 2], columns)


def _extended(rng: np.random.Generator, plan: Plan) -> Ints:
    """Return the galaxies that are bright and large enough, by measured values, from south to north."""
    sky, grid = plan.sky, plan.grid
    k = sky.mag[:, 2] + rng.normal(0, 0.05, sky.id.size)
    radius = isophote(k, sky.r_e, sky.ba, np.maximum(sky.sersic, 1), 20.0)
    chosen = np.flatnonzero(
        sky.galaxy
        & (k < FAINTEST_K)
        & (np.nan_to_num(radius) > SMALLEST)
        & (np.abs(sky.x - (grid.nx - 1) / 2) < grid.nx / 2 + MARGIN)
        & (np.abs(sky.y - (grid.ny - 1) / 2) < grid.ny / 2 + MARGIN)
    )
    return chosen[np.argsort(sky.dec[chosen], kind="stable")]


def _identity(plan: Plan, ra: Array, dec: Array, key: Ints) -> dict[str, object]:
    glon, glat = galactic(ra, dec)
    n = key.size
    bright = ~plan.sky.galaxy & (plan.sky.mag[:, 2] < 14)
    columns: dict[str, object] = {
        "designation": designations(ra, dec, ""),
        "ra": ra,
        "decl": dec,
        "glon": glon,
        "glat": glat,
        "density": float(np.log10(max(1, int(bright.sum())) / AREA)),
        "e_score": 1.0,
        "g_score": 1.0,
        "vc": 1,
        "cc_flg": "0",
        "im_nx": 101,
        "sys_flg": 0,
        "contam_flg": 0,
        "n_blank": 0,
        "bl_sub_flg": 0,
        "id_flg": 0,
        "blk_fac": 1,
        "dup_src": 0,
        "use_src": 1,
        "id": np.arange(1, n + 1),
        "ext_key": key,
    }
    if n > 1:
        x, y = plan.grid.pixel(ra, dec)
        distance, index = cKDTree(np.column_stack((x, y))).query(np.column_stack((x, y)), k=2)
        angle = np.floor(position_angle(ra, dec, ra[index[:, 1]], dec[index[:, 1]]))
        columns |= {"prox": distance[:, 1], "pxpa": angle, "pxcntr": key[index[:, 1]]}
    return columns


def _super(rng: np.random.Generator, plan: Plan, x: Array, y: Array) -> dict[str, object]:
    """Return the position in the sum of the three bands."""
    ra, dec = plan.grid.sky(x + rng.normal(0, POSITION / 2, x.size), y + rng.normal(0, POSITION / 2, y.size))
    return {"sup_ra": ra, "sup_dec": dec}


def _ellipses(rng: np.random.Generator, ba: Array, phi: Array) -> dict[str, object]:
    """Return axis ratios and angles at 3 and 5 standard deviations, and how well ellipses fit."""
    n = len(ba)
    columns: dict[str, object] = {
        "sup_ba": ba.mean(axis=1),
        "sup_phi": phi[:, 2],
        "ellfit_flg": 0,
        "sup_chif_ellf": rng.gamma(20, 1 / 20, n),
        "j_chif_ellf": rng.gamma(20, 1 / 20, n),
        "k_chif_ellf": rng.gamma(20, 1 / 20, n),
    }
    for b, band in enumerate("jhk"):
        inner = np.clip(ba[:, b] + rng.normal(0, 0.02, n), 0.1, 1.0)
        turned = (phi[:, b] + np.round(rng.normal(0, 2, n)) + 89) % 180 - 89
        columns |= {f"{band}_ba": ba[:, b], f"{band}_phi": phi[:, b]}
        columns |= {f"{band}_5sig_ba": inner, f"{band}_5sig_phi": turned}
    return columns


def contamination(plan: Plan, psc: Psc, xsc: Xsc) -> Ints:
    """Return gal_contam of every point source: 1 is a large extended source itself, 2 lies inside one's ellipse."""
    flags = np.zeros(psc.key.size, np.int64)
    x, y = plan.grid.pixel(psc.ra, psc.dec)
    gx, gy = plan.grid.pixel(xsc.ra, xsc.dec)
    for i in np.flatnonzero(xsc.radius > LARGE):
        s, c = np.sin(np.radians(xsc.phi[i])), np.cos(np.radians(xsc.phi[i]))
        east, north = -(x - gx[i]), y - gy[i]
        along, across = east * s + north * c, east * c - north * s
        within = np.hypot(along, across / xsc.ba[i]) < 1.1 * xsc.radius[i]
        flags[within] = np.maximum(flags[within], 2)
        flags[psc.main == xsc.member[i]] = 1
    return flags


def write_xsc(xsc: Xsc, psc: Psc, path: Path) -> Path:
    """Write the catalogue; columns that are not simulated are null."""
    point = dict(zip(psc.main.tolist(), psc.key.tolist(), strict=True))
    columns = xsc.columns | {"pts_key": [point.get(i) for i in xsc.member.tolist()]}
    return write_bar(path, "xsc", columns, xsc.key.size)
