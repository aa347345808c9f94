-- Why was this file refused? It is tried again the next time; what is loaded stays loaded.
INSERT INTO deepcal.ingest_file AS f (kind, sha256, path, bytes, state, error)
VALUES (%(kind)s, %(sha256)s, %(path)s, %(bytes)s, 'refused', %(error)s)
    ON CONFLICT (kind, sha256) DO UPDATE
   SET path = excluded.path, state = 'refused', row_count = 0, error = excluded.error, seen_at = now()
 WHERE f.state <> 'loaded'
