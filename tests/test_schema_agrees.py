"""The metadata and the database say the same, and the database explains itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import sqlalchemy as sa

from schema.connection import Connection, connect, engine
from schema.tables import metadata
from schema.upgrade import upgrade
from tests.conftest import Databases

Catalog = dict[str, str]
SKY_INDEXES = {
    "deepcal.detection",
    "deepcal.image",
    "deepcal.merged_source",
    "deepcal.scan",
    "deepcal.source",
    "twomass.psc",
    "twomass.xsc",
}


def catalog(conn: Connection) -> Catalog:
    conn.execute("SET LOCAL search_path = public")
    rows = conn.execute(Path(__file__).with_name("catalog.sql").read_bytes()).fetchall()
    return {name: detail for name, detail in rows if "alembic_version" not in name}


def from_metadata(databases: Databases) -> Catalog:
    """Return the catalog of a database made from the metadata alone, without migrations."""
    with databases.new() as dsn:
        with engine(dsn, poolclass=sa.NullPool).begin() as conn:
            conn.execute(sa.schema.CreateSchema("twomass"))
            conn.execute(sa.schema.CreateSchema("deepcal"))
            metadata.create_all(conn)
        with connect(dsn) as conn:
            return catalog(conn)


def test_the_migrations_make_what_the_metadata_describe(databases: Databases, conn: Connection) -> None:
    found = catalog(conn)
    sky = {name: detail for name, detail in found.items() if "q3c_ang2ipix" in detail}
    assert {name: detail for name, detail in found.items() if name not in sky} == from_metadata(databases)
    assert {name.removeprefix("index ").removesuffix("_q3c_idx") for name in sky} == SKY_INDEXES


def test_every_table_view_and_column_has_a_comment(conn: Connection) -> None:
    silent = conn.execute(Path(__file__).with_name("silent.sql").read_bytes()).fetchall()
    assert silent == []


def test_comments_are_mended_by_an_upgrade(fresh_database: Callable[[], AbstractContextManager[str]]) -> None:
    with fresh_database() as dsn, connect(dsn) as conn:
        conn.execute("COMMENT ON COLUMN deepcal.scan.hemis IS NULL")
        conn.commit()
        assert upgrade(conn) == ["1 comments"]
