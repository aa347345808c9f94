"""Cells of the catalogues with their margins."""

from schema.migrations import run_beside

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
