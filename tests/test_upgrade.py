"""The upgrade: from nothing, twice, at once, by a role without power, and never backwards."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from importlib.resources import files

import pytest
from psycopg.sql import SQL, Identifier

from schema import state
from schema.connection import Connection, connect
from schema.errors import NotReady
from schema.readiness import bring_up_to_date
from schema.settings import described
from schema.upgrade import upgrade
from tests.conftest import Databases

Fresh = Callable[[], AbstractContextManager[str]]


@pytest.fixture
def fresh(fresh_database: Fresh) -> Iterator[Connection]:
    """A connection to an upgraded database of the test's own."""
    with fresh_database() as dsn, connect(dsn) as conn:
        yield conn


def test_an_empty_database_is_upgraded_and_a_second_time_nothing_is_new(databases: Databases) -> None:
    with databases.new() as dsn, connect(dsn) as conn:
        assert f"tables at revision {state.of_installation().revision}" in upgrade(conn)
        assert upgrade(conn) == []


def test_two_upgrades_at_once_wait_for_each_other(databases: Databases) -> None:
    def run(dsn: str) -> list[str]:
        with connect(dsn) as conn:
            return upgrade(conn)

    with databases.new() as dsn, ThreadPoolExecutor() as pool:
        news = list(pool.map(run, [dsn, dsn]))
    assert sorted(map(bool, news)) == [False, True]


def test_a_setting_nobody_changed_follows_a_new_version(fresh: Connection) -> None:
    fresh.execute("UPDATE setting SET value = '{6}', preset = '{6}' WHERE name = 'exptime'")
    fresh.execute("UPDATE setting SET value = '{9}', preset = '{6}' WHERE name = 'fwhm_per_shape'")
    fresh.execute("DELETE FROM setting WHERE name = 'zp_ref'")  # a row more
    fresh.commit()
    assert upgrade(fresh) == ["3 settings"]
    rows = fresh.execute(
        "SELECT value, preset FROM setting WHERE name IN ('exptime', 'fwhm_per_shape') ORDER BY name"
    ).fetchall()
    assert rows == [([7.8], [7.8]), ([9.0], [2.8])]


def test_an_upgrade_keeps_rows_and_settings_that_somebody_changed(fresh: Connection) -> None:
    fresh.execute("UPDATE setting SET value = '{9}' WHERE name = 'exptime'")
    fresh.execute("DELETE FROM setting WHERE name = 'zp_ref'")
    fresh.commit()
    assert upgrade(fresh) == ["1 settings"]
    assert fresh.execute("SELECT value FROM setting WHERE name = 'exptime'").fetchone() == ([9.0],)
    assert fresh.execute("SELECT count(*) FROM setting").fetchone() == (len(described()),)


def test_an_upgrade_makes_lost_definitions_again(fresh: Connection) -> None:
    fresh.execute("DROP FUNCTION add_tile_partition")
    fresh.commit()
    upgrade(fresh)
    assert fresh.execute("SELECT add_tile_partition(90001)::text").fetchone() == ("detection_90001",)


def test_a_view_of_a_users_own_is_named_and_not_dropped(fresh: Connection) -> None:
    fresh.execute("CREATE VIEW public.mine AS SELECT deepcal.add_tile_partition(tile) FROM field")
    fresh.commit()
    with pytest.raises(NotReady, match="view mine"):
        upgrade(fresh)
    assert fresh.execute("SELECT count(*) FROM public.mine").fetchone() == (0,)


def test_a_database_ahead_of_this_installation_is_refused(fresh: Connection) -> None:
    fresh.execute("COMMENT ON TABLE alembic_version IS 'Migration state: revision 9999, definitions 0123456789ab'")
    fresh.commit()
    with pytest.raises(NotReady, match="revision 9999"):
        bring_up_to_date(fresh.info.dsn, private=False)
    with pytest.raises(NotReady, match="update deepcal"):
        upgrade(fresh)


def test_a_shared_database_waits_with_new_definitions_and_a_private_one_takes_them(fresh: Connection) -> None:
    mine = state.of_installation()
    fresh.execute(
        f"COMMENT ON TABLE alembic_version IS 'Migration state: revision {mine.revision}, definitions old'".encode()
    )
    fresh.commit()
    for private, definitions in ((False, "old"), (True, mine.definitions)):
        bring_up_to_date(fresh.info.dsn, private=private)
        assert state.of_database(fresh) == state.State(mine.revision, definitions)
        fresh.rollback()


def test_revisions_are_numbered_without_a_gap() -> None:
    names = sorted(
        entry.name for entry in files("schema").joinpath("migrations", "versions").iterdir() if entry.name[0] == "r"
    )
    numbers = sorted({int(name[1:5]) for name in names})
    assert numbers == list(range(1, len(numbers) + 1))


@contextmanager
def role(admin: Connection) -> Iterator[str]:
    """Make a role without any power, and drop it with what it owns."""
    name = Identifier(admin.info.dbname)
    admin.execute(SQL("CREATE ROLE {} LOGIN").format(name))
    admin.commit()
    try:
        yield admin.info.dbname
    finally:
        admin.execute(SQL("REASSIGN OWNED BY {0} TO CURRENT_USER; DROP OWNED BY {0}; DROP ROLE {0}").format(name))
        admin.commit()


def test_a_role_that_owns_only_its_database_can_upgrade_it(databases: Databases) -> None:
    with databases.new() as dsn, connect(dsn) as admin, role(admin) as name:
        admin.execute("CREATE EXTENSION q3c SCHEMA public")
        admin.execute(SQL("ALTER DATABASE {0} OWNER TO {0}").format(Identifier(name)))
        admin.commit()
        with connect(dsn, role=name) as conn:
            assert any("tables" in text for text in upgrade(conn))
            assert upgrade(conn) == []


def test_a_role_without_rights_is_told_who_upgrades(databases: Databases) -> None:
    with databases.new() as dsn, connect(dsn) as admin, role(admin) as name, connect(dsn, role=name) as conn:
        with pytest.raises(NotReady, match="its owner runs"):
            upgrade(conn)
        conn.close()
