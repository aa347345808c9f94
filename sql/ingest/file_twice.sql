-- Which file brought a key that another file, or an earlier line of it, has too? The one that came last.
SELECT f.file_id, f.path
  FROM {table} AS t
  JOIN deepcal.ingest_file AS f USING (file_id)
 WHERE t.{key} = %(key)s
 ORDER BY f.file_id DESC
 LIMIT 1
