"""Photometry of sources."""

from schema.migrations import run_beside

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
