-- These files were looked at now and are what they were.
UPDATE deepcal.ingest_file
   SET seen_at = clock_timestamp()
 WHERE file_id = ANY(%(files)s)
