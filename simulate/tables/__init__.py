"""Scan tables and extractions without images: all calibration fields of the survey, or one, at full size."""

from simulate.tables.make import SimulatedTables, tables

__all__ = ["SimulatedTables", "tables"]
