-- Which are the best 100 scans of a field: the highest score first, then the best sensitivity and seeing?
-- Values: tile (a field)
SELECT s.scan_key, s.hemis, s.date, s.scan, s.sd, q.quality, s.j_shape_avg, s.j_msnr10, s.h_msnr10, s.k_msnr10
  FROM deepcal.scan AS s
  JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE s.tile = %(tile)s::integer
 ORDER BY q.quality DESC NULLS LAST, s.j_msnr10 + s.h_msnr10 + s.k_msnr10 DESC NULLS LAST, s.j_shape_avg, s.scan_key
 LIMIT 100
