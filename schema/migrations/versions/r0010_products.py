"""Products of a stack beside its images."""

from schema.migrations import run_beside

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
