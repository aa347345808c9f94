"""Two tables of positions become a table of matches, whole or only where something changed."""

from crossmatch.pairs import Pair, Positions, find_pairs
from crossmatch.refresh import RefreshResult, refresh

__all__ = ["Pair", "Positions", "RefreshResult", "find_pairs", "refresh"]
