"""Options and sums of stacks."""

from schema.migrations import run_beside

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
