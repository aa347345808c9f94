"""Matches at the epoch of the row that stands still: the side with proper motions is moved there."""

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from crossmatch.positions import MOTION_NAMES, Positions
from schema.connection import Connection
from schema.errors import BadArgument
from sql import load

PLACE = {"moving": ("at.ra", "at.decl"), "still": ("s.ra", "s.dec")}


def near_moving(conn: Connection, left: Positions, right: Positions, radius: float, still_rows: Composable) -> Composed:
    """Return the query that finds the pairs when one side moves.

    The columns pmra, pmdec (mas/yr, pmra with cos(dec)) of the moving side are used, the left one if both have them,
    and the epochs of both sides: a column epoch, ref_epoch (years) or jdate (Julian date), or one year for all rows. A
    row without a proper motion stands still.

    Parameters
    ----------
    conn : Connection
    left, right : Positions
    radius : float
        arcsec
    still_rows : Composable
        The query that reads key, ra, dec and epoch of the side that stands still, through a sky index.

    Raises
    ------
    BadArgument
        No side has proper motions, or one has no epoch.
    """
    moves, _ = sides(left, right)
    first, last = conn.execute(SQL(load("crossmatch/epochs.sql").decode()).format(positions=still_rows)).fetchall()[0]
    first, last = (first, last) if first is not None else (0.0, 0.0)
    which = {"left": "moving", "right": "still"} if moves is left else {"left": "still", "right": "moving"}
    text = SQL(load("crossmatch/near_moving.sql").decode())
    return text.format(
        left_key=SQL("m.key" if moves is left else "s.key"),
        right_key=SQL("s.key" if moves is left else "m.key"),
        left_place=_place("left", which["left"]),
        right_place=_place("right", which["right"]),
        moving=moves.query(_motion(moves) + moves.epoch_query()),
        still=still_rows,
        middle=Literal((first + last) / 2),
        half=Literal((last - first) / 2),
        radius=Literal(radius),
    )


def sides(left: Positions, right: Positions) -> tuple[Positions, Positions]:
    """Return the side that moves and the side that stands still.

    Raises
    ------
    BadArgument
        Neither has proper motions.
    """
    for moves, stands in ((left, right), (right, left)):
        if moves.motion:
            return moves, stands
    names = " or ".join(" and ".join(pair) for pair in MOTION_NAMES)
    raise BadArgument(f"neither {left.name} nor {right.name} has proper motions: expected columns {names} in mas/yr")


def _motion(moves: Positions) -> Composed:
    names = moves.motion or ("", "")
    ra, dec = (SQL("coalesce({}::double precision, 0)").format(Identifier(name)) for name in names)
    return SQL(", {} AS pmra, {} AS pmdec").format(ra, dec)


def _place(side: str, what: str) -> Composed:
    ra, dec = PLACE[what]
    return SQL("{} AS {}, {} AS {}").format(SQL(ra), Identifier(f"{side}_ra"), SQL(dec), Identifier(f"{side}_dec"))
