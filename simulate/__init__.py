"""Calibration fields whose truth is known, in the published formats."""

from simulate.field import SimulatedField, field

__all__ = ["SimulatedField", "field"]
