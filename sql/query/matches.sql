-- Which rows of PSC and XSC lie near the sources of a field?
-- Values: tile (a field, or NULL for all)
SELECT s.tile, s.name, x.*
  FROM deepcal.field AS f
  JOIN deepcal.xmatch AS x ON x.run = f.current_run
  JOIN deepcal.source AS s ON s.run = x.run AND s.id = x.id
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY s.tile, s.id, x.catalog, x.rank_source
