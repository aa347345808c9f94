"""The data folder: DEEPCAL_HOME, or the platform's own place for user data."""

import os
from pathlib import Path

import platformdirs

from schema.errors import BadArgument


def home() -> Path:
    """Return the data folder, made if it is missing.

    Raises
    ------
    BadArgument
        The folder cannot be made.
    """
    given = os.environ.get("DEEPCAL_HOME")
    folder = Path(given).expanduser().absolute() if given else platformdirs.user_data_path("deepcal")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadArgument(f"DEEPCAL_HOME {folder} cannot be used ({error.strerror}): name another folder") from error
    return folder
