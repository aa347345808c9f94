"""Bulk files that can be replaced, and the rows that were turned away."""

from schema.migrations import run_beside

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
