-- Which row of a download has the key of a source that lies elsewhere?
SELECT d.line, d.{key}::text AS value, t.ra, t.decl
  FROM pg_temp.download_in AS d
  JOIN {table} AS t USING ({key})
 WHERE q3c_dist(d.ra, d.decl, t.ra, t.decl) > 1 / 3600.
 ORDER BY d.line
 LIMIT 1
