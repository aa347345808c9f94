"""How two tables are matched: chosen from their rows, and said in words."""

from dataclasses import dataclass

from crossmatch.positions import Positions

CELL_RADIUS = 10.0  # arcsec: up to here each quad that q3c covers a circle with lies in one cell


@dataclass(frozen=True)
class Choice:
    """The way of one match.

    Attributes
    ----------
    by : str
        "cells" or "q3c_join".
    prepare : bool
        The right table is copied first: into cells, or in the order of the sky with an index.
    why : str
        The reason, in words.
    """

    by: str
    prepare: bool
    why: str

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
        return Choice("cells", False, f"stored in {right.cells}")
    if right.has_index and right.rows > ratio * left.rows:
        return _join(right, f"{right.rows:,} rows are over {ratio:g} times {left.rows:,}")
    return Choice("cells", True, f"made for {right.rows:,} rows")


def choose_moving(still: Positions) -> Choice:
    """Choose how rows with proper motion find those of a table that stands still: every row has a radius of its own."""
    return _join(still, "rows move, each with its own radius")


def _join(right: Positions, why: str) -> Choice:
    copied = "" if right.has_index else f"; {right.name} has no sky index and is copied"
    return Choice("q3c_join", not right.has_index, why + copied)
