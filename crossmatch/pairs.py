"""Pairs of rows of two tables that lie close together on the sky."""

from dataclasses import dataclass
from typing import Self

from psycopg.sql import SQL, Composable, Composed, Identifier

from schema.connection import Connection
from schema.errors import BadArgument
from sql import load

MAX_RADIUS = 3600.0  # arcsec; farther than a degree is a question for a region query, not for a match


@dataclass(frozen=True)
class Limits:
    """How far apart a pair may lie: at most `cap` arcsec, beyond `floor` arcsec `sigmas` combined errors."""

    cap: float
    floor: float
    sigmas: float

    @classmethod
    def within(cls, radius: float) -> Self:
        """Return the limits that keep all pairs within a radius in arcsec.

        Raises
        ------
        BadArgument
            The radius is not between 0 and 3600 arcsec.
        """
        if not 0 < radius <= MAX_RADIUS:
            raise BadArgument(f"radius {radius} arcsec: expected more than 0 and at most {MAX_RADIUS:g}")
        return cls(radius, radius, 0.0)


@dataclass(frozen=True)
class Positions:
    """A table with positions: J2000 right ascension and declination in degrees.

    Attributes
    ----------
    table : tuple of str
        Name of the table, after its schema where it needs one.
    key, ra, dec : str
        Names of its columns. The right table of a match needs an index on ``q3c_ang2ipix(ra, dec)`` to be fast.
    """

    table: tuple[str, ...]
    key: str
    ra: str = "ra"
    dec: str = "dec"

    def query(self, side: str) -> Composed:
        """Return the query that reads the table as the left or the right side of a match."""
        names = {"key": Identifier(self.key), "ra": Identifier(self.ra), "dec": Identifier(self.dec)}
        return SQL(load(f"crossmatch/{side}_table.sql").decode()).format(table=Identifier(*self.table), **names)


@dataclass(frozen=True)
class Pair:
    """One pair: separation in arcsec, position angle from left to right in deg, rank of each row from 1."""

    left: int
    right: int
    separation: float
    pa: float
    rank_left: int
    rank_right: int


def pairs_query(left: Composable, right: Composable) -> Composed:
    """Return the query that finds the pairs between two queries (see sql/crossmatch/pairs.sql for their columns)."""
    return SQL(load("crossmatch/pairs.sql").decode()).format(left=left, right=right)


def find_pairs(conn: Connection, left: Positions, right: Positions, radius: float) -> list[Pair]:
    """Return all pairs of rows of two tables closer than a radius, nearest first for each row of the left table.

    Parameters
    ----------
    conn : Connection
    left, right : Positions
        The left table is read whole, the right one through its sky index.
    radius : float
        Largest separation, arcsec.

    Raises
    ------
    BadArgument
        The radius is not between 0 and 3600 arcsec.
    """
    query = pairs_query(left.query("left"), right.query("right"))
    ordered = SQL(load("crossmatch/list.sql").decode()).format(pairs=query)
    return [Pair(*row) for row in conn.execute(ordered, vars(Limits.within(radius)))]
