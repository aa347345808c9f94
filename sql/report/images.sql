-- Which images have the scans of a field?
-- Values: tile (a field)
SELECT i.scan_key, i.band, i.path, i.magzp, i.crval1, i.crval2, i.crpix1, i.crpix2, i.cdelt1, i.cdelt2, i.crota2
  FROM deepcal.image AS i
  JOIN deepcal.scan AS s USING (scan_key)
 WHERE s.tile = %(tile)s
 ORDER BY i.scan_key, i.band, i.usy
