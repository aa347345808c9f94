"""What an extraction measures of its own stacks."""

from schema.migrations import run_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
