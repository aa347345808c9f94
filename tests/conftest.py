"""A PostgreSQL of the tests' own: a throwaway server, or a throwaway database on the server that DEEPCAL_DSN names."""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from deepcal import postgres, server
from deepcal.cluster import Cluster, Settings
from schema.compiled import compiled_home
from schema.connection import Connection, connect
from schema.upgrade import upgrade

os.environ["NUMBA_CACHE_DIR"] = str(compiled_home())  # homes of single tests share what is compiled

Command = Callable[..., subprocess.CompletedProcess[str]]
QUICK: Settings = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": 40,
    "jit": "off",
    "autovacuum": "off",  # plans and the order of rows on disk depend on the tests alone
}


@dataclass(frozen=True)
class Databases:
    """Where test databases are made: `admin` is the libpq string of a database to connect to for that."""

    admin: str

    @contextmanager
    def new(self, template: str = "template0") -> Iterator[str]:
        """Make a database, hand out its libpq string, drop it in the end."""
        name = f"deepcal_test_{uuid.uuid4().hex[:12]}"
        self._run(SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        try:
            yield make_conninfo(self.admin, dbname=name)
        finally:
            self._run(SQL("DROP DATABASE {} WITH (FORCE)"), name)

    def _run(self, statement: SQL, *names: str) -> None:
        with connect(self.admin) as conn:
            conn.autocommit = True
            conn.execute(statement.format(*map(Identifier, names)))


@contextmanager
def short_folder() -> Iterator[Path]:
    """Make a folder with a short path, since that of a socket in it must be; remove it in the end."""
    folder = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def throwaway_server() -> Iterator[str]:
    """Run a server in a temporary folder; its data are worth nothing."""
    with short_folder() as folder:
        postgres.own(folder)
        cluster = Cluster(folder / "data", folder / "run", folder / "log")
        cluster.create("--no-sync")
        try:
            cluster.start(QUICK)
            yield cluster.dsn("postgres")
        finally:
            cluster.stop()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The place where test databases are made."""
    if given := os.environ.get("DEEPCAL_DSN"):
        yield Databases(given)
    else:
        with throwaway_server() as admin:
            yield Databases(admin)


@pytest.fixture(scope="session")
def template(databases: Databases) -> Iterator[str]:
    """Name of an upgraded, empty database nobody stays connected to."""
    with databases.new() as dsn:
        with connect(dsn) as conn:
            upgrade(conn)
            name = conn.info.dbname
        yield name


@pytest.fixture(scope="session")
def fresh_database(databases: Databases, template: str) -> Callable[[], AbstractContextManager[str]]:
    """Return a context manager factory: `with fresh_database() as dsn:` is an upgraded database of one's own."""
    return lambda: databases.new(template)


@pytest.fixture(scope="session")
def dsn(databases: Databases, template: str) -> Iterator[str]:
    """An upgraded database for the tests that roll back what they do."""
    with databases.new(template) as made:
        yield made


@pytest.fixture
def conn(dsn: str) -> Iterator[Connection]:
    """A connection whose work is rolled back; `conn.transaction()` inside makes savepoints."""
    with connect(dsn) as opened, opened.transaction(force_rollback=True):
        yield opened


@contextmanager
def data_folder() -> Iterator[Path]:
    """Make a data folder and name it in DEEPCAL_HOME; stop the private server that was started in it."""
    with short_folder() as folder, pytest.MonkeyPatch.context() as patch:
        folder.chmod(0o755)  # the account of the server enters it
        patch.setenv("DEEPCAL_HOME", str(folder))
        yield folder
        patch.setenv("DEEPCAL_HOME", str(folder))
        server.stop()


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder of the test's own, named by DEEPCAL_HOME."""
    with data_folder() as folder:
        yield folder


@pytest.fixture
def command() -> Command:
    """Return a function that runs the `deepcal` command with some words, as a user would."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "deepcal", *words], capture_output=True, text=True, timeout=300)

    return run


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real 2MASS data."""
    given = os.environ.get("DEEPCAL_REALDATA")
    if not given:
        pytest.skip("DEEPCAL_REALDATA names no folder of real 2MASS data")
    return Path(given)
