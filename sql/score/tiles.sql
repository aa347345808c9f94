-- In which fields are there visits to measure?
SELECT tile, count(*) AS scans
  FROM score_todo
 GROUP BY tile
 ORDER BY tile
