-- By how much is every scan off, as the run that gives the seeds found it? Coefficients of the offset (arcsec) over u and v of the field:
-- the scan's own model and that of the field, added. A scan the run did not register has none.
CREATE TEMP TABLE m_model AS
SELECT s.scan_key, s.registered,
       array_agg(coalesce(s.offset_dra[term], 0) + coalesce(r.field_dra[term], 0) ORDER BY term)   AS dra,
       array_agg(coalesce(s.offset_ddec[term], 0) + coalesce(r.field_ddec[term], 0) ORDER BY term) AS ddec
  FROM deepcal.stack_run AS r
 CROSS JOIN LATERAL (SELECT DISTINCT ON (d.scan_key) d.scan_key, coalesce(ss.offset_stars > 0, false) AS registered, ss.offset_dra, ss.offset_ddec
                       FROM (SELECT DISTINCT scan_key FROM deepcal.detection WHERE tile = %(tile)s AND origin = 'catalog') AS d
                       LEFT JOIN deepcal.stack_scan AS ss ON ss.run = r.run AND ss.scan_key = d.scan_key
                      ORDER BY d.scan_key, ss.band) AS s
 CROSS JOIN generate_series(1, 20) AS term
 WHERE r.run = %(run)s
 GROUP BY s.scan_key, s.registered
