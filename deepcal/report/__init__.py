"""A run on a simulated field in figures, words and pictures."""
