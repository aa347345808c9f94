-- Which fields have extractions?
SELECT f.tile
  FROM deepcal.field AS f
 WHERE EXISTS (SELECT FROM deepcal.detection AS d WHERE d.tile = f.tile AND d.origin = 'catalog')
 ORDER BY f.tile
