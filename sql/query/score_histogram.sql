-- How many scans have which quality score, and which factor set it?
-- Values: tile (a field, or NULL for all)
SELECT floor(q.quality) AS score, q.origin, sc.worst, count(*) AS n_scans
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
  LEFT JOIN deepcal.scan_score AS sc ON sc.scan_key = q.scan_key AND sc.rules = q.rules
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 GROUP BY 1, 2, 3
 ORDER BY 1 DESC NULLS LAST, n_scans DESC, 2, 3
