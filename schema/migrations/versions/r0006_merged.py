"""Stars seen in many scans."""

from schema.migrations import run_beside

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
