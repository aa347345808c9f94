-- Bulk files that can be replaced, and the rows that were turned away.

ALTER TABLE deepcal.ingest_file
    DROP CONSTRAINT ingest_file_state_check,
    ADD CONSTRAINT ingest_file_state_check CHECK (state IN ('loaded', 'refused', 'replaced'));
CREATE INDEX ingest_file_path_idx ON deepcal.ingest_file (path);

CREATE TABLE deepcal.ingest_reject (
    file_id integer NOT NULL,
    line bigint NOT NULL,
    column_name text NOT NULL,
    value text NOT NULL,
    reason text NOT NULL,
    line_text text NOT NULL,
    CONSTRAINT ingest_reject_pkey PRIMARY KEY (file_id, line),
    CONSTRAINT ingest_reject_file_id_fkey FOREIGN KEY (file_id) REFERENCES deepcal.ingest_file (file_id) ON DELETE CASCADE,
    CONSTRAINT ingest_reject_line_check CHECK (line >= 1)
);

-- The rows of a file that is replaced are found by this: they lie together on disk.
CREATE INDEX detection_file_id_idx ON deepcal.detection USING brin (file_id);
