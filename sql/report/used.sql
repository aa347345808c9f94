-- Which scans are in the stacks of a run, and how noisy are they?
-- Values: run
SELECT scan_key, band, noise_aper
  FROM deepcal.stack_scan
 WHERE run = %(run)s
   AND used
 ORDER BY scan_key, band
