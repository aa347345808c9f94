"""The simulated field of the demo: made once, recognised by its manifest, and never mixed with anything else."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import simulate
from schema.code import code_digest
from schema.connection import Connection
from schema.errors import BadArgument
from schema.progress import Progress
from sql import load

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Wish:
    """What the demo is to simulate: the arguments of `simulate.field`."""

    tile: int = 90161
    scans: int = 60
    seed: int = 1
    form: str = "strips"
    crowding: str = "medium"


@dataclass(frozen=True)
class Field:
    """The field in its folder: `made` is False where it was there already, `old` True where other code made it."""

    folder: Path
    made: bool
    old: bool


def prepare(wish: Wish, folder: Path, progress: Progress) -> Field:
    """Make the field unless it is there.

    Raises
    ------
    BadArgument
        The folder holds another field.
    """
    manifest = folder / MANIFEST
    code = code_digest("simulate", "schema")
    if manifest.is_file():
        told = json.loads(manifest.read_text())
        if told["wish"] != asdict(wish):
            raise BadArgument(f"the demo of tile {wish.tile} was made with {_words(told['wish'])}; --fresh replaces it")
        if _there(folder, told["files"]):
            return Field(folder, made=False, old=told["code"] != code)
    made = simulate.field(**asdict(wish), out=folder, progress=progress)
    paths = [
        made.tiles,
        made.standards,
        made.scan,
        made.psc,
        made.xsc,
        *made.detections,
        *made.images,
        *made.truth.values(),
    ]
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in paths}
    manifest.write_text(json.dumps({"wish": asdict(wish), "code": code, "files": sizes}, indent=1))
    return Field(folder, made=True, old=False)


def refuse_strangers(conn: Connection, tile: int, folder: Path) -> None:
    """Check that the demo's rows meet no others.

    Raises
    ------
    BadArgument
        The database has scans of the tile, or catalogue stars in its field, that are not the demo's.
    """
    with conn.transaction():
        found = conn.execute(load("demo/strangers.sql"), {"tile": tile, "folder": f"{folder}/"}).fetchone()
    if found is not None:
        raise BadArgument(
            f"the database already holds {found[1]} of tile {tile} from {found[0]}: the demo would mix with them. "
            "Choose another --tile, or another DEEPCAL_HOME"
        )


def forget(conn: Connection, tile: int, folder: Path, home: Path) -> None:
    """Remove the demo of a tile: its rows, its files, its stacks."""
    refuse_strangers(conn, tile, folder)
    which: dict[str, Any] = {"tile": str(tile), "folder": f"{folder}/"}
    with conn.transaction():
        conn.execute(load("demo/forget_which.sql"), which)
        conn.execute(load("demo/forget.sql"))
    for gone in (folder, home / "products" / str(tile)):
        shutil.rmtree(gone, ignore_errors=True)


def _there(folder: Path, sizes: dict[str, int]) -> bool:
    return all((path := folder / name).is_file() and path.stat().st_size == size for name, size in sizes.items())


def _words(wish: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in wish.items() if name != "tile")
