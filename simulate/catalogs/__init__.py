"""What the survey would have published of a simulated field: catalogues, extractions, scan table, standards."""
