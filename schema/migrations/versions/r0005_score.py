"""Scores that explain themselves: values, limits and factors, and the photometry behind them."""

from schema.migrations import run_beside

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Change the tables, their constraints and their indexes."""
    run_beside(__file__)
