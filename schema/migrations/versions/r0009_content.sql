-- What loads keep beside their rows.
ALTER TABLE deepcal.ingest_file ADD COLUMN content_sha256 CHARACTER(64);
CREATE INDEX ingest_file_content_sha256_idx ON deepcal.ingest_file (content_sha256);
