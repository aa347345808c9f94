-- Where does the plane of a field touch the sky, and how large is its grid? Without a known centre, at its first extraction.
-- Which run gives the seeds? The current one, if its sources are stored.
SELECT coalesce(f.ra, d.ra) AS ra0, coalesce(f.dec, d.decl) AS dec0, f.naxis1, f.naxis2,
       (SELECT r.run FROM deepcal.stack_run AS r WHERE r.run = f.current_run AND r.extracted_at IS NOT NULL) AS run
  FROM deepcal.field AS f
 CROSS JOIN LATERAL (SELECT ra, decl
                       FROM deepcal.detection
                      WHERE tile = f.tile AND origin = 'catalog'
                      ORDER BY cntr
                      LIMIT 1) AS d
 WHERE f.tile = %(tile)s
