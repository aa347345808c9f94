-- How many scans does each band of a run use, how many did it leave out, and how far did their stars change the scales?
SELECT band, count(*) FILTER (WHERE used), count(*) FILTER (WHERE NOT used), stddev_samp(rescaled) FILTER (WHERE used)
  FROM deepcal.stack_scan
 WHERE run = %(run)s
 GROUP BY band
 ORDER BY strpos('jhk', band)
