-- Which sources does a field have, confirmed or not, with everything that was measured?
-- Values: tile (a field, or NULL for all)
SELECT s.*
  FROM deepcal.field AS f
  JOIN deepcal.source AS s ON s.run = f.current_run
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY s.tile, s.id
