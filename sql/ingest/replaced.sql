-- A file's rows were removed for those of its new content: which bad rows had it, and what is it now?
WITH forgotten AS (
    DELETE FROM deepcal.ingest_reject WHERE file_id = %(file_id)s
)
UPDATE deepcal.ingest_file SET state = 'replaced', row_count = 0 WHERE file_id = %(file_id)s
