"""One PostgreSQL cluster in a folder: made, started, stopped, looked at."""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from deepcal import postgres
from schema.errors import ServerError

SUPERUSER = "deepcal"
PORT = 5432
SOCKET_BYTES = 107  # the longest path of a Unix socket that PostgreSQL takes
CRASH_SECONDS = 20  # how long a killed server may keep its number, and its children its memory
DYING = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')
Settings = dict[str, str | int]


@dataclass(frozen=True)
class Cluster:
    """A cluster that listens on a socket only: `data` its folder, `sockets` a 0700 folder, `log` the server's log."""

    data: Path
    sockets: Path
    log: Path

    @cached_property
    def programs(self) -> postgres.Programs:
        """The programs of the version that made the cluster; the newest for one yet to be made."""
        version = self.data / "PG_VERSION"
        return postgres.of_version(int(version.read_text()), self.data) if version.exists() else postgres.newest()

    def dsn(self, database: str) -> str:
        """Return the libpq string of one of the cluster's databases."""
        return make_conninfo("", host=str(self.sockets), port=PORT, user=SUPERUSER, dbname=database)

    def create(self, *options: str) -> None:
        """Make the cluster with initdb; anyone who can enter the socket folder may connect."""
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        postgres.own(unfinished)
        words = ("--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
        done = postgres.run(self.programs["initdb"], "-D", unfinished, *words, *options)
        if done.returncode:
            raise ServerError(f"initdb could not make a database cluster in {self.data}:\n{done.stdout.strip()}")
        unfinished.rename(self.data)

    def start(self, settings: Settings) -> None:
        """Start the server with these settings and wait until it answers.

        Raises
        ------
        ServerError
            It did not start; the message ends with the last lines of its log.
        """
        postgres.own(self.sockets)
        self._check_socket_length()
        self._forget_dead_server()
        self._write_settings(settings)
        patience = time.monotonic() + CRASH_SECONDS
        while (done := self._control("start", "-w", "-t", "300", "-l", str(self.log))).returncode:
            if not any(words in self.tail() for words in DYING) or time.monotonic() > patience:
                raise ServerError(f"the database server in {self.data} does not start:\n{self.tail() or done.stdout}")
            time.sleep(0.5)
            self._forget_dead_server()

    def stop(self) -> None:
        """Stop the server, wait until it is down and remove its socket folder; its clients are disconnected."""
        if self.pid is not None:
            done = self._control("stop", "-m", "fast", "-w", "-t", "300")
            if done.returncode and self.pid is not None:
                raise ServerError(f"the database server in {self.data} does not stop:\n{done.stdout.strip()}")
        with suppress(OSError):  # it holds what is not ours, or was never there
            self.sockets.rmdir()

    @property
    def pid(self) -> int | None:
        """The process of the running server, None when it is down or only its file was left by a crash."""
        return _server_pid(self.data / "postmaster.pid", self.data)

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        if self.pid is None:
            return False
        try:
            psycopg.connect(self.dsn("postgres"), connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    def tail(self, lines: int = 12) -> str:
        """Return the last lines of the server's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def _control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return postgres.run(self.programs["pg_ctl"], words[0], "-D", self.data, "-s", *words[1:])

    def _check_socket_length(self) -> None:
        socket = self.sockets / f".s.PGSQL.{PORT}"
        if len(os.fsencode(socket)) > SOCKET_BYTES:
            raise ServerError(f"the socket path {socket} is longer than {SOCKET_BYTES} bytes: choose a shorter folder")

    def _forget_dead_server(self) -> None:
        # PostgreSQL itself removes files whose process is gone, but not when the number now belongs to another program.
        for name in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{PORT}.lock"):
            if name.exists() and _server_pid(name, self.data) is None:
                name.unlink()

    def _write_settings(self, settings: Settings) -> None:
        own: Settings = {"listen_addresses": "", "unix_socket_directories": f'"{self.sockets}"', "port": PORT}
        lines = [f"{name} = {_quoted(value)}\n" for name, value in (own | settings).items()]
        (self.data / "deepcal.conf").write_text(
            "# Written at every start; use ALTER SYSTEM for your own.\n" + "".join(lines)
        )
        os.chown(self.data / "deepcal.conf", postgres.account().pw_uid, postgres.account().pw_gid)
        main = self.data / "postgresql.conf"
        if "include 'deepcal.conf'" not in main.read_text():
            with main.open("a") as file:
                file.write("\ninclude 'deepcal.conf'\n")


def _quoted(value: str | int) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _server_pid(lock_file: Path, data: Path) -> int | None:
    try:
        pid = int(lock_file.read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
        return None  # PermissionError: a process of somebody else has taken the number over
    process = Path(f"/proc/{pid}")
    try:
        return pid if not process.exists() or (process / "cwd").samefile(data) else None
    except (FileNotFoundError, PermissionError):
        return None
