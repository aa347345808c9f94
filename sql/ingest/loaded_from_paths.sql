-- Which of these files were loaded from where they are, with as many bytes?
SELECT DISTINCT f.path
  FROM unnest(%(paths)s::text[], %(bytes)s::bigint[]) AS n (path, bytes)
  JOIN deepcal.ingest_file AS f USING (path, bytes)
 WHERE f.kind = %(kind)s AND f.state = 'loaded'
