-- Which run of a field is to be extracted: the one that was named, else the newest?
SELECT r.run, r.state, r.density, f.tile, f.ra, f.dec, f.naxis1, f.naxis2, f.density AS field_density,
       coalesce((SELECT string_agg(DISTINCT s.hemis, '' ORDER BY s.hemis)
                   FROM deepcal.stack_scan AS p
                   JOIN deepcal.scan AS s USING (scan_key)
                  WHERE p.run = r.run AND p.used), 'ns') AS hemispheres,
       (SELECT avg(extract(year FROM s.date) + extract(doy FROM s.date) / 365.25)
          FROM deepcal.stack_scan AS p
          JOIN deepcal.scan AS s USING (scan_key)
         WHERE p.run = r.run AND p.used)::double precision AS epoch,
       (SELECT count(DISTINCT p.scan_key) FROM deepcal.stack_scan AS p WHERE p.run = r.run AND p.used) AS scans
  FROM deepcal.stack_run AS r
  JOIN deepcal.field AS f USING (tile)
 WHERE f.tile = %(tile)s
   AND (%(run)s::text IS NULL OR r.run = %(run)s)
 ORDER BY r.stacked_at DESC, r.run
 LIMIT 1
