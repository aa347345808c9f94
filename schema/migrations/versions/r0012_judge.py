"""How scans are judged."""

from schema.migrations import run_beside

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
