"""The quality of scans: photometry measured from extractions, scores by versioned rules, reviews by people."""

from ingest.scores.photometry import Measured
from ingest.scores.reviews import named_scan, review
from ingest.scores.rules import NEWEST, ScoreGroup, ScoreResult, score

__all__ = ["NEWEST", "Measured", "ScoreGroup", "ScoreResult", "named_scan", "review", "score"]
