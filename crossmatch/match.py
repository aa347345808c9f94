"""Any two tables with positions become a third one: the nearest row of each, or all pairs within a radius."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal as OneOf

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal
from psycopg.types.json import Jsonb

from crossmatch.choice import Choice, choose, choose_moving
from crossmatch.motion import near_moving, sides
from crossmatch.positions import SMALL_KEYS, Positions
from crossmatch.stretches import in_stretches
from schema.connection import Connection
from schema.errors import BadArgument
from schema.progress import Progress, silent
from schema.settings import read
from sql import load

MAX_RADIUS = 3600.0  # arcsec; farther than a degree is a question for a region query, not for a match
CANNOT_MAKE = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.DuplicateTable,
    psycopg.errors.DependentObjectsStillExist,
)
HOME = "AND r.cell = (q3c_ang2ipix(r.ra, r.decl) >> 34)::integer"  # a row stands in several cells: there it counts
Mode = OneOf["best", "all"]
COMMENTS = {
    "left_key": "Key of the left row: {left}",
    "right_key": "Key of the right row: {right}",
    "separation": "Angular separation [arcsec]",
    "pa": "Position angle from left to right, north through east [deg]",
    "rank_left": "Rank of the right row among those of the left one, from 1",
    "rank_right": "Rank of the left row among those of the right one, from 1",
    "n_left": "Right rows within the radius of the left one",
    "n_right": "Left rows within the radius of the right one",
}


@dataclass(frozen=True)
class TableMatch:
    """What a match of two tables did.

    Attributes
    ----------
    xmatch_run : int
        Its number in deepcal.xmatch_run; 0 when it was only explained.
    into, method : str
        The table that was made, and the way that was chosen, with its reason.
    left_rows, right_rows, rows : int
        Rows of the two tables and of the new one.
    left_skipped, right_skipped : int
        Rows without a usable position: NULL, NaN, infinite or beyond a pole.
    seconds : float
        How long it took, s.
    plan : str or None
        The plan of the server, where it was asked for.
    """

    xmatch_run: int
    into: str
    method: str
    left_rows: int
    right_rows: int
    left_skipped: int
    right_skipped: int
    rows: int
    seconds: float
    plan: str | None = None


def match_tables(
    conn: Connection,
    left: Positions,
    right: Positions,
    radius: float,
    *,
    mode: Mode = "best",
    into: str = "",
    moving: bool = False,
    replace: bool = False,
    explain: bool = False,
    progress: Progress = silent,
) -> TableMatch:
    """Match two tables and store the result as a third one, in one transaction.

    Parameters
    ----------
    conn : Connection
    left, right : Positions
        The same table on both sides: a row is not matched with itself.
    radius : float
        Largest separation, arcsec.
    mode : {"best", "all"}
        The nearest right row of every left row, or all pairs with their ranks from both sides.
    into : str
        Name of the new table; without a schema it goes to public.
    moving : bool
        Move the side that has proper motions to the epoch of the other side's row.
    replace : bool
        The new table may replace one of the same name.
    explain : bool
        Only say how it would be done.

    Raises
    ------
    BadArgument
        The radius is not between 0 and 3600 arcsec, or the new table is there or cannot be made.
    """
    if not 0 < radius <= MAX_RADIUS:
        raise BadArgument(f"radius {radius:g} arcsec: expected more than 0 and at most {MAX_RADIUS:g}")
    with conn.transaction(force_rollback=explain):
        started = _now(conn)
        progress("finding the pairs", 0, 1)
        pieces, choice = _near(conn, left, right, radius, moving)
        statement = _statement(conn, pieces, right, radius, mode)
        shown = (left.rows, right.rows, left.rows - left.usable, right.rows - right.usable)
        if explain:
            plan = "\n".join(line for (line,) in conn.execute(SQL("EXPLAIN ").join([SQL(""), statement])))
            return TableMatch(0, "", str(choice), *shown, 0, 0.0, plan)
        name = _into(conn, into)
        rows = _make(conn, name, statement, replace)
        _describe(conn, name, mode, left, right)
        asked = {"left": left.name, "right": right.name, "mode": mode, "into": ".".join(name), "proper motion": moving}
        told = {"method": str(choice), "radius": radius, "parameters": Jsonb(asked), "started_at": started}
        counts = {"left_rows": left.rows, "rows": rows}
        number, seconds = conn.execute(load("crossmatch/table_run.sql"), told | counts).fetchall()[0]
    return TableMatch(number, ".".join(name), str(choice), *shown, rows, seconds)


@dataclass(frozen=True)
class Piece:
    """A query that finds pairs (the rows of one left row are all in one piece), and what a left row is grouped by."""

    near: Composed
    groups: str = "left_key"


def _near(
    conn: Connection, left: Positions, right: Positions, radius: float, moving: bool
) -> tuple[list[Piece], Choice]:
    conn.execute(b"SET LOCAL jit = off")  # q3c's costs are estimated so high that compiling would take longer
    settings = read(conn)
    conn.execute(b"SELECT set_config('work_mem', %s, true)", [f"{settings['match_memory'][0]:.0f}MB"])
    if moving:
        stands = sides(left, right)[1]
        choice, rows = choose_moving(stands), stands.query(stands.epoch_query())
        near = near_moving(conn, left, right, radius, _copied(conn, rows, choice.by) if choice.prepare else rows)
        return [Piece(near)], choice
    choice = choose(left, right, radius, settings["xmatch_ratio"][0])
    values = {
        "left": left.query(),
        "right": _right(conn, right, choice),
        "radius": Literal(radius),
        "others": SQL("AND l.key <> r.key") if left.oid == right.oid else SQL(""),
    }
    if choice.margin:
        conn.execute(load("crossmatch/join_way.sql"), {"merge": choice.merge})
        text = load("crossmatch/near_margin.sql").decode()
        return [Piece(near, "cell, left_key") for near in in_stretches(conn, left, text, **values)], choice
    if choice.by == "cells":
        own = SQL(HOME) if right.cells and not choice.prepare else SQL("")
        return [Piece(SQL(load("crossmatch/near_cells.sql").decode()).format(home=own, **values))], choice
    return [Piece(SQL(load("crossmatch/near_join.sql").decode()).format(**values))], choice


def _right(conn: Connection, right: Positions, choice: Choice) -> Composed:
    if choice.prepare:
        return _copied(conn, right.query(), choice.by)
    if choice.by == "cells" and right.cells:
        table = Identifier("twomass", right.cells)
        return SQL("SELECT cell, {} AS key, ra, decl FROM {}").format(Identifier(right.key), table)
    return right.query()


def _copied(conn: Connection, positions: Composed, by: str) -> Composed:
    """Copy the rows of a query into cells, or in the order of the sky, with an index; return the query that reads them.

    No temporary table, since those keep a match on one core; it goes before the transaction ends.
    """
    what = "cells" if by == "cells" else "copy"
    table = _copy_name(conn)
    conn.execute(SQL(load(f"crossmatch/{what}_make.sql").decode()).format(positions=positions, **{what: table}))
    conn.execute(SQL(load(f"crossmatch/{what}_index.sql").decode()).format(**{what: table}))
    conn.execute(SQL("ANALYZE {}").format(table))
    return SQL("SELECT * FROM {}").format(table)


def _copy_name(conn: Connection) -> Identifier:
    return Identifier("public", f"xmatch_right_{conn.info.backend_pid}")


def _statement(conn: Connection, pieces: list[Piece], right: Positions, radius: float, mode: Mode) -> Composed:
    if mode == "best" and _small_keys(conn, right):
        text = SQL(load("crossmatch/packed.sql").decode())
        values = {"radius": Literal(radius)}
        packed = [text.format(near=piece.near, groups=SQL(piece.groups), **values) for piece in pieces]
        kind = SQL(right.types[right.key])
        whole = SQL(load("crossmatch/best_packed.sql").decode())
        return whole.format(packed=_together(packed), key_type=kind, **values)
    name = "all" if mode == "all" else "best_sorted"
    return SQL(load(f"crossmatch/{name}.sql").decode()).format(near=_together([piece.near for piece in pieces]))


def _together(parts: list[Composed]) -> Composed:
    return SQL(" UNION ALL ").join(SQL("({})").format(part) for part in parts)


def _small_keys(conn: Connection, right: Positions) -> bool:
    if right.types[right.key] not in ("smallint", "integer", "bigint"):
        return False
    text = SQL(load("crossmatch/keys_range.sql").decode())
    least, most = conn.execute(text.format(key=Identifier(right.key), table=Identifier(*right.table))).fetchall()[0]
    return (least or 0) >= 0 and (most or 0) < SMALL_KEYS


def _into(conn: Connection, into: str) -> tuple[str, str]:
    try:
        parts = conn.execute(b"SELECT parse_ident(%s)", [into]).fetchall()[0][0]
    except psycopg.errors.InvalidParameterValue as error:
        raise BadArgument(f"--into {into}: no name of a table ({error.diag.message_primary})") from error
    if len(parts) > 2:
        raise BadArgument(f"--into {into}: expected a table, or a schema and a table")
    return ("public", parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def _make(conn: Connection, name: tuple[str, str], statement: Composed, replace: bool) -> int:
    table, made = Identifier(*name), Identifier(name[0], f"{name[1]}_new")
    there = conn.execute(load("crossmatch/table_there.sql"), {"schema": name[0], "table": name[1]}).fetchall()[0][0]
    if there and not replace:
        raise BadArgument(f"table {'.'.join(name)} is there already: choose another name, or say --replace")
    text = SQL(load("crossmatch/into.sql").decode())
    try:
        rows = conn.execute(text.format(into=made, matches=statement)).rowcount
        if there:  # built beside the old one, which readers have until the end
            conn.execute(SQL("DROP TABLE {}").format(table))
        conn.execute(SQL("ALTER TABLE {} RENAME TO {}").format(made, Identifier(name[1])))
    except CANNOT_MAKE as error:
        raise BadArgument(f"table {'.'.join(name)} cannot be made: {error.diag.message_primary}") from error
    conn.execute(SQL("DROP TABLE IF EXISTS {}").format(_copy_name(conn)))
    conn.execute(SQL("ANALYZE {}").format(table))
    return rows


def _describe(conn: Connection, name: tuple[str, str], mode: Mode, left: Positions, right: Positions) -> None:
    sides = {"left": f"{left.name}.{left.key}", "right": f"{right.name}.{right.key}"}
    for column, comment in list(COMMENTS.items())[: 3 if mode == "best" else None]:
        text = SQL("COMMENT ON COLUMN {} IS {}").format(Identifier(*name, column), Literal(comment.format(**sides)))
        conn.execute(text)


def _now(conn: Connection) -> datetime:
    now: datetime = conn.execute(b"SELECT clock_timestamp()").fetchall()[0][0]
    return now
