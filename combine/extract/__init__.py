"""Stacks become sources: detection, confirmation, photometry, calibration, artifact flags."""

from combine.extract.run import ExtractResult, extract

__all__ = ["ExtractResult", "extract"]
