-- How deep is the current stack of a field, minute of arc by minute of arc?
-- By the weights of the scans whose images cover each place.
-- Values: tile (a field), band (j, h or k)
WITH place AS (
    SELECT f.current_run AS run, (mx * 60)::double precision AS x, (my * 60)::double precision AS y,
           f.ra - degrees(radians((mx * 60 - f.naxis1 / 2.0)::double precision / 3600) / cos(radians(f.dec))) AS ra,
           f.dec + (my * 60 - f.naxis2 / 2.0)::double precision / 3600 AS dec
      FROM deepcal.field AS f
     CROSS JOIN generate_series(0.5, f.naxis1 / 60.0, 1) AS mx
     CROSS JOIN generate_series(0.5, f.naxis2 / 60.0, 1) AS my
     WHERE f.tile = %(tile)s::integer
), covered AS (
    SELECT p.run, p.x, p.y, p.ra, p.dec, count(*) AS n_scans, sum(ss.weight) AS weight
      FROM place AS p
      JOIN deepcal.stack_scan AS ss ON ss.run = p.run AND ss.band = %(band)s AND ss.used
      JOIN deepcal.image AS i ON i.scan_key = ss.scan_key AND i.band = ss.band
     WHERE deepcal.covers(i, p.ra, p.dec)
     GROUP BY p.run, p.x, p.y, p.ra, p.dec
)
SELECT c.x, c.y, c.ra, c.dec, c.n_scans,
       st.m5_aper_100 + 1.25 * log(c.weight / (SELECT max(weight) FROM covered)) AS m5_aper
  FROM covered AS c
  JOIN deepcal.stack AS st ON st.run = c.run AND st.band = %(band)s AND st.direction = 'NS' AND st.kind = 'image'
 ORDER BY c.y, c.x
