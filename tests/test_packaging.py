"""Our packages have plain names: nobody else may provide them, and the front door opens at once."""

import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

OURS = ["combine", "crossmatch", "deepcal", "ingest", "schema", "simulate", "sql"]
SLOW = {"alembic", "astropy", "matplotlib", "numba", "numpy", "pandas", "psycopg", "pyarrow", "scipy", "sqlalchemy"}


@pytest.mark.parametrize("name", OURS)
def test_a_package_of_ours_is_provided_by_us_alone(name: str) -> None:
    assert set(packages_distributions().get(name, ["deepcal"])) == {"deepcal"}


def test_help_imports_nothing_slow() -> None:
    asked = [sys.executable, "-X", "importtime", "-m", "deepcal", "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert SLOW & imported == set()
