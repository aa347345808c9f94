-- Which sources stand on a scan: those of current runs that used it, where one of its images covers them?
-- Values: scan_key
SELECT DISTINCT o.tile, o.run, o.id, o.name, o.ra, o.dec, o.j_m, o.h_m, o.k_m, o.cc_flg
  FROM deepcal.stack_scan AS ss
  JOIN deepcal.field AS f ON f.current_run = ss.run
  JOIN deepcal.source AS o ON o.run = ss.run AND o.confirmed
  JOIN deepcal.image AS i ON i.scan_key = ss.scan_key AND i.band = ss.band
 WHERE ss.scan_key = %(scan_key)s::integer AND ss.used
   AND deepcal.covers(i, o.ra, o.dec)
 ORDER BY o.tile, o.id
