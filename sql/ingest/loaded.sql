-- How many rows did this file bring?
UPDATE deepcal.ingest_file
   SET row_count = %(rows)s
 WHERE file_id = %(file_id)s
