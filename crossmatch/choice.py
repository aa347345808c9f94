"""How two tables are matched: chosen from their rows, and said in words."""

from dataclasses import dataclass

from crossmatch.positions import Positions
from schema.cells import CELL_MARGIN

CELL_RADIUS = 10.0  # arcsec: up to here each quad that q3c covers a circle with lies in one cell
LOOKUP = 10  # looking a row up costs as much as walking past so many


@dataclass(frozen=True)
class Choice:
    """The way of one match.

    Attributes
    ----------
    by : str
        "cells" or "q3c_join".
    margin : bool
        The right rows stand in all cells near them: a left row needs to look into its own one only.
    merge : bool
        With a margin: by walking through both tables in the order of the cells, not by looking each left row up.
    prepare : bool
        The right table is copied first: into cells, or in the order of the sky with an index.
    why : str
        The reason, in words.
    """

    by: str
    prepare: bool
    why: str
    margin: bool = False
    merge: bool = False

    def __str__(self) -> str:
        return f"{self.by}: {self.why}"


def choose(left: Positions, right: Positions, radius: float, ratio: float) -> Choice:
    """Choose how the rows of the left table find those of the right one.

    Parameters
    ----------
    left, right : Positions
    radius : float
        arcsec
    ratio : float
        A right table with a sky index and more than so many times the rows of the left one gets no cells of its own.
    """
    if radius > CELL_RADIUS:
        return _join(right, f"the radius is over {CELL_RADIUS:g} arcsec")
    if right.cells:
        return _stored(left, right, radius)
    if right.has_index and right.rows > ratio * left.rows:
        return _join(right, f"{right.rows:,} rows are over {ratio:g} times {left.rows:,}")
    return Choice("cells", True, f"made for {right.rows:,} rows")


def _stored(left: Positions, right: Positions, radius: float) -> Choice:
    if radius > CELL_MARGIN:
        return Choice(
            "cells", False, f"stored in {right.cells}; the radius is over their margin, {CELL_MARGIN:g} arcsec"
        )
    merge = right.rows < LOOKUP * left.rows
    way = "merge join" if merge else f"looked up, {right.rows:,} rows are over {LOOKUP} times {left.rows:,}"
    why = f"stored in {right.cells} with a margin of {CELL_MARGIN:g} arcsec, {way}"
    return Choice("cells", False, why, margin=True, merge=merge)


def choose_moving(still: Positions) -> Choice:
    """Choose how rows with proper motion find those of a table that stands still: every row has a radius of its own."""
    return _join(still, "rows move, each with its own radius")


def _join(right: Positions, why: str) -> Choice:
    copied = "" if right.has_index else f"; {right.name} has no sky index and is copied"
    return Choice("q3c_join", not right.has_index, why + copied)
