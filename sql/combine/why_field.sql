-- Which stacked field covers a position, and which of its runs counts: the current one, else the newest?
SELECT f.tile, r.run
  FROM deepcal.field AS f
  JOIN deepcal.stack_run AS r USING (tile)
 WHERE (%(tile)s::integer IS NULL OR f.tile = %(tile)s::integer)
   AND (%(run)s::text IS NULL OR r.run = %(run)s::text)
   AND q3c_dist(f.ra, f.dec, %(ra)s, %(dec)s) <= sqrt(f.naxis1 ^ 2 + f.naxis2 ^ 2) / 7200
   AND abs(%(dec)s - f.dec) <= f.naxis2 / 7200.0
 ORDER BY q3c_dist(f.ra, f.dec, %(ra)s, %(dec)s), r.run = f.current_run DESC NULLS LAST, r.stacked_at DESC, r.run
 LIMIT 1
