"""How planted things are marked in pictures."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from deepcal.report.style import GOLD, SECOND, SOFT, THIRD

SCAN_LIMIT = {"j": 16.4, "h": 15.5, "k": 14.8}  # mag, faintest objects that are marked in a scan
FIELD_LIMIT = {"j": 15.5, "h": 15.0, "k": 14.5}  # mag, faintest objects over the field
SPOTS = {"latent": ("latent image", SECOND), "glint": ("glint", GOLD), "hot": ("hot pixel", THIRD)}
MARKS = {"stripe": SOFT, "banding": SOFT}
FAULT = "#cc3311"


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table, their values by name."""
    return iter(table.itertuples())
