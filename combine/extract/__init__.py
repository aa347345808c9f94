"""Stacks become sources: detection, confirmation, photometry, calibration, artifact flags."""
