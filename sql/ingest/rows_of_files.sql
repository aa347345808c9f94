-- Are as many rows there as the loaded files have brought?
SELECT (SELECT coalesce(sum(row_count), 0)::bigint FROM deepcal.ingest_file WHERE kind = %(kind)s AND state = 'loaded'),
       (SELECT count(file_id) FROM {table})
