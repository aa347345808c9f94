"""The sky of a field: stars and galaxies with their true positions, magnitudes and sizes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from schema.errors import BadArgument
from schema.grid import Grid
from simulate.seeds import Stream, stream
from simulate.sky.galaxies import apertures, draw_galaxies
from simulate.sky.known import known
from simulate.sky.stars import CROWDINGS, draw_stars
from simulate.sky.variables import Variability, draw_variability

Array = NDArray[np.float64]

HALF_WIDTH, HALF_HEIGHT = 400.0, 2000.0  # arcsec: the field, 2 arcmin around it, and what shines in from outside
FIELD = 540 * 3600 / 3600**2  # square degrees
SINGLE_LIMIT = (16.7, 15.9, 15.4)  # 5 sigma of one scan in 4 arcsec, J H Ks
BELOW = 2.0  # mag that the sky goes on below the stack's limit
REDDEST = 1.0  # mag below the J limit of stars that Ks still sees
REAL = "real"
VARIABLES = 6
VARIABLE_J = (11.0, 15.0)  # of the stars that vary for certain
ISOLATION = 8.0  # arcsec; an object with a neighbour nearer than this is blended

YEAR_2000, DAYS = 2451544.5, 365.25  # Julian date of the positions' epoch, days of a year


@dataclass(frozen=True)
class SeenSky:
    """Every object of a field as it is at one time: positions (deg, and pixels of the field's grid), magnitudes (n, 3),
    total and in a circle of 4 arcsec."""

    ra: Array
    dec: Array
    x: Array
    y: Array
    mag: Array
    ap4: Array


@dataclass(frozen=True)
class Sky:
    """Every object of a field; arrays of one entry an object, magnitudes (n, 3) for J, H, Ks.

    Positions are in the reference frame (that of the PSC), deg. `standard` is 1 for the primary, 2 for secondary
    standards. `r_e` (arcsec, semi-major), `ba`, `pa` (deg east of north) and `sersic` describe galaxies, NaN or 0
    for stars. `ap4` are noiseless magnitudes in a circle of 4 arcsec at a seeing shape of 1.
    """

    id: NDArray[np.int64]
    galaxy: NDArray[np.bool_]
    ra: Array
    dec: Array
    x: Array
    """Column on the field's grid, from 0; `y` is the row."""
    y: Array
    mag: Array
    ap4: Array
    r_e: Array
    ba: Array
    pa: Array
    sersic: NDArray[np.int64]
    standard: NDArray[np.int64]
    neighbour: Array
    """Distance (arcsec) to the nearest object of at least a tenth of its J flux."""
    motion: Array
    """Proper motions (n, 2), mas a year, RA with cos(Dec); the positions are those of the year 2000."""
    vary: Variability
    """How the magnitudes change about `mag`, which are their means."""

    def at(self, grid: Grid, jdate: float) -> SeenSky:
        """Return where everything is, and how bright, at a Julian date."""
        years = (jdate - YEAR_2000) / DAYS
        x, y = self.x - self.motion[:, 0] / 1000 * years, self.y + self.motion[:, 1] / 1000 * years
        ra, dec = grid.sky(x, y)
        light = self.vary.light(np.array([jdate]))[0]
        return SeenSky(ra, dec, x, y, self.mag + light, self.ap4 + light)


def make_sky(tile: int, seed: int, grid: Grid, crowding: str, scans: int, variables: int = VARIABLES) -> Sky:
    """Draw the objects of a field.

    Parameters
    ----------
    tile, seed : int
    grid : Grid
        The field's grid; the sky reaches 2 arcmin beyond it.
    crowding : "low", "medium", "high" or "real"
        About 2,500, 7,000 or 50,000 objects brighter than J 20 in the field, or what a model of the Galaxy has there.
    scans : int
        The more scans, the fainter the objects that matter.
    variables : int
        Bright single stars of the field that vary for certain, besides those that chance makes vary.

    Raises
    ------
    BadArgument
        The crowding is none of these.
    """
    if crowding not in (*CROWDINGS, REAL):
        raise BadArgument(f"crowding {crowding!r}, expected one of {', '.join((*CROWDINGS, REAL))}")
    rng = stream(tile, seed, Stream.SKY)
    area = 4 * HALF_WIDTH * HALF_HEIGHT / 3600**2
    limit = np.array(SINGLE_LIMIT) + 1.25 * np.log10(max(scans, 1)) + BELOW
    half = (HALF_WIDTH, HALF_HEIGHT)
    stars = draw_stars(rng, grid.crval, crowding, FIELD, known(tile).standard, half, float(limit[0]) + REDDEST)
    galaxies = draw_galaxies(rng, area, (HALF_WIDTH, HALF_HEIGHT))
    mag = np.concatenate((stars.mag, galaxies.mag))
    keep = np.flatnonzero((mag < limit).any(axis=1))

    def both(of_stars: Array | float, of_galaxies: Array | float) -> Array:
        first = np.broadcast_to(of_stars, stars.x.shape)
        return np.concatenate((first, np.broadcast_to(of_galaxies, galaxies.x.shape)))[keep]

    x = (grid.nx - 1) / 2 + both(stars.x, galaxies.x)
    y = (grid.ny - 1) / 2 + both(stars.y, galaxies.y)
    ra, dec = grid.sky(x, y)
    mag = mag[keep]
    r_e, ba = both(np.nan, galaxies.r_e), both(1.0, galaxies.ba)
    sersic = both(0.0, galaxies.sersic.astype(float)).astype(np.int64)
    standard = both(stars.standard.astype(float), 0.0).astype(np.int64)
    neighbour = _neighbours(x, y, mag[:, 0])
    motion = np.vstack((stars.motion, np.zeros((galaxies.x.size, 2))))[keep]
    motion[standard == 1] = known(tile).motion
    vary = stream(tile, seed, Stream.VARIABLES)
    fit = (sersic == 0) & (standard == 0) & (neighbour > ISOLATION)
    fit &= (mag[:, 0] > VARIABLE_J[0]) & (mag[:, 0] < VARIABLE_J[1])
    fit &= (np.abs(x - (grid.nx - 1) / 2) < 220) & (np.abs(y - (grid.ny - 1) / 2) < 1750)
    planted = vary.permutation(np.flatnonzero(fit))[:variables]
    return Sky(
        id=np.arange(1, keep.size + 1),
        galaxy=sersic > 0,
        ra=ra,
        dec=dec,
        x=x,
        y=y,
        mag=mag,
        ap4=mag - 2.5 * np.log10(apertures(r_e, ba, sersic, 4.0))[:, None],
        r_e=r_e,
        ba=ba,
        pa=both(0.0, galaxies.pa),
        sersic=sersic,
        standard=standard,
        neighbour=neighbour,
        motion=motion,
        vary=draw_variability(vary, (sersic == 0) & (standard == 0), planted),
    )


def _neighbours(x: Array, y: Array, j: Array) -> Array:
    """Return the distance to the nearest object that is at most 2.5 mag fainter."""
    found = np.full(x.size, np.inf)
    steps = np.minimum(np.floor(j), np.floor(j.max(initial=0) - 2.5)).astype(np.int64)
    positions = np.column_stack((x, y))
    for step in np.unique(steps):
        mine = np.flatnonzero(steps == step)
        others = np.flatnonzero(j < step + 0.5 + 2.5)
        if others.size < 2:
            continue
        distance, _ = cKDTree(positions[others]).query(positions[mine], k=2)
        found[mine] = np.where(np.isin(mine, others), distance[:, 1], distance[:, 0])
    return found
