"""What a database and its machine lack, and how to mend it."""

import shutil
from dataclasses import dataclass, field

from deepcal import catalog_cells, catalog_indexes, order, server
from deepcal.home import home
from deepcal.postgres import OLDEST
from schema import rights, state
from schema.connection import Connection, connect
from schema.errors import ServerError
from sql import load

GB = 1 << 30
ROOM = 4 * GB  # the demo needs 3 GB; a server that runs out of disk stops
SMALL = 64 << 20  # a table that stays in memory whatever its order
IN_ORDER = 0.9  # share of neighbouring rows
UPGRADE = "run `deepcal db upgrade`"
ADMINISTRATOR = "the server's administrator runs the SQL below"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `mend` says what to do where it is not as it should be."""

    what: str
    ok: bool
    found: str
    mend: str = ""


@dataclass(frozen=True)
class Report:
    """All checks, and the SQL that only the server's administrator may run."""

    ok: bool
    checks: list[Check]
    sql: list[str] = field(default_factory=list)


def examine() -> Report:
    """Look at the server (the private one is started if it is down), its database and the disk."""
    disk = _disk()
    try:
        conn = connect(server.foreign_dsn() or server.start())
    except ServerError as error:
        return Report(False, [Check("server", False, str(error), "mend what the message says"), disk])
    with conn:
        mine = rights.of(conn)
        looks = (_version, _durable, _q3c, _pg_sphere)
        checks = [*(look(conn) for look in looks), _labels(conn, mine), _state(conn), _roles(conn, mine)]
        checks += [_indexes(conn), _cells(conn), *_order(conn), disk]
        sql = [] if mine.is_superuser else _for_administrator(conn, mine)
    return Report(all(check.ok for check in checks), checks, sql)


def _version(conn: Connection) -> Check:
    major = conn.info.server_version // 10000
    return _judge("server version", major >= OLDEST, f"PostgreSQL {major}", f"use PostgreSQL {OLDEST} or newer")


def _durable(conn: Connection) -> Check:
    names = [name for (name,) in conn.execute(load("schema/durable.sql"))]
    found = " and ".join(names) + " off: a crash can lose data" if names else "a crash loses nothing"
    return _judge("durability", not names, found, "ALTER SYSTEM RESET what is off, and restart the server")


def _q3c(conn: Connection) -> Check:
    version = _extension(conn, "q3c")
    return _judge(
        "q3c", version is not None, version or "not in this database", f"install postgresql-NN-q3c, {UPGRADE}"
    )


def _pg_sphere(conn: Connection) -> Check:
    return Check("pg_sphere", True, _extension(conn, "pg_sphere") or "not there; only regions would use it")


def _labels(conn: Connection, mine: rights.Rights) -> Check:
    missing = len(_unlabelled(conn))
    found = f"{missing} functions keep sky joins on one core" if missing else "sky joins may use every core"
    return _judge("q3c labels", not missing, found, UPGRADE if mine.is_superuser else ADMINISTRATOR)


def _state(conn: Connection) -> Check:
    present, wanted = state.of_database(conn), state.of_installation()
    found = f"revision {present.revision}, definitions {present.definitions}" if present else "never upgraded"
    return _judge("tables", present == wanted, found, f"{UPGRADE} (to {wanted.revision}, {wanted.definitions})")


def _roles(conn: Connection, mine: rights.Rights) -> Check:
    if not mine.roles_exist:
        return Check("roles", False, "missing", UPGRADE if mine.makes_roles else f"{ADMINISTRATOR}; then {UPGRADE}")
    faults = [text for (text,) in conn.execute(load("schema/role_faults.sql"))]
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return _judge("roles", not faults, f"{faults[0]}{more}" if faults else "owner, writer, reader", UPGRADE)


def _indexes(conn: Connection) -> Check:
    lacking = catalog_indexes.lacking(conn)
    found = f"an interrupted load has left out those of {' and '.join(lacking)}" if lacking else "all there"
    return _judge("catalogue indexes", not lacking, found, f"{UPGRADE}, or the load again")


def _cells(conn: Connection) -> Check:
    if state.of_database(conn) != state.of_installation() or catalog_indexes.lacking(conn):
        return Check("catalogue cells", True, "not looked at before the above is mended")
    faults = catalog_cells.faults(conn)
    mend = " and ".join(f"`deepcal db upgrade --refill {fault.kind}`" for fault in faults)
    return _judge("catalogue cells", not faults, "; ".join(map(str, faults)) or "hold their catalogues", mend)


def _order(conn: Connection) -> list[Check]:
    """Look how the rows of the sky tables lie on disk; where they are few it does not matter."""
    checks = []
    for table in order.sky_tables(conn):
        share = order.neighbours_in_order(conn, table)
        if share is not None:
            known = "not analyzed" if table.correlation is None else f"correlation {table.correlation:.3f}"
            found = f"{share:.1%} of neighbouring rows in q3c order, {known}"
            ok = share >= IN_ORDER or table.size < SMALL
            checks.append(_judge(f"order of {table.name}", ok, found, f"`deepcal db upgrade --reorder {table.name}`"))
    return checks


def _disk() -> Check:
    folders = {path for path in (home(), server.cluster_folder()) if path is not None}
    free, place = min((shutil.disk_usage(path).free, path) for path in folders)
    return _judge("disk", free >= ROOM, f"{free / GB:.1f} GB free at {place}", f"free {ROOM / GB:.0f} GB or more")


def _for_administrator(conn: Connection, mine: rights.Rights) -> list[str]:
    sql = [] if _extension(conn, "q3c") else [load("schema/extension.sql").decode()]
    if not (mine.roles_exist or mine.makes_roles):
        sql += [load("schema/roles.sql").decode(), f'GRANT deepcal_owner TO "{mine.name}";']
    return sql + _unlabelled(conn)


def _unlabelled(conn: Connection) -> list[str]:
    return [text for (text,) in conn.execute(load("schema/unlabelled.sql"))]


def _extension(conn: Connection, name: str) -> str | None:
    row = conn.execute(load("schema/extension_version.sql"), {"name": name}).fetchone()
    return str(row[0]) if row else None


def _judge(what: str, ok: bool, found: str, mend: str) -> Check:
    return Check(what, ok, found, "" if ok else mend)
