-- Which runs were made of a field, and which one is current?
-- Values: tile (a field, or NULL for all)
SELECT r.tile, r.run, r.run = f.current_run AS current, r.state, r.selection, r.bands, r.confirm, r.tie_stars, r.tie_rms,
       r.stacked_at, r.extracted_at,
       (SELECT count(DISTINCT scan_key) FROM deepcal.stack_scan AS ss WHERE ss.run = r.run AND ss.used) AS n_scans,
       (SELECT count(*) FROM deepcal.source AS s WHERE s.run = r.run AND s.confirmed) AS n_sources
  FROM deepcal.stack_run AS r
  JOIN deepcal.field AS f USING (tile)
 WHERE %(tile)s::integer IS NULL OR r.tile = %(tile)s::integer
 ORDER BY r.tile, r.stacked_at
