"""How a column is described: type, unit, UCD, meaning and what physics forbids."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from schema.published import PublishedColumn

metadata = sa.MetaData(
    naming_convention={"pk": "%(table_name)s_pkey", "fk": "%(table_name)s_%(column_0_name)s_fkey", "uq": "%(table_name)s_%(column_0_N_name)s_key", "ck": "%(table_name)s_%(constraint_name)s_check", "ix": "%(table_name)s_%(column_0_N_name)s_idx"}
)

BANDS = {"j": "J", "h": "H", "k": "Ks"}
BAND_UCD = {"j": "em.IR.J", "h": "em.IR.H", "k": "em.IR.K"}

_TYPES: dict[str, Any] = {
    "bigint": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "bytea": sa.LargeBinary(),
    "date": sa.Date(),
    "double precision": pg.DOUBLE_PRECISION(),
    "double precision[]": pg.ARRAY(pg.DOUBLE_PRECISION()),
    "integer": sa.Integer(),
    "integer[]": pg.ARRAY(sa.Integer()),
    "jsonb": pg.JSONB(),
    "real": sa.REAL(),
    "real[]": pg.ARRAY(sa.REAL()),
    "smallint": sa.SmallInteger(),
    "text": sa.Text(),
    "text[]": pg.ARRAY(sa.Text()),
    "timestamptz": pg.TIMESTAMP(timezone=True),
}


def column_type(name: str) -> Any:
    """Return the SQLAlchemy type of a PostgreSQL type name used in this project."""
    if width := re.fullmatch(r"character\((\d+)\)", name):
        return sa.CHAR(int(width.group(1)))
    return _TYPES[name]


def col(name: str, kind: str, comment: str, *args: Any, unit: str = "", ucd: str = "", null: bool = True, **keywords: Any) -> "sa.Column[Any]":
    """Describe one column; its comment in the database ends with the unit in brackets."""
    text = f"{comment} [{unit}]" if unit else comment
    return sa.Column(name, column_type(kind), *args, comment=text, nullable=null, info={"unit": unit, "ucd": ucd}, **keywords)


def published_col(column: PublishedColumn, *, null: bool | None = None) -> "sa.Column[Any]":
    """Describe a column of a published table; `null` says whether it can be empty where the published list does not."""
    return col(column.name, column.type, column.comment, unit=column.unit, ucd=column.ucd, null=column.null if null is None else null)


def file_id(*, bulk: bool = False) -> "sa.Column[Any]":
    """Describe the internal column that says which input file a row came from.

    Bulk tables have no foreign key there: checked row by row it takes more time than all the rest of a load.
    """
    checks = [] if bulk else [sa.ForeignKey("deepcal.ingest_file.file_id")]
    return col("file_id", "integer", "Input file the row came from", *checks, ucd="meta.id;meta.file")


def position_checks(ra: str = "ra", dec: str = "dec") -> list[sa.CheckConstraint]:
    """Forbid positions off the sphere (NaN included, since NaN is the greatest number in PostgreSQL)."""
    return [sa.CheckConstraint(f"{ra} >= 0 AND {ra} < 360", name=f"{ra}_range"), sa.CheckConstraint(f"{dec} >= -90 AND {dec} <= 90", name=f"{dec}_range")]
