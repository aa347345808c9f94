-- Is this file new, or was it refused before? Then it gets its number; no row comes back for a file that is loaded.
-- A second ingest of the same file waits here for the first one's transaction.
INSERT INTO deepcal.ingest_file AS f (kind, sha256, path, bytes, state)
VALUES (%(kind)s, %(sha256)s, %(path)s, %(bytes)s, 'loaded')
    ON CONFLICT (kind, sha256) DO UPDATE
   SET path = excluded.path, state = 'loaded', error = NULL, seen_at = now()
 WHERE f.state = 'refused'
RETURNING file_id
