-- Where are the masked images of a run that hold scans?
SELECT band, direction, path
  FROM deepcal.stack
 WHERE run = %(run)s AND kind = 'masked' AND n_scans > 0
 ORDER BY strpos('jhk', band), direction
