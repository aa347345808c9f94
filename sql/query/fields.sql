-- Which fields are there, and how much is in each?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, f.standard, f.ra, f.dec, f.density, f.current_run,
       (SELECT count(*) FROM deepcal.scan AS s WHERE s.tile = f.tile)           AS n_scans,
       (SELECT count(*) FROM deepcal.source AS o WHERE o.run = f.current_run)   AS n_sources
  FROM deepcal.field AS f
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY f.tile
