-- How many scans does each band of a run use, and how many did it leave out?
SELECT band, count(*) FILTER (WHERE used), count(*) FILTER (WHERE NOT used)
  FROM deepcal.stack_scan
 WHERE run = %(run)s
 GROUP BY band
 ORDER BY strpos('jhk', band)
