-- Which sources does a field have?
-- Values: tile (a field, or NULL for all)
SELECT *
  FROM deepcal.deepcal_src
 WHERE %(tile)s::integer IS NULL OR tile = %(tile)s::integer
 ORDER BY tile, id
