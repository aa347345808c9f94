-- Which scans are new?
INSERT INTO deepcal.scan ({columns})
SELECT {columns}
  FROM pg_temp.scan_in
 ORDER BY scan_key
    ON CONFLICT (scan_key) DO NOTHING
