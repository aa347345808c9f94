-- Why has every scan the score it has: each factor under the newest rules, and the last review?
-- Values: tile (a field, or NULL for all)
SELECT s.tile, s.scan_key, s.hemis, s.date, s.scan, q.quality, sc.rules, sc.base,
       sc.f_photometric, sc.f_sensitivity, sc.f_seeing, sc.f_focus, sc.f_airglow, sc.worst,
       r.reviewer, r.reason
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q USING (scan_key)
  LEFT JOIN LATERAL (SELECT * FROM deepcal.scan_score WHERE scan_key = s.scan_key ORDER BY rules DESC LIMIT 1) AS sc ON TRUE
  LEFT JOIN LATERAL (SELECT * FROM deepcal.scan_review WHERE scan_key = s.scan_key ORDER BY review DESC LIMIT 1) AS r ON TRUE
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 ORDER BY s.tile, s.date, s.hemis, s.scan
