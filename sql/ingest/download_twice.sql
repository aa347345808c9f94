-- Which row of a download has a key that an earlier row has?
SELECT max(line) AS line, min(line) AS earlier, {key}::text AS value
  FROM pg_temp.download_in
 WHERE {key} IS NOT NULL
 GROUP BY {key}
HAVING count(*) > 1
 ORDER BY 1
 LIMIT 1
