-- Where are the masked images of a run that hold scans, and what was measured on them?
SELECT band, direction, kind, path
  FROM deepcal.stack
 WHERE run = %(run)s AND kind IN ('masked', 'psf', 'noise') AND n_scans > 0
 ORDER BY strpos('jhk', band), direction
