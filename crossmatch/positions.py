"""A table with positions: found by its name, its columns guessed or given, its rows looked at."""

from dataclasses import dataclass, replace
from typing import Self

import psycopg
from psycopg.sql import SQL, Composed, Identifier, Literal

from schema.connection import Connection
from schema.errors import BadArgument
from sql import load

RA_NAMES = ("ra", "raj2000", "ra_icrs", "ra_j2000", "_raj2000", "ra_deg", "radeg", "alpha_j2000")
DEC_NAMES = ("dec", "decl", "dej2000", "de_icrs", "dec_j2000", "_dej2000", "dec_deg", "decdeg", "delta_j2000", "dedeg")
EPOCH_NAMES = ("epoch", "ref_epoch", "jdate")
MOTION_NAMES = (("pmra", "pmdec"), ("pmra", "pmde"))
SMALL_KEYS = 1 << 31
NOTHING = SQL("")
NO_NAME = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidName,
    psycopg.errors.InvalidParameterValue,
    psycopg.errors.SyntaxError,
)
CELLS = {("twomass", "psc"): "psc_cell", ("twomass", "xsc"): "xsc_cell"}


@dataclass(frozen=True)
class Names:
    """Columns somebody names for one side of a match; those left None are guessed. `epoch` may be a year."""

    key: str | None = None
    ra: str | None = None
    dec: str | None = None
    epoch: str | None = None


