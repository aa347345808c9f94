-- How good are the scans of a field, in the order of time, and what lowers them?
SELECT s.scan_key, s.hemis, s.date, s.scan, s.jdate, q.quality, q.quality_j, q.quality_h, q.quality_k, q.origin, sc.worst,
       sc.f_photometric, sc.f_sensitivity, sc.f_seeing, sc.f_focus, sc.f_airglow, sc.f_untracked, sc.f_position
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q ON q.scan_key = s.scan_key
  LEFT JOIN deepcal.scan_score AS sc ON sc.scan_key = s.scan_key AND sc.rules = q.rules
 WHERE s.tile = %(tile)s AND NOT s.provisional
 ORDER BY s.date, s.hemis, s.scan
