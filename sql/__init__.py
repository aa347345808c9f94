"""Every statement PostgreSQL runs, one .sql file each."""

from functools import cache
from importlib.resources import files


@cache
def load(name: str) -> bytes:
    """Return the text of one statement file.

    Parameters
    ----------
    name : str
        Path below this folder, for example ``"ingest/scan.sql"``.

    Raises
    ------
    FileNotFoundError
        No such statement file is installed.
    """
    return files(__name__).joinpath(name).read_bytes()
