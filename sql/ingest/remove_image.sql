-- Which image or coverage map did contents of a file bring that another one replaces?
WITH coverage AS (
    DELETE FROM deepcal.image_coverage WHERE file_id = ANY(%(file_ids)s)
)
DELETE FROM deepcal.image WHERE file_id = ANY(%(file_ids)s)
