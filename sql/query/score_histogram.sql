-- How many scans have which quality score, and which factor set it?
-- Values: tile (a field, or NULL for all)
SELECT floor(q.quality) AS score, sc.worst, count(*) AS n_scans
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
  LEFT JOIN LATERAL (SELECT worst FROM deepcal.scan_score WHERE scan_key = s.scan_key ORDER BY rules DESC LIMIT 1) AS sc ON TRUE
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 GROUP BY 1, 2
 ORDER BY 1 DESC NULLS LAST, n_scans DESC, 2
