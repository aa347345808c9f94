"""Cells of the large catalogues, and what a refresh of the matches remembers."""

from schema.migrations import run_beside

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
