"""Calibration fields whose truth is known, in the published formats."""

from schema.compiled import keep_compiled

keep_compiled("simulate")  # before the imports that decorate compiled loops

from simulate.make import SimulatedField, field  # noqa: E402 - see above

__all__ = ["SimulatedField", "field"]
