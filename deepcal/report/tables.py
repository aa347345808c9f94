"""The rows of one field's current run, read in one view of the database."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from combine.stack.geometry import Frame, Offset
from combine.stack.register import SCAN_TERMS
from deepcal.frames import fetch
from deepcal.truth import Truth
from deepcal.truth.depth import inventory
from schema.connection import Connection
from schema.errors import NotReady
from schema.grid import Grid
from sql import load

J2000 = pd.Timestamp(2000, 1, 1, 12)


@dataclass(frozen=True)
class Tables:
    """One run of one field.

    limits : settings the run was made with
    sources : rows of deepcal.source, with cntr_psc and cntr_xsc of the matches
    stacks : rows of the inventory
    scans : one row a scan and band: score, fate, mean offset to the PSC (dra, ddec), residual statistics, what was
        planted (good, fault) and where the scan truly is (true_dra, true_ddec)
    catalogue : PSC stars and XSC galaxies of the field
    images : one row an image of the scans in the stacks
    """

    tile: int
    run: str
    grid: Grid
    limits: dict[str, list[float]]
    sources: pd.DataFrame
    stacks: pd.DataFrame
    scans: pd.DataFrame
    catalogue: pd.DataFrame
    images: pd.DataFrame

    @property
    def epoch(self) -> float:
        """The mean date of the scans that were used, Julian year."""
        dates = pd.to_datetime(self.scans.date[self.scans.used.eq(True).fillna(False)])
        return float(2000.0 + ((dates - J2000).dt.total_seconds() / 86400 / 365.25).mean())

    @property
    def bands(self) -> list[str]:
        """The bands that have a stack."""
        return [band for band in "jhk" if band in set(self.stacks.band)]

    def stack(self, band: str, direction: str = "NS", kind: str = "image") -> Any:
        """Return one row of the inventory."""
        return inventory(self.stacks, band, direction, kind)


def read_tables(conn: Connection, tile: int, truth: Truth) -> Tables:
    """Read everything that is told of the current run of a field.

    Raises
    ------
    NotReady
        The field has no current run.
    """

    def ask(name: str, **values: object) -> pd.DataFrame:
        return fetch(conn, load(name), {"tile": tile} | values)

    with conn.transaction():
        runs = ask("report/run.sql")
        if runs.empty:
            raise NotReady(f"field {tile} has no current run: `deepcal run {tile}` makes one")
        run = runs.iloc[0]
        grid = Grid.of(run.ra, run.dec, int(run.naxis1), int(run.naxis2))
        counterparts = ask("query/sources.sql")[["id", "cntr_psc", "cntr_xsc"]]
        sources = ask("query/sources_all.sql").merge(counterparts, on="id", how="left")
        radius = np.hypot(grid.nx, grid.ny) / 7200
        return Tables(
            tile=tile,
            run=str(run.run),
            grid=grid,
            limits=dict(run.parameters),
            sources=sources,
            stacks=ask("query/stacks.sql"),
            scans=_with_truth(_with_offsets(ask("report/scans.sql"), run, grid), truth),
            catalogue=_inside(ask("report/catalogue.sql", radius=radius), grid),
            images=ask("report/images.sql", run=str(run.run)),
        )


def _with_offsets(scans: pd.DataFrame, run: Any, grid: Grid) -> pd.DataFrame:
    """Add the mean offset to the PSC that was applied to each scan, arcsec."""
    frame = Frame.of(grid)
    y, x = np.mgrid[0 : grid.ny : 100, 0 : grid.nx : 60].astype(float)
    field = Offset(np.array(run.field_dra, float), np.array(run.field_ddec, float))
    means = []
    for own in zip(scans.offset_dra, scans.offset_ddec, strict=True):
        if own[0] is None:
            means.append((np.nan, np.nan))
            continue
        east, north = (Offset(*map(_spread, own)) + field).at(frame, x.ravel(), y.ravel())
        means.append((east.mean(), north.mean()))
    table = np.array(means).reshape(-1, 2)
    return scans.drop(columns=["offset_dra", "offset_ddec"]).assign(dra=table[:, 0], ddec=table[:, 1])


def _spread(own: list[float]) -> NDArray[np.float64]:
    """Put the terms of one scan in their places among those of a field."""
    out = np.zeros(max(SCAN_TERMS) + 1)
    out[SCAN_TERMS] = own
    return out


def _with_truth(scans: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    planted = truth.scans[["scan_key", "band", "good", "fault", "slight", "dra", "ddec"]]
    planted = planted.rename(columns={"dra": "true_dra", "ddec": "true_ddec"})
    return scans.merge(planted, on=["scan_key", "band"], how="left", validate="one_to_one")


def _inside(catalogue: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    x, y = grid.pixel(catalogue.ra, catalogue.dec)
    inside = (x > -0.5) & (x < grid.nx - 0.5) & (y > -0.5) & (y < grid.ny - 0.5)
    return catalogue.assign(x=x, y=y)[inside]
