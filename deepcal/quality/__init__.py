"""Scores told to people: in words for one scan, as a picture for a field or a night."""

from deepcal.quality.picture import draw_night, draw_tile
from deepcal.quality.words import Part, Review, Why, is_field, why

__all__ = ["Part", "Review", "Why", "draw_night", "draw_tile", "is_field", "why"]
