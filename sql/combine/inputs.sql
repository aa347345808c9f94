-- What is known of the files of these images and of their coverage maps, and when were they last looked at?
WITH input AS (
    SELECT path, sha256, file_id
      FROM deepcal.image
     WHERE image_id = ANY(%(images)s)
     UNION
    SELECT c.path, c.sha256, c.file_id
      FROM deepcal.image_coverage AS c
      JOIN deepcal.image USING (scan_key, band, usy)
     WHERE image_id = ANY(%(images)s)
)
SELECT i.path, i.sha256, f.file_id, f.bytes, extract(epoch FROM f.seen_at)::double precision AS seen_at
  FROM input AS i
  LEFT JOIN deepcal.ingest_file AS f ON f.file_id = i.file_id AND f.sha256 = i.sha256
 ORDER BY i.path
