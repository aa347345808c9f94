-- How many rows did these files bring?
UPDATE deepcal.ingest_file AS f
   SET row_count = n.rows
  FROM unnest(%(file_ids)s::integer[], %(rows)s::bigint[]) AS n (file_id, rows)
 WHERE f.file_id = n.file_id