@dataclass(frozen=True)
class Positions:
    """One side of a match.

    Attributes
    ----------
    oid, table : int, tuple of str
        The table: its number, its schema and name.
    types : dict
        Column names and their types.
    key, ra, dec : str
        Columns with the key and the position J2000, deg.
    rows, usable : int
        Rows, and rows that have a position; estimated for the published catalogues.
    wraps : bool
        Some right ascension lies outside 0 to 360 deg.
    has_index, cells : bool, str or None
        A sky index that q3c_join uses, and the table of its stored cells.
    is_shared : bool
        A table on disk that several processes may read and of which a sample can be taken; no view, nothing temporary.
    """

    oid: int
    table: tuple[str, str]
    types: dict[str, str]
    key: str
    ra: str
    dec: str
    rows: int = 0
    usable: int = 0
    wraps: bool = False
    has_index: bool = False
    cells: str | None = None
    epoch: str | float | None = None
    is_shared: bool = False

    @classmethod
    def find(cls, conn: Connection, name: str, given: Names) -> Self:
        """Look a table up, and count its rows.

        Raises
        ------
        BadArgument
            There is no such table or column, it may not be read, or its keys do not tell its rows apart.
        """
        try:
            found = conn.execute(load("crossmatch/table_find.sql"), {"name": name}).fetchone()
        except NO_NAME as error:
            raise BadArgument(f"table {name}: no name of a table ({error.diag.message_primary})") from error
        if found is None or not found[4]:
            raise BadArgument(f"table {name}: {'there is none' if found is None else 'this role may not read it'}")
        oid, schema, table, about, _, is_shared = found
        columns = conn.execute(load("crossmatch/table_columns.sql"), {"oid": oid}).fetchall()
        types = {column: kind for column, kind, _, _ in columns}
        ra, dec = _pick(name, "ra", given.ra, types, RA_NAMES), _pick(name, "dec", given.dec, types, DEC_NAMES)
        keys = [column for column, _, _, is_key in columns if is_key]
        key = _pick(name, "key", given.key, types, tuple(keys) or ("id", "key", "number", "source_id"))
        side = cls(
            oid, (schema, table), types, key, ra, dec, epoch=_epoch(name, given.epoch, types), is_shared=is_shared
        )
        unique = {column for column, _, is_unique, _ in columns if is_unique}
        return side._indexed(conn)._counted(conn, about, key in unique)

    @property
    def name(self) -> str:
        """The table as people write it."""
        return ".".join(self.table)

    @property
    def motion(self) -> tuple[str, str] | None:
        """The columns of the proper motion, mas/yr with cos(dec); None where there are none."""
        known = {name.lower(): name for name in self.types}
        for ra, dec in MOTION_NAMES:
            if ra in known and dec in known:
                return known[ra], known[dec]
        return None

    def query(self, more: Composed | SQL = NOTHING, sample: Composed | SQL = NOTHING) -> Composed:
        """Return the query that reads key, ra and dec, and further columns; of a sample where one is asked for."""
        bare = SQL("{}::double precision").format(Identifier(self.ra)) if self._odd else Identifier(self.ra)
        ra = SQL("({0} - 360 * floor({0} / 360))").format(bare) if self.wraps else bare
        dec = SQL("{}::double precision").format(Identifier(self.dec)) if self._odd else Identifier(self.dec)
        text = SQL(load("crossmatch/positions.sql").decode())
        table = Identifier(*self.table)
        return text.format(
            key=Identifier(self.key), ra=ra, bare_ra=bare, dec=dec, more=more, table=table, sample=sample
        )

    def epoch_query(self) -> Composed | SQL:
        """Return what gives the epoch of a row in years; nothing without one."""
        if isinstance(self.epoch, float):
            return SQL(", {}::double precision AS epoch").format(Literal(self.epoch))
        if self.epoch is None:
            raise BadArgument(
                f"table {self.name}: no column of an epoch in years ({', '.join(EPOCH_NAMES)}): name one, or a year"
            )
        column = Identifier(self.epoch)
        if self.epoch.lower() == "jdate":
            return SQL(", 2000 + ({} - 2451545) / 365.25 AS epoch").format(column)
        return SQL(", {}::double precision AS epoch").format(column)

    @property
    def _odd(self) -> bool:
        return {self.types[self.ra], self.types[self.dec]} != {"double precision"}

    def _indexed(self, conn: Connection) -> Self:
        asked = {"oid": self.oid, "ra": self.ra, "dec": self.dec}
        (has_index,) = conn.execute(load("crossmatch/table_sky_index.sql"), asked).fetchall()[0]
        cells = CELLS.get(self.table) if (self.ra, self.dec) == ("ra", "decl") else None
        if cells and not conn.execute(SQL("SELECT FROM twomass.{} LIMIT 1").format(Identifier(cells))).rowcount:
            cells = None
        return replace(self, has_index=has_index and not self._odd, cells=cells)

    def _counted(self, conn: Connection, about: int, is_unique: bool) -> Self:
        if self.table in CELLS and about > 0:
            return replace(self, rows=about, usable=about)  # their positions are checked when they are loaded
        names = {"key": Identifier(self.key), "ra": Identifier(self.ra), "dec": Identifier(self.dec)}
        distinct = SQL("key") if is_unique else SQL("DISTINCT key")
        text = SQL(load("crossmatch/table_rows.sql").decode())
        query = text.format(table=Identifier(*self.table), distinct=distinct, **names)
        rows, usable, least, most, keys = conn.execute(query).fetchall()[0]
        if keys != rows:
            found = f"{keys} different keys in {rows} rows"
            raise BadArgument(f"table {self.name}, column {self.key}: {found}, expected one a row")
        return replace(self, rows=rows, usable=usable, wraps=least < 0 or most >= 360)


def _pick(table: str, what: str, given: str | None, types: dict[str, str], known: tuple[str, ...]) -> str:
    if given is not None:
        if given not in types:
            raise BadArgument(f"table {table}: no column {given}; it has {', '.join(types)}")
        return given
    lower = {name.lower(): name for name in types}
    for name in known:
        if name in lower:
            return lower[name]
    raise BadArgument(f"table {table}: which column is the {what}? It has {', '.join(types)}")


def _epoch(table: str, given: str | None, types: dict[str, str]) -> str | float | None:
    if given is None:
        lower = {name.lower(): name for name in types}
        return next((lower[name] for name in EPOCH_NAMES if name in lower), None)
    if given in types:
        return given
    try:
        return float(given)
    except ValueError:
        raise BadArgument(f"table {table}: no column {given}, and no year") from None
