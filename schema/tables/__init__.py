"""The tables of deepcal as SQLAlchemy metadata: the one description of every column."""

from schema.tables import completeness, coverage, field, files, match, scan, score, source, stack, twomass
from schema.tables.column import metadata

__all__ = ["completeness", "coverage", "field", "files", "match", "metadata", "scan", "score", "source", "stack", "twomass"]
