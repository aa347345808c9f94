-- Under which number are new rows of the PSC known?
INSERT INTO deepcal.ingest_file (kind, sha256, path, bytes, state, row_count)
VALUES ('psc', md5(random()::text), 'bench', 1, 'loaded', %(rows)s)
RETURNING file_id
