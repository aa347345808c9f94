-- Which scans lie under a source: those whose images in its stacks cover it?
-- Values: name (of a source of a current run)
SELECT s.scan_key, s.hemis, s.date, s.scan, ss.band, ss.direction, ss.weight, ss.scale, i.seesh, i.path
  FROM deepcal.field AS f
  JOIN deepcal.source AS o ON o.run = f.current_run
  JOIN deepcal.stack_scan AS ss ON ss.run = o.run AND ss.used
  JOIN deepcal.image AS i ON i.scan_key = ss.scan_key AND i.band = ss.band
  JOIN deepcal.scan AS s ON s.scan_key = ss.scan_key
 WHERE o.name = %(name)s
   AND deepcal.covers(i, o.ra, o.dec)
 ORDER BY s.date, s.hemis, s.scan, ss.band
