-- Which scans did the current run of a field leave out, in which bands and why?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, s.scan_key, s.hemis, s.date, s.scan, string_agg(ss.band, '' ORDER BY ss.band) AS bands, ss.reason, q.quality
  FROM deepcal.field AS f
  JOIN deepcal.stack_scan AS ss ON ss.run = f.current_run AND NOT ss.used
  JOIN deepcal.scan AS s USING (scan_key)
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 GROUP BY f.tile, s.scan_key, s.hemis, s.date, s.scan, ss.reason, q.quality
 ORDER BY f.tile, s.date, s.hemis, s.scan, bands
