-- Which row of a download has a key (or, without keys, a name) that an earlier row has?
SELECT max(line) AS line, min(line) AS earlier, {key}::text AS value
  FROM pg_temp.download_in
 GROUP BY {key}
HAVING count(*) > 1 AND {key} IS NOT NULL
 ORDER BY 1
 LIMIT 1
