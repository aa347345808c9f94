"""Where compiled loops are kept: a folder named by the code, so that no change can meet machine code of before."""

import os
from pathlib import Path

import platformdirs

from schema.code import code_digest


def keep_compiled(package: str) -> Path:
    """Let numba keep what it compiles for a package in a folder of this version of its code.

    numba looks only at the file of a function, not at the functions that were compiled into it from other files.

    Parameters
    ----------
    package : name of a top-level package; every Python file below it counts

    Returns
    -------
    The folder, below NUMBA_CACHE_DIR, DEEPCAL_HOME or the platform's cache; it may be deleted at any time.
    """
    from numba import config  # here, since only rooms with compiled loops need numba

    folder = compiled_home() / f"{package}-{code_digest(package)}"
    config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # numba sets its options at run time
    return folder


def compiled_home() -> Path:
    """Return the folder that holds machine code of every version."""
    if given := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(given).absolute()
    if given := os.environ.get("DEEPCAL_HOME"):
        return Path(given).expanduser().absolute() / "compiled"
    return platformdirs.user_cache_path("deepcal") / "compiled"
