"""Completeness and reliability of lists."""

from schema.migrations import run_beside

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
