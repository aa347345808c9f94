-- What is known of a loaded file: its number, its last path, its rows?
SELECT file_id, path, row_count
  FROM deepcal.ingest_file
 WHERE kind = %(kind)s AND sha256 = %(sha256)s
