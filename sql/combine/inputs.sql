-- What is known of the files of these images, and may they have changed since they were last looked at?
SELECT i.image_id, i.path, i.sha256, f.file_id, f.bytes, extract(epoch FROM f.seen_at)::double precision AS seen_at
  FROM deepcal.image AS i
  LEFT JOIN deepcal.ingest_file AS f ON f.file_id = i.file_id AND f.sha256 = i.sha256
 WHERE i.image_id = ANY(%(images)s)
 ORDER BY i.path
