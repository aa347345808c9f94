-- Why has one scan the score it has? A row a band, or one row without a band where no rules have judged it.
-- The columns of the scan stand after those of the band: where names are the same, they are the ones that are read.
SELECT b.*, s.scan_key, s.hemis, s.date, s.scan, s.tile, q.quality, q.origin, q.rules, sc.base, sc.quality AS score, sc.worst AS worst_factor,
       sc.step_phase, sc.step_limit, q.quality_j, q.quality_h, q.quality_k
  FROM deepcal.scan AS s
  LEFT JOIN deepcal.scan_quality AS q ON q.scan_key = s.scan_key
  LEFT JOIN deepcal.scan_score AS sc ON sc.scan_key = s.scan_key AND sc.rules = q.rules
  LEFT JOIN deepcal.scan_band_score AS b ON b.scan_key = s.scan_key AND b.rules = q.rules
 WHERE s.scan_key = %(scan_key)s
 ORDER BY strpos('jhk', b.band)
