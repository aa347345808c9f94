"""The PostgreSQL programs of this machine: found, and run as a user they accept."""

import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from schema.errors import ServerError

OLDEST = 15
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql@*/bin")
NOT_FOUND = (
    f"no PostgreSQL {OLDEST} or newer with q3c on this machine: run `make setup`, "
    "or name a server that has both in DEEPCAL_DSN"
)


@dataclass(frozen=True)
class Programs:
    """The programs of one PostgreSQL version."""

    folder: Path
    major: int
    has_q3c: bool
    has_cron: bool = False

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)


@cache
def installed() -> tuple[Programs, ...]:
    """Return the PostgreSQL versions on this machine that are new enough, newest first."""
    found = {programs.folder.resolve(): programs for folder in _folders() if (programs := _look(folder))}
    return tuple(sorted(found.values(), key=lambda programs: -programs.major))


def newest() -> Programs:
    """Return the newest version that has q3c.

    Raises
    ------
    ServerError
        There is none.
    """
    for programs in installed():
        if programs.has_q3c:
            return programs
    raise ServerError(NOT_FOUND)


def of_version(major: int, data: Path) -> Programs:
    """Return the programs of one version, for the existing cluster in `data`.

    Raises
    ------
    ServerError
        That version is not installed (any more), or lacks q3c.
    """
    for programs in installed():
        if programs.major == major and programs.has_q3c:
            return programs
    raise ServerError(
        f"the database in {data} was made by PostgreSQL {major}, which is not installed with q3c: install "
        f"postgresql-{major}-q3c, or move that folder away and load the data again"
    )


def _folders() -> Iterator[Path]:
    for pattern in PLACES:
        yield from Path("/").glob(pattern.lstrip("/"))
    if config := shutil.which("pg_config"):
        yield Path(_ask(config, "--bindir"))


def _ask(config: str, option: str) -> str:
    return subprocess.run([config, option], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - a program we found


def _look(folder: Path) -> Programs | None:
    config = folder / "pg_config"
    if not (config.exists() and (folder / "initdb").exists()):
        return None
    major = int(re.findall(r"\d+", _ask(str(config), "--version"))[0])
    if major < OLDEST:
        return None
    control = Path(_ask(str(config), "--sharedir")) / "extension" / "q3c.control"
    clock = Path(_ask(str(config), "--pkglibdir")) / "pg_cron.so"
    return Programs(folder, major, control.exists(), clock.exists())


@cache
def account() -> pwd.struct_passwd:
    """Return the account the server runs under: our own, but `postgres` for root, whom PostgreSQL refuses.

    Raises
    ------
    ServerError
        We are root and there is no `postgres` account.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise ServerError("PostgreSQL does not run as root, and there is no `postgres` account to run it") from error


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program as the server's account, from `/` and without any PG* variable; stderr is joined to stdout."""
    who = account()
    other = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if os.geteuid() != who.pw_uid else {}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment |= {"HOME": who.pw_dir, "LC_ALL": "C.UTF-8"}
    return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - programs found above
        [str(word) for word in command],
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **other,
    )


def can_enter(folder: Path) -> bool:
    """Tell whether the server's account can enter a folder."""
    return run("test", "-x", folder).returncode == 0


def own(folder: Path) -> None:
    """Make a folder that only the server's account may enter, with every missing folder above it.

    Raises
    ------
    ServerError
        Something is there that belongs to somebody else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account().pw_uid):
        raise ServerError(f"{folder} is not ours: remove it")
    os.chown(folder, account().pw_uid, account().pw_gid)
    folder.chmod(0o700)
