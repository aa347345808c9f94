"""Everything that is decided about a field before a pixel is drawn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schema.errors import BadArgument
from schema.grid import Grid
from schema.tiles import Tile, tiles
from simulate.camera.wings import MODEL, wings
from simulate.catalogs.measured import Measured, measure
from simulate.catalogs.scan_table import FLAGS
from simulate.conditions import Conditions, draw_conditions
from simulate.faults import Fault, plan_faults
from simulate.faults.effects import header_shift
from simulate.frames import Frame, atlas, strip
from simulate.nights.observed import Observed
from simulate.nights.visits import Scan, observe_field, scans_of
from simulate.offsets import scan_offsets
from simulate.sky.field import SeenSky, Sky, make_sky

Array = NDArray[np.float64]

BANDS = "jhk"
FORMS = ("strips", "atlas")


@dataclass(frozen=True)
class Plan:
    """One simulated field: its sky, its scans and how each of them saw it.

    `observed` has the scans as arrays, `offsets` the (scans, 2, 17) coefficients of simulate.offsets; `magzp` (scans,
    3) the zero points of the headers, wrong ones included; `psf` is "model" or the folder of the empirical images of
    stars.
    """

    tile: Tile
    seed: int
    form: str
    grid: Grid
    sky: Sky
    scans: list[Scan]
    observed: Observed
    offsets: Array
    conditions: Conditions
    faults: dict[int, Fault]
    magzp: Array
    measured: Measured
    psf: str = MODEL

    @property
    def number(self) -> int:
        """The tile's number."""
        return self.tile.tile

    @property
    def noted(self) -> dict[str, NDArray[np.bool_]]:
        """Which scans each flag of the scan table tells of."""
        flags = {flag: np.zeros(len(self.scans), bool) for flag in FLAGS.values()}
        for index, fault in self.faults.items():
            if fault.noted and fault.kind in FLAGS:
                flags[FLAGS[fault.kind]][index] = True
        return flags

    def seen(self, scan: Scan) -> SeenSky:
        """Return the sky as it is when a scan is made: stars move, and some vary."""
        return self.sky.at(self.grid, scan.jdate)

    def frame(self, scan: Scan) -> Frame:
        """Return the pixels of a scan in the form that was asked for, and where they show the sky's objects."""
        seen = self.seen(scan)
        return self._frame(scan, seen.ra, seen.dec)

    def layout(self, scan: Scan) -> Frame:
        """Return the pixels of a scan in the form that was asked for, without any objects."""
        return self._frame(scan, np.empty(0), np.empty(0))

    def _frame(self, scan: Scan, ra: Array, dec: Array) -> Frame:
        if self.form == "strips":
            return strip(scan, self.grid, ra, dec)
        return atlas(self.number, self.seed, scan, self.grid, ra, dec)


def make_plan(
    number: int,
    seed: int,
    scans: int,
    form: str,
    crowding: str,
    centre: tuple[float, float] | None,
    psf: str = MODEL,
) -> Plan:
    """Decide everything about a field; `psf` is "model" or a folder with empirical images of stars.

    Raises
    ------
    BadArgument
        The tile's centre is not known and none is given, or another argument cannot be used.
    BadFile
        The folder has no empirical image of a band.
    """
    for band in range(3):
        wings(psf, band)
    if form not in FORMS:
        raise BadArgument(f"form {form!r}, expected one of {', '.join(FORMS)}")
    if scans < 1 or seed < 0:
        raise BadArgument(f"scans {scans}, seed {seed}: expected at least one scan and a seed of 0 or more")
    tile, grid = _place(number, centre)
    ra, dec = grid.crval
    observed = observe_field(number, seed, ra, dec, scans)
    made = scans_of(observed)
    conditions = draw_conditions(number, seed, made)
    faults = plan_faults(number, seed, made)
    magzp = conditions.magzp.copy()
    for index, fault in faults.items():
        magzp[index] += [header_shift(fault, band) for band in range(3)]
    return Plan(
        tile=tile,
        seed=seed,
        form=form,
        grid=grid,
        sky=make_sky(number, seed, grid, crowding, scans),
        scans=made,
        observed=observed,
        offsets=scan_offsets(number, seed, len(made)),
        conditions=conditions,
        faults=faults,
        magzp=magzp,
        measured=measure(number, seed, made, conditions, faults, magzp),
        psf=psf,
    )


def _place(number: int, centre: tuple[float, float] | None) -> tuple[Tile, Grid]:
    """Return the tile and its grid; a centre that is given replaces the known one."""
    tile = tiles().get(number)
    if centre is None:
        if tile is None or tile.ra is None or tile.dec is None:
            raise BadArgument(
                f"tile {number}: its centre is not known. Give one (deg), or take one of "
                + ", ".join(str(n) for n, known in tiles().items() if known.ra is not None)
            )
        return tile, Grid.of(tile.ra, tile.dec)
    ra, dec = centre
    if not (0 <= ra < 360 and -89 <= dec <= 89) or number < 1:
        raise BadArgument(f"tile {number} at {ra}, {dec}: expected a positive number, RA 0 to 360, Dec -89 to 89 deg")
    grid = Grid.of(ra, dec)
    name = tile.standard if tile else ""
    return Tile(number, name, ra, dec, grid.nx, grid.ny, "given to the simulator"), grid
