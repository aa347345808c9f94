-- Which loaded file has the same content as this one, packed in another way or not at all, and how many rows has it brought?
SELECT path, row_count
  FROM deepcal.ingest_file
 WHERE content_sha256 = %(content)s AND kind = %(kind)s AND state = 'loaded'
 LIMIT 1
