-- Which columns may a condition on scans use? An empty table of them.
CREATE TEMPORARY TABLE candidate ON COMMIT DROP AS
SELECT *
  FROM deepcal.scan
  LEFT JOIN deepcal.scan_quality USING (scan_key)
  WITH NO DATA
