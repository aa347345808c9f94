-- How many scans does every current run use in each band, and how many were left out for which reason?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, ss.band, ss.direction, ss.used, ss.reason, count(*) AS n_scans
  FROM deepcal.field AS f
  JOIN deepcal.stack_scan AS ss ON ss.run = f.current_run
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 GROUP BY f.tile, ss.band, ss.direction, ss.used, ss.reason
 ORDER BY f.tile, ss.band, ss.direction, ss.used DESC, n_scans DESC, ss.reason
