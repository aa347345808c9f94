"""Calibration fields whose truth is known, in the published formats."""

from simulate.make import SimulatedField, field

__all__ = ["SimulatedField", "field"]
