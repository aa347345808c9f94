"""Two tables of positions become a table of matches, whole or only where something changed."""

from crossmatch.match import TableMatch, match_tables
from crossmatch.positions import Names, Positions
from crossmatch.refresh import RefreshResult, pending, refresh

__all__ = ["Names", "Positions", "RefreshResult", "TableMatch", "match_tables", "pending", "refresh"]
