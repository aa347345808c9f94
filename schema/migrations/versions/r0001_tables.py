"""The tables of version 0.1."""

from schema.migrations import run_beside

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables, their constraints and their indexes."""
    run_beside(__file__)
