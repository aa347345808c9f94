"""The private database server under DEEPCAL_HOME, or the one that DEEPCAL_DSN names."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from deepcal import machine, postgres
from deepcal.cluster import Cluster, Settings
from deepcal.home import home
from deepcal.place import Say, cluster_of, known_cluster
from schema.connection import connect
from schema.errors import ServerError
from schema.readiness import bring_up_to_date

DATABASE = "deepcal"
LOG_BYTES = 16 << 20


@dataclass(frozen=True)
class Status:
    """What is known of the server: `private` is False for one that DEEPCAL_DSN names; `dsn` holds no password."""

    private: bool
    running: bool
    dsn: str
    folder: str | None = None
    log: str | None = None
    pid: int | None = None


def foreign_dsn() -> str | None:
    """Return DEEPCAL_DSN, None where the private server is meant."""
    return os.environ.get("DEEPCAL_DSN") or None


def on_stderr(text: str) -> None:
    """Tell the user something once, where it spoils no output."""
    print(text, file=sys.stderr)


def ensure_dsn(say: Say = on_stderr) -> str:
    """Return the libpq string of a running server with an upgraded database.

    DEEPCAL_DSN if it is set; otherwise the private server, made and started if needed, which is left running.

    Raises
    ------
    ServerError
        The server cannot be made, started or reached.
    NotReady
        A foreign database needs an upgrade that this role may not make.
    """
    dsn = foreign_dsn() or start(say)
    bring_up_to_date(dsn, private=foreign_dsn() is None)
    return dsn


def start(say: Say = on_stderr) -> str:
    """Start the private server unless it runs, make its database unless it exists, and return the libpq string."""
    folder = home()
    with _lock(folder):
        cluster = cluster_of(folder, say)
        if not (cluster.data / "PG_VERSION").exists():
            say(f"making a PostgreSQL {cluster.programs.major} database cluster in {cluster.data.parent}")
            _make(cluster)
        if not cluster.answers():
            _rotate(cluster.log)
            cluster.start(machine.tuned(machine.memory(), os.cpu_count() or 1) | _clock(cluster))
        _make_database(cluster)
        return cluster.dsn(DATABASE)


def stop() -> bool:
    """Stop the private server; return whether it was running."""
    folder = home()
    with _lock(folder):
        cluster = known_cluster(folder)
        was_running = cluster is not None and cluster.pid is not None
        if cluster is not None:
            cluster.stop()
        return was_running


def status() -> Status:
    """Look at the server without starting or changing anything."""
    if dsn := foreign_dsn():
        shown = make_conninfo("", **conninfo_to_dict(dsn) | {"password": None})
        return Status(private=False, running=_reachable(dsn), dsn=shown)
    folder = home()
    with _ours(folder):
        cluster = known_cluster(folder)
        if cluster is None:
            return Status(private=True, running=False, dsn="")
        where = str(cluster.data.parent), str(cluster.log)
        return Status(True, cluster.answers(), cluster.dsn(DATABASE), *where, cluster.pid)


def cluster_folder() -> Path | None:
    """Return the folder of the private server's cluster, None where DEEPCAL_DSN is set or none was made yet."""
    cluster = None if foreign_dsn() else known_cluster(home())
    return cluster.data.parent if cluster else None


def _reachable(dsn: str) -> bool:
    try:
        connect(dsn).close()
    except ServerError:
        return False
    return True


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with _ours(folder), (folder / "server.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _ours(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise ServerError(
            f"{error.filename} belongs to another user: work as that user, or set DEEPCAL_HOME to a folder of your own "
            f"(it is {folder})"
        ) from error


def _make(cluster: Cluster) -> None:
    postgres.own(cluster.data.parent)
    cluster.create("--data-checksums")


def _clock(cluster: Cluster) -> Settings:
    """Return what loads pg_cron where it is installed: its jobs need no connection of their own then."""
    if not cluster.programs.has_cron:
        return {}
    own = {"cron.database_name": DATABASE, "cron.use_background_workers": "on"}
    return {"shared_preload_libraries": "pg_cron", **own}


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _make_database(cluster: Cluster) -> None:
    with connect(cluster.dsn("postgres")) as conn:
        conn.autocommit = True
        names = {name for (name,) in conn.execute("SELECT datname FROM pg_database")}
        if DATABASE not in names:
            conn.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(DATABASE)))
