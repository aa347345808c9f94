-- Which files of the PSC and the XSC are loaded, and how many rows have they?
SELECT coalesce(array_agg(file_id ORDER BY file_id), '{}') AS files,
       coalesce(sum(row_count) FILTER (WHERE kind = 'psc'), 0)::bigint AS psc_rows,
       coalesce(sum(row_count) FILTER (WHERE kind = 'xsc'), 0)::bigint AS xsc_rows
  FROM deepcal.ingest_file
 WHERE kind IN ('psc', 'xsc') AND state = 'loaded'
