-- What are the sources of a field called in its runs? The newest place of every name.
SELECT DISTINCT ON (s.name) s.name, s.ra, s.dec
  FROM deepcal.source AS s
  JOIN deepcal.stack_run AS r USING (run)
 WHERE s.tile = %(tile)s
 ORDER BY s.name, r.extracted_at DESC NULLS LAST, s.run
