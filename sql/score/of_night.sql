-- How good are the scans of a night, in the order of time, and what lowers them?
SELECT s.scan_key, s.tile, s.scan, s.jdate, s.airm, s.j_zp_ap, s.h_zp_ap, s.k_zp_ap, q.quality, q.quality_j, q.quality_h, q.quality_k,
       q.origin, sc.worst
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q ON q.scan_key = s.scan_key
  LEFT JOIN deepcal.scan_score AS sc ON sc.scan_key = s.scan_key AND sc.rules = q.rules
 WHERE s.hemis = %(hemis)s AND s.date = %(date)s AND NOT s.provisional
 ORDER BY s.scan
