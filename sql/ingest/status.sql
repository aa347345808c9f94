-- What is known of a file: its number, last path and rows if its content is loaded; which other content its path had?
SELECT same.file_id, same.path, same.row_count, other.file_id
  FROM (SELECT) AS one
  LEFT JOIN deepcal.ingest_file AS same
    ON same.kind = %(kind)s AND same.sha256 = %(sha256)s AND same.state = 'loaded'
  LEFT JOIN deepcal.ingest_file AS other
    ON other.path = %(path)s AND other.kind = %(kind)s AND other.sha256 <> %(sha256)s AND other.state = 'loaded'
 LIMIT 1
