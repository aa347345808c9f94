-- Which row of a download without keys has a name that an earlier row has?
SELECT max(line) AS line, min(line) AS earlier, designation AS value
  FROM pg_temp.download_in
 WHERE pts_key IS NULL
 GROUP BY designation
HAVING count(*) > 1
 ORDER BY 1
 LIMIT 1
