"""Loops compiled to machine code, kept in folders named by the code: no change can meet machine code of before."""

import ast
import hashlib
import os
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import platformdirs


def compiled(fastmath: bool | set[str] = False) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function, without the interpreter's lock, and keeps the machine code.

    numba looks only at the file of a function, not at functions of other files that were compiled into it. Here every
    module has a folder named by its code and by that of all it imports from its own top-level package.

    Functions that are called are compiled into the caller. Otherwise each caller brings a copy, optimised its own way,
    the first one to be loaded serves all, and the last bits of results depend on what was loaded first.

    Parameters
    ----------
    fastmath : what the compiler may assume of floating-point numbers, as numba names it
    """
    from numba import config, njit  # here, since only rooms with compiled loops need numba

    def decorate(function: Callable[..., Any]) -> Any:
        config.CACHE_DIR = str(folder_of(function.__module__))  # type: ignore[attr-defined]  # set at run time
        return njit(cache=True, nogil=True, fastmath=fastmath, forceinline=True)(function)

    return decorate


@cache
def folder_of(module: str) -> Path:
    """Return the folder for the machine code of a module as it is now; it may be deleted at any time."""
    files: dict[str, bytes] = {}
    _gather(module, module.split(".")[0], files)
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + files[name] for name in sorted(files)))
    return compiled_home() / f"{module}-{digest.hexdigest()[:12]}"


def _gather(module: str, package: str, files: dict[str, bytes]) -> None:
    """Add the source of a module, and of what it imports from the same package, to the files."""
    spec = find_spec(module)
    if module in files or spec is None or spec.origin is None:
        return
    files[module] = Path(spec.origin).read_bytes()
    for name in _imported(files[module]):
        if name.split(".")[0] == package:
            _gather(name, package, files)


def _imported(source: bytes) -> Iterator[str]:
    """Yield the names of modules that a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def compiled_home() -> Path:
    """Return the folder that holds machine code of every version: NUMBA_CACHE_DIR, DEEPCAL_HOME/compiled or the
    platform's cache."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given).absolute()
    if given := os.environ.get("DEEPCAL_HOME"):
        return Path(given).expanduser().absolute() / "compiled"
    return platformdirs.user_cache_path("deepcal") / "compiled"
