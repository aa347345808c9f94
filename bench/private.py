"""A private server in a folder of its own, for one run of a bench."""

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deepcal import server
from schema.connection import Connection, connect
from schema.readiness import bring_up_to_date


@contextmanager
def empty_server() -> Iterator[tuple[Connection, Path]]:
    """Run a server, as `deepcal db start` makes it; hand out its database and the folder, whose files it can read."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # the server ends with who asked for it
    with tempfile.TemporaryDirectory(prefix="deepcal-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ["DEEPCAL_HOME"] = name
        os.environ.pop("DEEPCAL_DSN", None)
        try:
            dsn = server.start(lambda text: None)
            bring_up_to_date(dsn, private=True)
            with connect(dsn) as conn:
                conn.autocommit = True
                yield conn, folder
        finally:
            server.stop()


def busy_seconds(conn: Connection) -> float:
    """Return the processor seconds that the server has spent on this connection, without those of its workers."""
    return sum(_times(conn.info.backend_pid)[:2])


def server_seconds(conn: Connection) -> float:
    """Return the processor seconds spent on this connection and by all processes of the server that have ended."""
    status = Path(f"/proc/{conn.info.backend_pid}/status").read_text()
    server_pid = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid:"))
    return busy_seconds(conn) + sum(_times(server_pid)[2:])


def _times(pid: int) -> list[float]:
    """Return the seconds of a process, as user and in the system, and those of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return [int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:15]]
