"""The Alembic revisions: tables only, frozen, forward only, numbered in order."""

from pathlib import Path

from alembic import op


def run_beside(revision_file: str) -> None:
    """Run the .sql file of the same name beside a revision."""
    raw = op.get_bind().connection.driver_connection
    if raw is None:
        raise RuntimeError("a revision needs an open connection")
    raw.execute(Path(revision_file).with_suffix(".sql").read_bytes())
