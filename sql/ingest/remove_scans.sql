-- Which scans did contents of a file bring that another one lacks? Those that are in both belong to the new one by now.
DELETE FROM deepcal.scan WHERE file_id = ANY(%(file_ids)s)
