-- Which of these files are not loaded? They get their numbers; of a file that is loaded no row comes back.
-- A second ingest of the same file waits here for the first one's transaction; in this order none waits for the other.
INSERT INTO deepcal.ingest_file AS f (kind, sha256, content_sha256, path, bytes, state)
SELECT %(kind)s, n.sha256, n.content, n.path, n.bytes, 'loaded'
  FROM unnest(%(sha256)s::text[], %(content)s::text[], %(paths)s::text[], %(bytes)s::bigint[]) AS n (sha256, content, path, bytes)
 ORDER BY n.sha256
    ON CONFLICT (kind, sha256) DO UPDATE
   SET path = excluded.path, content_sha256 = excluded.content_sha256, state = 'loaded', error = NULL, seen_at = now()
 WHERE f.state <> 'loaded'
RETURNING sha256, file_id
