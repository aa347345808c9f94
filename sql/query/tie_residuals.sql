-- How far do the sources of every field lie from the stars of the PSC, those in the astrometric tie and those held out of it (tie_hold_out)?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, f.current_run AS run, (r.parameters #>> '{tie_hold_out,0}')::real = 1 AS tested, t.*
  FROM deepcal.field AS f
  JOIN deepcal.stack_run AS r ON r.run = f.current_run
 CROSS JOIN LATERAL deepcal.match_residuals(f.current_run) AS t
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY f.tile, t.held_out
