"""The data folder: DEEPCAL_HOME, or the platform's own place for user data."""

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """Return the data folder, made if it is missing.

    Raises
    ------
    OSError
        The folder cannot be made.
    """
    given = os.environ.get("DEEPCAL_HOME")
    folder = Path(given).expanduser().absolute() if given else platformdirs.user_data_path("deepcal")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
