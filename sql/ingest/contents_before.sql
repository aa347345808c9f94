-- Which other contents of a file were loaded from where it lies?
SELECT file_id
  FROM deepcal.ingest_file
 WHERE path = %(path)s AND kind = %(kind)s AND sha256 <> %(sha256)s AND state = 'loaded'
