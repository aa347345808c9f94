-- Which scans are there, with the quality that counts?
-- Values: tile (a field, or NULL for all)
SELECT s.*, q.quality
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 ORDER BY s.tile, s.date, s.hemis, s.scan
