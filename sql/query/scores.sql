-- Why has every scan the score it has: each factor under the rules, and the last review?
-- Values: tile (a field, or NULL for all)
SELECT s.tile, s.scan_key, s.hemis, s.date, s.scan, q.quality, q.quality_j, q.quality_h, q.quality_k,
       q.origin, q.rules, sc.base, sc.f_photometric, sc.f_sensitivity, sc.f_seeing, sc.f_focus, sc.f_airglow,
       sc.f_untracked, sc.f_position, sc.worst, sc.missing, q.reviewer, q.reason
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
  LEFT JOIN deepcal.scan_score AS sc ON sc.scan_key = q.scan_key AND sc.rules = q.rules
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 ORDER BY s.tile, s.date, s.hemis, s.scan
