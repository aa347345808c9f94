-- Which scans went into the current stack of a field, with which weight, and why were the others left out?
-- Values: tile (a field), band (j, h or k)
SELECT s.scan_key, s.hemis, s.date, s.scan, ss.direction, ss.visit, ss.used, ss.reason,
       ss.scale, ss.noise_aper, ss.weight, ss.resid_structure, ss.outlier_fraction, ss.star_gain, ss.shape_resid, ss.shift_resid,
       q.quality
  FROM deepcal.field AS f
  JOIN deepcal.stack_scan AS ss ON ss.run = f.current_run
  JOIN deepcal.scan AS s USING (scan_key)
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
 WHERE f.tile = %(tile)s::integer AND ss.band = %(band)s
 ORDER BY ss.used DESC, ss.weight DESC NULLS LAST, s.scan_key
