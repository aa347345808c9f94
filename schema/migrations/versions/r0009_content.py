"""What loads keep beside their rows."""

from schema.migrations import run_beside

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
