-- Which images have the scans that are in the stacks of a run?
-- Values: run
SELECT i.scan_key, i.band, i.path, i.magzp, i.crval1, i.crval2, i.crpix1, i.crpix2, i.cdelt1, i.cdelt2, i.crota2
  FROM deepcal.image AS i
  JOIN deepcal.stack_scan AS s USING (scan_key, band)
 WHERE s.run = %(run)s
   AND s.used
 ORDER BY i.scan_key, i.band, i.usy
