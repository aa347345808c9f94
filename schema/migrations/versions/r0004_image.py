"""What the pixels of an image say, and coverage maps."""

from schema.migrations import run_beside

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
