"""The upgrade: from nothing, twice, and what it leaves."""

from schema.connection import connect
from schema.upgrade import upgrade
from tests.conftest import Databases


def test_an_empty_database_is_upgraded_and_a_second_time_nothing_is_new(databases: Databases) -> None:
    with databases.new() as dsn, connect(dsn) as conn:
        assert "tables at revision 0001" in upgrade(conn)
        assert upgrade(conn) == []
