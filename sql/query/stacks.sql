-- Which products have the current runs, and how deep are they?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, st.*
  FROM deepcal.field AS f
  JOIN deepcal.stack AS st ON st.run = f.current_run
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY f.tile, st.band, st.direction, st.kind
