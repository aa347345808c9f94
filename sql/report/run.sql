-- Which run is the current one of a field, and what is its grid and its offset to the PSC?
-- Values: tile (a field)
SELECT f.ra, f.dec, f.naxis1, f.naxis2, r.run, r.tie_stars, r.tie_rms, r.field_dra, r.field_ddec, r.parameters
  FROM deepcal.field AS f
  JOIN deepcal.stack_run AS r ON r.run = f.current_run
 WHERE f.tile = %(tile)s
