"""The refresh of the matches by the clock: pg_cron in the server, else lines for systemd or cron, to be installed.

The clock is a trigger only: what is true stands in deepcal.xmatch_run, and a lock keeps two refreshes apart.
"""

import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.errors import InsufficientPrivilege

from deepcal.home import home
from schema.connection import Connection
from schema.errors import BadArgument, NotReady
from sql import load

MINUTES = {"min": 1, "h": 60, "d": 1440}


@dataclass(frozen=True)
class Schedule:
    """The schedule and the last refresh; `lines` are to be installed by hand where pg_cron is missing."""

    by: str
    when: str | None = None
    last_trigger: str | None = None
    last_run: int | None = None
    last_started: datetime | None = None
    last_state: str | None = None
    last_error: str | None = None
    lines: list[str] = field(default_factory=list)


def install(conn: Connection, every: str) -> Schedule:
    """Have the matches refreshed every so often.

    Raises
    ------
    BadArgument
        `every` is no such time.
    NotReady
        pg_cron is loaded, but this role may not make the extension.
    """
    when = cron(every)
    if not _cron_works(conn, make=True):
        return Schedule("nothing yet: pg_cron is not loaded in this server", lines=_lines(every, when))
    conn.execute(load("crossmatch/cron_schedule.sql"), {"when": when})
    return status(conn)


def remove(conn: Connection) -> Schedule:
    """Have the matches refreshed no longer."""
    if _cron_works(conn):
        conn.execute(load("crossmatch/cron_remove.sql"))
        return status(conn)
    here = ["systemctl --user disable --now deepcal-xmatch.timer", "crontab -e   # take the line with deepcal out"]
    return Schedule("whatever was installed by hand", lines=here)


def status(conn: Connection) -> Schedule:
    """Look at the schedule and the last refresh."""
    works = _cron_works(conn)
    job = conn.execute(load("crossmatch/cron_job.sql")).fetchone() if works else None
    when, state, message, _ = job or (None, None, None, None)
    last = conn.execute(load("crossmatch/last_refresh.sql")).fetchone() or (None, None, None, None)
    by = "pg_cron" if job else "nothing" if works else "whatever was installed by hand: pg_cron is not loaded here"
    return Schedule(by, when, f"{state}: {message}" if state else None, *last)


def words(found: Schedule) -> list[str]:
    """Say a schedule in lines for people."""
    told = [f"refreshed by    {found.by}" + (f" at {found.when} (minute hour day month weekday)" if found.when else "")]
    if found.last_trigger:
        told.append(f"last trigger    {found.last_trigger}")
    if found.last_run:
        told.append(f"last refresh    {found.last_run}, {found.last_started:%Y-%m-%d %H:%M:%S}, {found.last_state}")
    if found.last_error:
        told.append(f"error           {found.last_error}")
    return told + (["", *found.lines] if found.lines else [])


def cron(every: str) -> str:
    """Return the times of cron for an interval.

    Raises
    ------
    BadArgument
        It is no number of minutes, hours or days that divides an hour, a day or a month's days.
    """
    found = re.fullmatch(r"(\d+)\s*(min|h|d)", every.strip())
    minutes = int(found[1]) * MINUTES[found[2]] if found else 0
    if 0 < minutes < 60 and 60 % minutes == 0:
        return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"
    if minutes % 60 == 0 and 0 < minutes < 1440 and 1440 % minutes == 0:
        return "17 * * * *" if minutes == 60 else f"17 */{minutes // 60} * * *"
    if minutes == 1440:
        return "17 3 * * *"
    raise BadArgument(f"--every {every}: expected minutes that divide an hour, hours that divide a day, or 1d")


def _cron_works(conn: Connection, *, make: bool = False) -> bool:
    loaded, made, here = conn.execute(load("crossmatch/cron_there.sql")).fetchall()[0]
    if not made and loaded and here and make:
        try:
            conn.execute(load("crossmatch/cron_make.sql"))
        except InsufficientPrivilege as error:
            raise NotReady("pg_cron: a superuser runs CREATE EXTENSION pg_cron in this database first") from error
        return True
    return bool(loaded and made)


def _lines(every: str, when: str) -> list[str]:
    command = f"{shutil.which('deepcal') or f'{sys.executable} -m deepcal'} xmatch refresh"
    names = [name for name in ("DEEPCAL_DSN", "DEEPCAL_HOME") if os.environ.get(name)]
    settings = {name: os.environ[name] for name in names} or {"DEEPCAL_HOME": str(home())}
    given = " ".join(f"{name}='{value}'" for name, value in settings.items())
    keep = " ".join(f"--setenv={name}='{value}'" for name, value in settings.items())
    return [
        "a systemd timer, as long as the machine runs:",
        f"  systemd-run --user --unit=deepcal-xmatch --on-active=1min --on-unit-active={every} {keep} {command}",
        "or a line for `crontab -e`:",
        f"  {when} {given} {command} --json",
    ]
