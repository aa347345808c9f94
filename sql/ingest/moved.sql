-- A file left its old place and was seen at a new one: where do stacks find it?
WITH moved AS (
    UPDATE deepcal.ingest_file SET path = %(path)s WHERE file_id = %(file_id)s
), coverage AS (
    UPDATE deepcal.image_coverage SET path = %(path)s WHERE file_id = %(file_id)s
)
UPDATE deepcal.image SET path = %(path)s WHERE file_id = %(file_id)s
