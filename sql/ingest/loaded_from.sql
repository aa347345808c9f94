-- Which of these files were loaded from where they lie, how large were they, and when (seconds since 1970)?
SELECT path, bytes, extract(epoch FROM seen_at)::float8
  FROM deepcal.ingest_file
 WHERE state = 'loaded' AND path = ANY(%(paths)s)
