-- How many rows did each file of a kind bring?
SELECT path, row_count
  FROM deepcal.ingest_file
 WHERE kind = %(kind)s AND state = 'loaded'
 ORDER BY seen_at
