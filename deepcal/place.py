"""Where the private cluster lies: in DEEPCAL_HOME, or outside it where the server's account cannot enter."""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from deepcal import postgres
from deepcal.cluster import PORT, SOCKET_BYTES, Cluster

ELSEWHERE = Path("/var/lib/deepcal")
Say = Callable[[str], None]


def cluster_of(folder: Path, say: Say) -> Cluster:
    """Return the cluster of a data folder, choosing where it is to be if it is yet to be made."""
    known = known_cluster(folder)
    if known is not None:
        return known
    if postgres.can_enter(folder):
        return _in_folder(folder / "pg")
    place = _elsewhere(folder)
    say(f"{postgres.account().pw_name} cannot enter {folder}: the database cluster goes to {place}")
    (folder / "cluster").write_text(f"{place}\n")
    return _in_folder(place)


def known_cluster(folder: Path) -> Cluster | None:
    """Return the cluster of a data folder, None where none was begun."""
    record = folder / "cluster"
    place = Path(record.read_text().strip()) if record.exists() else folder / "pg"
    return _in_folder(place) if place.is_dir() else None


def _in_folder(place: Path) -> Cluster:
    place = place.resolve()
    return Cluster(place / "data", _sockets(place), place / "server.log")


def _elsewhere(folder: Path) -> Path:
    """Make a cluster folder outside DEEPCAL_HOME, of a new name each time: an old cluster is never taken for it."""
    ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=ELSEWHERE))
    (place / "home").write_text(f"{folder}\n")
    return place


def _sockets(place: Path) -> Path:
    here = place / "run"
    if len(os.fsencode(here / f".s.PGSQL.{PORT}")) <= SOCKET_BYTES:
        return here
    short = Path("/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - `own` checks
    return short / f"deepcal-{hashlib.sha256(os.fsencode(place)).hexdigest()[:12]}"
