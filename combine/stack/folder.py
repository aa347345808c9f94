"""The folder of a run while it is made: finished bands outlive a kill, and a full disk leaves nothing."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from schema.errors import NoRoom

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def new_folder(folder: Path, needed: int) -> Iterator[Path]:
    """Give a folder to write in, with the bands that a killed build of the same run had finished.

    Parameters
    ----------
    folder : where the run's products will be; the folder to write in lies beside it until it is renamed
    needed : bytes that will be written

    Raises
    ------
    NoRoom
        The disk is too full, now or later. Nothing that was not renamed is left, after any error.
    """
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _take_over(folder, part)
        part.mkdir(exist_ok=True)
        _tidy(part)
        _look_for_room(folder, needed - _size(part))
        yield part
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom(_words(folder, needed)) from error
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def publish(part: Path, folder: Path) -> None:
    """Give the folder its name, once every byte in it is on the disk."""
    for notes in part.glob("*.json"):
        notes.unlink()
    for path in (*part.iterdir(), part):
        _to_disk(path)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    _to_disk(folder.parent)


def keep(part: Path, band: str, found: dict[str, Any]) -> None:
    """Write down that a band is finished, and what belongs into the database of it."""
    files = sorted(part.iterdir())
    for path in files:
        _to_disk(path)
    draft = part / f"{band}.draft"
    draft.write_text(json.dumps({"files": [path.name for path in files], **found}))
    draft.rename(draft.with_suffix(".json"))


def kept(part: Path, band: str) -> dict[str, Any] | None:
    """Return what was written down of a finished band; None where it is not finished."""
    notes = part / f"{band}.json"
    found: dict[str, Any] | None = json.loads(notes.read_text()) if notes.is_file() else None
    return found


def _take_over(folder: Path, part: Path) -> None:
    """Go on with what a killed build of this run has left; clear away what one of another run has."""
    for left in sorted(folder.parent.glob("*.part")):
        if not _alive(int(left.name.split(".")[-2])):
            if left.name.startswith(f"{folder.name}.") and not part.exists():
                left.rename(part)
            else:
                shutil.rmtree(left, ignore_errors=True)


def _tidy(part: Path) -> None:
    """Remove what belongs to no finished band."""
    notes = sorted(part.glob("*.json"))
    wanted = {name for one in notes for name in (one.name, *json.loads(one.read_text())["files"])}
    for path in part.iterdir():
        if path.name not in wanted:
            path.unlink()


def _alive(process: int) -> bool:
    """Tell whether a process of this number runs: what one that was killed left behind can go."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def _look_for_room(folder: Path, needed: int) -> None:
    if shutil.disk_usage(folder.parent).free < needed:
        raise NoRoom(_words(folder, needed))


def _words(folder: Path, needed: int) -> str:
    free = shutil.disk_usage(folder.parent).free
    return (
        f"{folder.parent}: {free / 1e6:,.0f} MB free, the products need {needed / 1e6:,.0f} MB: make room and ask "
        "again; nothing was stored, what was there is as it was"
    )


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
