"""Stars seen in many scans: extractions grouped around seeds, with what tells variable and moving ones."""

from crossmatch.merged.merge import MergeResult, merge, tiles

__all__ = ["MergeResult", "merge", "tiles"]
